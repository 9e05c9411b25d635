"""What the centre keeps of the kinds of special procedure: whether their time counts, how long they may take, on which basis."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from onedoor.casework import acts
from onedoor.casework.models import SpecialKind
from onedoor.casework.permissions import require_keeper
from onedoor.journal import services as journal
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotFound, Text
from onedoor.kernel.subjects import Subject

KIND_SUBJECT = "casework.special_kind"
UNITS = ("working-days", "natural-days")
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What may be changed of a kind: its code and Chinese name stay, because papers and exports name them."""

    name_en: str
    is_excluded: bool
    needs_item: bool
    is_offered: bool
    max_length: int
    unit: str
    basis: str
    is_verified: bool


@transaction.atomic(durable=True)
def change_special_kind(*, kind_id: UUID, terms: KindTerms, by: Actor, at: datetime) -> SpecialKind:
    """Change what the centre says of a kind of special procedure; procedures that were asked for keep what they began with.

    :raises NotAllowed: when the post does not keep these kinds.
    :raises NotFound: when there is no such kind.
    :raises Invalid: when the time is missing, or a kind is said to be checked without a basis.
    """
    require_keeper(by)
    kind = SpecialKind.objects.select_for_update().filter(pk=kind_id).first()
    if kind is None:
        raise NotFound
    _require_plausible(terms)
    wanted = asdict(terms)
    before = {key: getattr(kind, key) for key in wanted}
    changed = {key: [before[key], value] for key, value in wanted.items() if before[key] != value}
    if not changed:
        return kind
    for key, value in wanted.items():
        setattr(kind, key, value)
    kind.edited_at = at
    kind.save(update_fields=[*wanted, "edited_at"])
    journal.record(
        acts.CHANGE_SPECIAL_KIND,
        subject=Subject(KIND_SUBJECT, kind.id),
        by=by,
        at=at,
        facts={"name": kind.name, "changed": changed},
    )
    return kind


def _require_plausible(terms: KindTerms) -> None:
    errors: dict[str, Text] = {}
    if not 0 < terms.max_length <= MOST_DAYS:
        errors["max_length"] = format_lazy(_("Write how many days it may take, between 1 and {most}."), most=MOST_DAYS)
    if terms.is_verified and not terms.basis:
        errors["basis"] = _("Name the rule against which it was checked.")
    if terms.unit not in UNITS:
        errors["unit"] = _("Choose working days or natural days.")
    if errors:
        raise Invalid(errors)
