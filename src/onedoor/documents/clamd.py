"""The one command of ClamAV's daemon that is needed: look at this stream."""

from __future__ import annotations

import socket
import struct
from typing import IO

_CHUNK = 65_536
_SECONDS = 60


class ScanFailed(Exception):
    """The daemon was not there, or did not understand; the file stays pending and the job is tried again."""


def scan(stream: IO[bytes], address: str) -> str:
    """Return the name of the virus that ``stream`` holds, or an empty text.

    ``address`` is a socket's path or ``host:port``.

    :raises ScanFailed: when the daemon cannot be reached or gives no verdict.
    """
    try:
        with _connect(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := stream.read(_CHUNK):
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            answer = _answer(connection)
    except OSError as failed:
        raise ScanFailed(str(failed)) from failed
    if answer == "stream: OK":
        return ""
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScanFailed(answer)


def _connect(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_SECONDS)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SECONDS)


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0"):
        piece = connection.recv(4096)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode(errors="replace")
