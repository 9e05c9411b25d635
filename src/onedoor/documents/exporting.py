"""Files and papers of subjects, for whoever takes the own data along; the caller has checked whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from onedoor.documents import keeping
from onedoor.documents.models import File, Paper, PaperState, ScanState
from onedoor.people.records import HeldFile


def files_of_subjects(subject_ids: Sequence[UUID]) -> dict[UUID, list[HeldFile]]:
    """Return what was handed in for subjects and the sealed papers issued for them; infected files stay here. Two queries."""
    found: dict[UUID, list[HeldFile]] = {each: [] for each in subject_ids}
    for file in File.objects.filter(subject_id__in=subject_ids).exclude(scan=ScanState.INFECTED).order_by("pk"):
        if file.subject_id is not None:
            found[file.subject_id].append(HeldFile(file.name, partial(keeping.open_stored, file.storage_key)))
    for paper in Paper.objects.filter(subject_id__in=subject_ids, state=PaperState.SEALED).defer("content").order_by("pk"):
        found[paper.subject_id].append(
            HeldFile(f"{paper.title} {paper.number}.pdf", partial(keeping.open_stored, paper.storage_key))
        )
    return found
