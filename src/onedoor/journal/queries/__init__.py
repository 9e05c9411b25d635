"""Questions to the journal."""

from __future__ import annotations

from onedoor.journal.queries.auditing import WATCHED, watched
from onedoor.journal.queries.entries import (
    EntryView,
    Fold,
    entries_about,
    entries_of,
    entries_on_behalf_of,
    entry_view,
    folded,
    personal_facts,
)
from onedoor.journal.queries.proofs import Proof, RootView, proof_of, roots_after, roots_before
from onedoor.journal.queries.verifying import Finding, Verification

__all__ = [
    "WATCHED",
    "EntryView",
    "Finding",
    "Fold",
    "Proof",
    "RootView",
    "Verification",
    "entries_about",
    "entries_of",
    "entries_on_behalf_of",
    "entry_view",
    "folded",
    "personal_facts",
    "proof_of",
    "roots_after",
    "roots_before",
    "watched",
]
