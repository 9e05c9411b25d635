"""Acts of this room: on files that people hand in, and on papers that the city issues."""

from __future__ import annotations

from onedoor.documents.keeping import StoreFull
from onedoor.documents.services.copies import NoCopy, make_copy, sweep_copies, want_copy
from onedoor.documents.services.files import note_scan, release_files, store_upload, sweep_orphans, sweep_uploads, use_files
from onedoor.documents.services.papers import (
    CannotSeal,
    NewPaper,
    PaperIncomplete,
    issue_papers,
    queue_sealing,
    revoke_papers,
    seal_newest,
)
from onedoor.documents.services.sheets import make_sheet, sweep_sheets, want_sheet
from onedoor.documents.sniffing import WrongFile

__all__ = [
    "CannotSeal",
    "NewPaper",
    "NoCopy",
    "PaperIncomplete",
    "StoreFull",
    "WrongFile",
    "issue_papers",
    "make_copy",
    "make_sheet",
    "note_scan",
    "queue_sealing",
    "release_files",
    "revoke_papers",
    "seal_newest",
    "store_upload",
    "sweep_copies",
    "sweep_orphans",
    "sweep_sheets",
    "sweep_uploads",
    "use_files",
    "want_copy",
    "want_sheet",
]
