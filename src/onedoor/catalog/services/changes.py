"""What happens to items besides new versions (S04): decided with a basis, carried out on their day, counted by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.catalog import acts
from onedoor.catalog.models import CURRENT, CatalogItem, ChangedItem, ChangeKind, ItemChange, ItemVersion, VersionStatus
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.edition import move_edition
from onedoor.catalog.services.last_days import set_last_days
from onedoor.catalog.services.versions import change_status, put_into_force
from onedoor.catalog.subjects import ITEM
from onedoor.journal.services import Record, record_many
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotFound, WrongState
from onedoor.kernel.subjects import Subject

# What a change makes of the version in force of the items it touches; items that a merger or a split ends in stay as they are.
STATUS_AFTER = {
    ChangeKind.MERGED: VersionStatus.CANCELLED,
    ChangeKind.SPLIT: VersionStatus.CANCELLED,
    ChangeKind.CANCELLED: VersionStatus.CANCELLED,
    ChangeKind.HANDED_DOWN: VersionStatus.HANDED_DOWN,
    ChangeKind.TAKEN_BACK: VersionStatus.PUBLISHED,
    ChangeKind.SUSPENDED: VersionStatus.SUSPENDED,
    ChangeKind.RESUMED: VersionStatus.PUBLISHED,
}
STATUSES_BEFORE = {
    ChangeKind.MERGED: {VersionStatus.PUBLISHED, VersionStatus.SUSPENDED},
    ChangeKind.SPLIT: {VersionStatus.PUBLISHED, VersionStatus.SUSPENDED},
    ChangeKind.CANCELLED: {VersionStatus.PUBLISHED, VersionStatus.SUSPENDED, VersionStatus.HANDED_DOWN},
    ChangeKind.HANDED_DOWN: {VersionStatus.PUBLISHED, VersionStatus.SUSPENDED},
    ChangeKind.TAKEN_BACK: {VersionStatus.HANDED_DOWN},
    ChangeKind.SUSPENDED: {VersionStatus.PUBLISHED},
    ChangeKind.RESUMED: {VersionStatus.SUSPENDED},
}
WITH_RESULTS = {ChangeKind.MERGED, ChangeKind.SPLIT}


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to decide: the codes of the items that it touches, and of those that a merger or a split ends in."""

    kind: str
    touched: tuple[str, ...]
    basis: str
    effective_on: date
    results: tuple[str, ...] = ()
    note: str = ""


@transaction.atomic(durable=True)
def decide_change(change: NewChange, *, by: Actor, at: datetime) -> UUID:
    """Decide a change of the catalogue; it is carried out at once when its day is today, else by the clock on its day.

    :raises NotAllowed: when the actor may not publish.
    :raises Invalid: when the basis is missing, the day has passed, or a merger or a split does not say what it ends in.
    :raises NotFound: when an item is not in the catalogue.
    :raises WrongState: when an item is not in a state that can be changed so.
    """
    require_publisher(by)
    _check(change, today=local_date(at))
    (key,) = enter_changes([change], by=by, at=at)
    return key


@transaction.atomic(savepoint=False)
def enter_changes(given: Sequence[NewChange], *, by: Actor, at: datetime) -> list[UUID]:
    """Enter changes, and carry out those whose day has come. A day of the past says when it was: a history is entered so."""
    items = _locked({code for each in given for code in (*each.touched, *each.results)})
    rows = [
        ItemChange(kind=each.kind, basis=each.basis.strip(), note=each.note.strip(), effective_on=each.effective_on, decided_at=at)
        for each in given
    ]
    ItemChange.objects.bulk_create(rows)
    ChangedItem.objects.bulk_create(
        ChangedItem(change=row, item=items[code], is_result=code in each.results)
        for row, each in zip(rows, given, strict=True)
        for code in dict.fromkeys((*each.touched, *each.results))
    )
    record_many(
        acts.DECIDE_CHANGE,
        [
            Record(Subject(ITEM, items[code].id), _facts(row, items[code]))
            for row, each in zip(rows, given, strict=True)
            for code in each.touched
        ],
        by=by,
        at=at,
    )
    _carry_out([row for row in rows if row.effective_on <= local_date(at)], by=by, at=at)
    coming = {code for each in given if each.effective_on > local_date(at) for code in each.touched}
    if coming:
        set_last_days([items[code].id for code in coming])
        move_edition()
    return [row.id for row in rows]


