"""Forms to fill in and samples to look at, which a department attaches to its papers: files that everybody may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from onedoor.catalog.content import Content
from onedoor.documents import queries as documents
from onedoor.documents.queries import FileView
from onedoor.kernel.ids import id_from

KINDS = {"blank": "blank_form", "sample": "sample_form"}
"""What can be attached to a paper, and in which element of it the file is named."""


@dataclass(frozen=True, slots=True)
class GuideFile:
    """A file of a guide as the page offers it."""

    id: UUID
    name: str
    format: str
    size: int
    url: str

    @property
    def kilobytes(self) -> int:
        """Its size in whole kilobytes, at least one."""
        return max(1, round(self.size / 1000))


def named_in(content: Content) -> list[UUID]:
    """Return the files that a version names; older records name forms in words, which are no files."""
    named = [getattr(each, element) for each in content.materials for element in KINDS.values()]
    return [found for each in named if each and (found := id_from(each)) is not None]


def files_of(content: Content, code: str) -> dict[UUID, GuideFile]:
    """Return the files that a version offers. One statement, none where it names no file."""
    wanted = named_in(content)
    return _offered(documents.files_of(wanted).values(), code) if wanted else {}


def _offered(files: Iterable[FileView], code: str) -> dict[UUID, GuideFile]:
    return {
        each.id: GuideFile(
            each.id, each.name, each.name.rpartition(".")[2].upper(), each.size, reverse("catalog:guide_file", args=[code, each.id])
        )
        for each in files
    }
