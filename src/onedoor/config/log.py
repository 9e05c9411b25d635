"""The log: one line for each event on standard error, as text or JSON, with the number of the request."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

request_number: ContextVar[str] = ContextVar("request_number", default="")
_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "request",
    "response",
    "server_time",
    "taskName",
}


class LineFormatter(logging.Formatter):
    """Writes an event, what it carries besides (``extra``), and the request it belongs to."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.as_json = kind == "json"

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        if number := request_number.get():
            facts["request"] = number
        if record.exc_info:
            facts["traceback"] = self.formatException(record.exc_info)
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if self.as_json:
            told = {"at": moment, "level": record.levelname.lower(), "logger": record.name, "event": record.getMessage(), **facts}
            return json.dumps(told, ensure_ascii=False, default=str)
        trace = facts.pop("traceback", "")
        words = " ".join(f"{name}={value}" for name, value in facts.items())
        line = f"{moment} {record.levelname:<7} {record.name}: {record.getMessage()} {words}".rstrip()
        return f"{line}\n{trace}" if trace else line
