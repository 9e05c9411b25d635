"""Identity papers are only shown with what they may be used for written across them; which papers are such, the catalogue says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils import translation

from onedoor.casework.models import Application, Material, MaterialFile
from onedoor.casework.trust import TrustLevel
from onedoor.catalog import queries as catalog
from onedoor.kernel.clock import local_date
from onedoor.kernel.references import grouped


def marks_of_files(file_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return what is written across those of some files that serve as identity papers. One statement."""
    used = (
        MaterialFile.objects.filter(file__in=list(file_ids)).select_related("file", "material__application__version").order_by("pk")
    )
    return {each.file_id: mark_of(each) for each in used if is_identity_paper(each.material)}


def is_identity_paper(material: Material) -> bool:
    """Tell whether a paper of an application shows who somebody is, as the catalogue's material of its version says."""
    norm = catalog.case_terms(material.application.version_id).materials
    return any(each.key == material.key and each.is_identity for each in norm)


def mark_of(used: MaterialFile) -> str:
    """Return the mark of a file: for what it was handed in, when, under which reference, and whether a clerk saw the original.

    In Chinese, whoever looks: the mark speaks to whoever is shown the copy elsewhere. Source: 国办函〔2016〕108号 wants such marks.
    """
    application: Application = used.material.application
    with translation.override("zh-hans"):
        lines = [f"仅供办理“{catalog.case_terms(application.version_id).title}”使用，他用无效"]
        reference = f"　办件编号 {grouped(application.reference)}" if application.reference else ""
        lines.append(f"{local_date(used.added_at):%Y-%m-%d}{reference}")
        if used.material.trust_level == TrustLevel.COMPARED:
            lines.append("此件经与原件核对无误")
    return "\n".join(lines)
