"""Short codes for printing: handed out once, led on by the room that owns the kind of target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from onedoor.catalog.acts import MAKE_CODE
from onedoor.catalog.models import ShortCode
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.references import new_code
from onedoor.kernel.subjects import Subject

SHORT_CODE_LENGTH = 5
_TRIES = 6


@transaction.atomic(durable=True)
def make_short_codes(targets: Sequence[Subject], *, by: Actor, at: datetime) -> dict[Subject, str]:
    """Hand out short codes to targets that have none yet, for printing."""
    had = _short_codes(targets)
    found = create_short_codes(targets)
    record_many(MAKE_CODE, [Record(target, {"code": code}) for target, code in found.items() if target not in had], by=by, at=at)
    return found


@transaction.atomic(savepoint=False)
def create_short_codes(targets: Sequence[Subject]) -> dict[Subject, str]:
    """Return a short code for each target, made now where it has none. One statement to look, one or two to make."""
    found = _short_codes(targets)
    for _attempt in range(_TRIES):
        missing = [target for target in dict.fromkeys(targets) if target not in found]
        if not missing:
            return found
        fresh = [ShortCode(code=new_code(SHORT_CODE_LENGTH), target_kind=each.kind, target_id=each.id) for each in missing]
        ShortCode.objects.bulk_create(fresh, ignore_conflicts=True)  # a code that was taken already: try another
        found |= _short_codes(missing)
    raise RuntimeError(f"no free short code of {SHORT_CODE_LENGTH} characters after {_TRIES} tries")


def _short_codes(targets: Iterable[Subject]) -> dict[Subject, str]:
    by_kind: dict[str, set[UUID]] = {}
    for target in targets:
        by_kind.setdefault(target.kind, set()).add(target.id)
    found: dict[Subject, str] = {}
    for kind, ids in by_kind.items():
        rows = ShortCode.objects.filter(target_kind=kind, target_id__in=ids).values_list("target_id", "code")
        found |= {Subject(kind, target): code for target, code in rows}
    return found
