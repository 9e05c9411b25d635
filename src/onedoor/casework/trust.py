"""How far a paper can be trusted, by where it comes from. Source: 国办函〔2016〕108号, four levels of electronic papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from onedoor.casework.models import Material
    from onedoor.catalog.content import Material as Norm


class TrustLevel(TextChoices):
    """The levels, best first; what each allows stands in its words."""

    ISSUED = "A", _("issued by an authority, used directly")
    COMPARED = "B", _("compared with the original at a window")
    UPLOADED = "C", _("uploaded, not yet compared with the original")
    DECLARED = "D", _("self-made, the applicant answers for it")


ORIGINAL_WANTED = frozenset({"original", "original_and_copy"})


def level_of_upload(norm: Norm | None) -> TrustLevel:
    """Return the level of a file that somebody handed in: what applicants write themselves they answer for, everything else is a copy."""
    is_self_made = norm is not None and (norm.kind == "form" or norm.medium == "form") and not norm.is_identity
    return TrustLevel.DECLARED if is_self_made else TrustLevel.UPLOADED


def level_after_check(row: Material, norm: Norm | None, *, is_original_seen: bool, by_clerk: bool) -> str:
    """Return the level of a paper when somebody has looked at it: a clerk who saw the original raises it, who takes that back lowers it."""
    if row.certificate_id is not None:
        return TrustLevel.ISSUED
    if is_original_seen and by_clerk:
        return TrustLevel.COMPARED
    return level_of_upload(norm) if row.trust_level == TrustLevel.COMPARED else row.trust_level


def level_of(row: Material, norm: Norm | None) -> TrustLevel | None:
    """Return the level that is told of a paper; None for one that is not there. What is made from the answers is self-made."""
    if row.trust_level:
        return TrustLevel(row.trust_level)
    return TrustLevel.DECLARED if norm is not None and norm.is_generated else None


def wants_original(row: Material, norm: Norm | None) -> bool:
    """Tell whether somebody has still to see the original: the item asks for one, and so far there is an upload only."""
    return row.trust_level == TrustLevel.UPLOADED and norm is not None and norm.medium in ORIGINAL_WANTED
