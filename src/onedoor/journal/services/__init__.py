"""Acts of the journal."""

from __future__ import annotations

from onedoor.journal.services.recording import Record, record, record_many, record_refusal
from onedoor.journal.services.request_keys import KeyReused, answered, keep_answer, sweep_request_keys

__all__ = [
    "KeyReused",
    "Record",
    "answered",
    "keep_answer",
    "record",
    "record_many",
    "record_refusal",
    "sweep_request_keys",
]