@transaction.atomic(durable=True)
def revoke_change(change_id: UUID, *, by: Actor, at: datetime) -> None:
    """Revoke a change whose day has not come yet.

    :raises WrongState: when it was carried out or revoked before.
    """
    require_publisher(by)
    change = ItemChange.objects.select_for_update().filter(id=change_id).first()
    if change is None:
        raise NotFound
    if change.done_at is not None or change.revoked_at is not None:
        raise WrongState
    change.revoked_at = at
    change.save(update_fields=["revoked_at"])
    touched = ChangedItem.objects.filter(change=change, is_result=False).select_related("item")
    record_many(
        acts.REVOKE_CHANGE, [Record(Subject(ITEM, each.item_id), _facts(change, each.item)) for each in touched], by=by, at=at
    )
    set_last_days([each.item_id for each in touched])
    move_edition()


@transaction.atomic(durable=True)
def honour_dates(*, by: Actor, at: datetime) -> int:
    """Put into force the versions whose day has come, and carry out the changes whose day has come. Late or twice is the same.

    Returns how many there were.
    """
    today = local_date(at)
    due = list(
        ItemVersion.objects.filter(status=VersionStatus.APPROVED, effective_from__lte=today).values_list("item_id", flat=True)
    )
    items = {item.id: item for item in CatalogItem.objects.select_for_update().filter(id__in=due).order_by("id")}
    versions = list(
        ItemVersion.objects.select_for_update().filter(item__in=items, status=VersionStatus.APPROVED, effective_from__lte=today)
    )
    for version in versions:
        version.item = items[version.item_id]
    put_into_force(versions, by=by, at=at)
    waiting = ItemChange.objects.select_for_update(skip_locked=True).filter(done_at=None, revoked_at=None, effective_on__lte=today)
    changes = list(waiting.order_by("effective_on", "id"))
    _carry_out(changes, by=by, at=at)
    return len(versions) + len(changes)


def _carry_out(changes: Sequence[ItemChange], *, by: Actor, at: datetime) -> None:
    """Do what changes are for, in the order of their days: an item may be suspended and resumed by two of them."""
    moved = [each for each in changes if each.kind in STATUS_AFTER]
    for change in moved:
        _move(change, by=by, at=at)
    for change in changes:
        change.done_at = at
    ItemChange.objects.bulk_update(changes, ["done_at"])
    set_last_days(list(ChangedItem.objects.filter(change__in=moved, is_result=False).values_list("item_id", flat=True)))
    if moved:
        move_edition()


def _move(change: ItemChange, *, by: Actor, at: datetime) -> None:
    kind = ChangeKind(change.kind)
    touched = ChangedItem.objects.filter(change=change, is_result=False).values_list("item_id", flat=True)
    current = list(
        ItemVersion.objects.select_for_update(of=("self",)).select_related("item").filter(item__in=touched, status__in=CURRENT)
    )
    movable = [each for each in current if each.status in STATUSES_BEFORE[kind]]
    change_status([(each, each.item, STATUS_AFTER[kind]) for each in movable], by=by, at=at)


def _check(change: NewChange, *, today: date) -> None:
    errors: dict[str, object] = {}
    if not change.touched:
        errors["touched"] = _("Name at least one item.")
    if not change.basis.strip():
        errors["basis"] = _("Say on which decision or rule this is based.")
    if change.effective_on < today:
        errors["effective_on"] = _("This day has passed. Choose today or a later day.")
    if change.kind in WITH_RESULTS and not change.results:
        errors["results"] = _("Name the items that result from this.")
    if set(change.results) & set(change.touched):
        errors["results"] = _("An item cannot be its own result.")
    if errors:
        raise Invalid(errors)  # type: ignore[arg-type]
    kind = ChangeKind(change.kind)
    if kind in STATUSES_BEFORE:
        current = ItemVersion.objects.filter(item__code__in=change.touched, status__in=CURRENT)
        if any(each.status not in STATUSES_BEFORE[kind] for each in current):
            raise WrongState(_("One of the items is not in a state in which this can be decided. Look at how it stands."))


def _locked(codes: set[str]) -> dict[str, CatalogItem]:
    items = {item.code: item for item in CatalogItem.objects.select_for_update().filter(code__in=codes).order_by("id")}
    missing = sorted(codes - items.keys())
    if missing:
        raise NotFound(_("There is no item %(code)s in the catalogue.") % {"code": missing[0]})
    return items


def _facts(change: ItemChange, item: CatalogItem) -> dict[str, str]:
    return {
        "name": item.name,
        "item": item.code,
        "kind": change.kind,
        "effective_on": change.effective_on.isoformat(),
        "basis": change.basis,
    }
