"""Acts of the journal."""

from __future__ import annotations

from onedoor.journal.services.auditing import note_audit
from onedoor.journal.services.recording import OutsideTransaction, Record, record, record_many, record_refusal
from onedoor.journal.services.request_keys import AnsweredMeanwhile, KeyReused, answered, keep_answer, sweep_request_keys
from onedoor.journal.services.sealing import keep_roots, make_months, seal
from onedoor.journal.services.shredding import shred_personal_facts

__all__ = [
    "AnsweredMeanwhile",
    "KeyReused",
    "OutsideTransaction",
    "Record",
    "answered",
    "keep_answer",
    "keep_roots",
    "make_months",
    "note_audit",
    "record",
    "record_many",
    "record_refusal",
    "seal",
    "shred_personal_facts",
    "sweep_request_keys",
]
