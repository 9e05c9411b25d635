"""Papers that the city issued itself are fetched, not asked for (免提交): at the opening of a draft, and when its applicant is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from onedoor.casework.known import Known, filled, held, known_of
from onedoor.casework.models import Application, Material, MaterialState
from onedoor.casework.trust import TrustLevel
from onedoor.catalog import queries as catalog
from onedoor.documents import queries as documents
from onedoor.kernel.clock import local_date

WRITTEN = ("state", "trust_level", "certificate")


def fetch_certificates(application: Application, rows: Sequence[Material], known: Known | None) -> list[Material]:
    """Put the applicant's valid certificates in the place of papers, and take away those of another applicant; return what changed."""
    norm = {each.key: each for each in catalog.case_terms(application.version_id).materials}
    changed = []
    for row in rows:
        wanted = norm.get(row.key)
        paper = held(wanted, known) if wanted is not None else None
        if paper is not None and row.certificate_id != paper.id and row.state in (MaterialState.MISSING, MaterialState.NOT_NEEDED):
            row.state, row.trust_level, row.certificate_id = MaterialState.PROVIDED, TrustLevel.ISSUED, paper.id
            changed.append(row)
        elif row.certificate_id is not None and (paper is None or paper.id != row.certificate_id) and wanted is not None:
            row.certificate_id = paper.id if paper is not None else None
            if paper is None:
                row.state, row.trust_level = MaterialState.NOT_NEEDED if wanted.is_fetched else MaterialState.MISSING, ""
            changed.append(row)
    return changed


def use_what_is_known(application: Application, *, at: datetime) -> None:
    """Fill in what is known of the applicant who was named just now, and fetch what the city issued to them; answers are not saved."""
    known = known_of([application], at=at).get(application.id)
    application.answers = filled(application, known)
    rows = (
        list(Material.objects.filter(application=application).order_by("pk"))
        if known is not None or _has_fetched(application)
        else []
    )
    changed = fetch_certificates(application, rows, known)
    if changed:
        Material.objects.bulk_update(changed, WRITTEN)


def _has_fetched(application: Application) -> bool:
    return Material.objects.filter(application=application, certificate__isnull=False).exists()


def drop_void(application: Application, materials: Sequence[Material], *, at: datetime) -> None:
    """Take fetched certificates away that are not valid any more; where the paper is needed, it is missing then."""
    fetched = {each.certificate_id: each for each in materials if each.certificate_id is not None}
    if not fetched:
        return
    valid = documents.valid_among(list(fetched), today=local_date(at))
    void = [each for key, each in fetched.items() if key not in valid]
    if void:
        Material.objects.bulk_update(fetch_certificates(application, void, None), WRITTEN)
