"""Blank forms and samples that a department attaches to the papers of a draft. What is in force keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.catalog.content import Content
from onedoor.catalog.guide_files import KINDS
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.parts import PART_BY_KEY
from onedoor.catalog.services.editing import lock_draft, save_locked
from onedoor.catalog.subjects import ITEM
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound
from onedoor.kernel.subjects import Subject


@transaction.atomic(durable=True)
def attach_guide_file(version_id: UUID, *, material: str, kind: str, upload: File[Any], mark: str, by: Actor, at: datetime) -> None:
    """Attach a blank form or a sample to a paper of a draft; one that was attached before stays with the versions that had it.

    :raises WrongFile: when it is of no known kind, or holds commands that run when it is opened.
    :raises PartChanged: when somebody else changed the papers since ``mark`` was read.
    :raises NotFound: when the draft has no such paper.
    """
    version = lock_draft(version_id, by=by)
    _paper(version, material, kind)
    file = documents.store_upload(upload, by=by, at=at, subject=Subject(ITEM, version.item_id))
    if file.is_active:
        raise documents.WrongFile(_("This file holds commands that run when it is opened. Please attach one without."))
    _save(version, material, kind, str(file.id), mark, by=by, at=at)


@transaction.atomic(durable=True)
def remove_guide_file(version_id: UUID, *, material: str, kind: str, mark: str, by: Actor, at: datetime) -> None:
    """Take a blank form or a sample away from a paper of a draft.

    :raises PartChanged: when somebody else changed the papers since ``mark`` was read.
    :raises NotFound: when the draft has no such paper.
    """
    version = lock_draft(version_id, by=by)
    _paper(version, material, kind)
    _save(version, material, kind, "", mark, by=by, at=at)


def _paper(version: ItemVersion, material: str, kind: str) -> Content:
    content = Content.from_json(version.content)
    if kind not in KINDS or material not in {each.key for each in content.materials}:
        raise NotFound
    return content


def _save(version: ItemVersion, material: str, kind: str, named: str, mark: str, *, by: Actor, at: datetime) -> None:
    papers = Content.from_json(version.content).materials
    changed = tuple(replace(each, **{KINDS[kind]: named}) if each.key == material else each for each in papers)  # type: ignore[arg-type]
    save_locked(version, PART_BY_KEY["materials"], {"materials": changed}, mark, by=by, at=at)
