"""Eight clients that keep their connections, cheap enough not to steal the time they measure."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench import stand


@dataclass(slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    size: int  # bytes over the wire, head included


class Client:
    """One connection to the web server."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send one request and return its answer; header names with ``_`` for ``-``."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{stand.PORT}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        message = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        try:
            return self._exchange(message)
        except ConnectionError:
            self._socket = None
            return self._exchange(message)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, b"", **headers)

    def _exchange(self, message: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", stand.PORT), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)
        buffer = b""
        while b"\r\n\r\n" not in buffer:
            buffer += self._receive()
        head, _, body = buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        parts = [body]
        have = len(body)
        length = int(headers.get("content-length", "-1"))
        while have < length:
            parts.append(self._receive())
            have += len(parts[-1])
        if length < 0 and headers.get("transfer-encoding") == "chunked":
            while not parts[-1].endswith(b"0\r\n\r\n"):
                parts.append(self._receive())
        body = b"".join(parts)
        return Answer(int(first.split(" ")[1]), headers, body, len(head) + 4 + len(body))

    def _receive(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


@dataclass(slots=True)
class Run:
    """What clients did in a while."""

    per_s: float
    seconds: list[float] = field(default_factory=list)
    failures: int = 0


def run(one: Callable[[Client, int], bool], *, seconds: float, clients: Sequence[Client] | int = 8) -> Run:
    """Let clients do ``one(client, number)`` again and again for a while; it says whether it went well."""
    crowd = [Client() for _ in range(clients)] if isinstance(clients, int) else list(clients)
    done = Run(0.0)
    lock = threading.Lock()
    deadline = time.perf_counter() + seconds

    def work(client: Client, start: int) -> None:
        own: list[float] = []
        bad, number = 0, start
        while (begin := time.perf_counter()) < deadline:
            good = one(client, number)
            own.append(time.perf_counter() - begin)
            bad += not good
            number += len(crowd)
        with lock:
            done.seconds += own
            done.failures += bad

    threads = [threading.Thread(target=work, args=(client, number)) for number, client in enumerate(crowd)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.per_s = round((len(done.seconds) - done.failures) / (time.perf_counter() - begin), 1)
    return done


def in_turns(ours: Callable[[float], Run], floor: Callable[[float], float], *, quick: bool) -> tuple[Run, float]:
    """Take ours and the floor in turns and return ours together and the floor's mean."""
    turns, seconds = (3, 4.0) if quick else (5, 10.0)
    ours(1.0)  # warm
    runs, floors = [], []
    for _ in range(turns):
        runs.append(ours(seconds))
        floors.append(floor(seconds))
    together = Run(
        sum(each.per_s for each in runs) / turns, [s for each in runs for s in each.seconds], sum(each.failures for each in runs)
    )
    return together, sum(floors) / turns
