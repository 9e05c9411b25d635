"""Questions to the journal."""

from __future__ import annotations

from onedoor.journal.queries.entries import EntryView, entries_of, personal_facts

__all__ = ["EntryView", "entries_of", "personal_facts"]
