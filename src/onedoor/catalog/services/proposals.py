"""What a file brings at the desk: versions in review, which somebody else approves or sends back, all of them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onedoor.catalog import acts
from onedoor.catalog.exchange.given import Given
from onedoor.catalog.exchange.records import ItemRecord
from onedoor.catalog.models import COMING, CURRENT, CatalogItem, ExchangeRun, ItemVersion, RunState, VersionStatus
from onedoor.catalog.permissions import require_publisher
from onedoor.catalog.services.imports import CHUNK, Chunk, ImportReport, broken_rules, new_version
from onedoor.catalog.services.versions import next_numbers, put_into_force, row_of
from onedoor.catalog.subjects import RUN, VERSION
from onedoor.journal.services import Record, record, record_many
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.bulk import copy_in
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, WrongState
from onedoor.kernel.subjects import Subject

Progress = Callable[[float], None]


class OthersCameFirst(Refused):
    """Items of the file have another version in force than the one that the file was checked against."""

    code = "others_came_first"

    def __init__(self, codes: Sequence[str]) -> None:
        words = {"n": len(codes), "codes": "、".join(codes[:5])}
        super().__init__(
            _("%(n)d items have changed since this file was handed in (%(codes)s). Send it back and hand in a new table.") % words
        )


class NeedsReason(Refused):
    """Some guides of the file break rules of good guides; it is approved with a reason only."""

    code = "needs_reason"
    http_status = 422
    default = gettext_lazy("Some of these guides break rules of good guides. Say why they shall be published all the same.")


class InReview:
    """Keeps what a file says as versions in review; nobody but their reviewer sees them before they are approved."""

    def __init__(self, run: ExchangeRun, *, by: Actor, at: datetime) -> None:
        self._run, self._by, self._at = run, by, at

    def refuse(self, found: Sequence[tuple[Given, ItemRecord, ItemRecord | None]], items: Mapping[str, CatalogItem]) -> None:
        """Tell which items somebody else is writing on, and what a table is not the way for. One statement."""
        ids = [items[record.code].id for _given, record, _base in found if record.code in items]
        coming = set(ItemVersion.objects.filter(item__in=ids, status__in=COMING).values_list("item__code", flat=True))
        for given, record_, base in found:
            if record_.code in coming:
                given.blame("code", _("A version of this item is being written or reviewed. Finish that one first."))
            if record_.status != (VersionStatus.PUBLISHED if base is None else base.status):
                given.blame("status", _("What happens to an item is decided on the page of changes, with its basis and its day."))
            elif record_.status != VersionStatus.PUBLISHED:
                given.blame("status", _("This item is not open. Take it up again first, on the page of changes."))

    def write(self, chunk: Chunk, report: ImportReport) -> None:
        """Write the versions in review."""
        today, who = local_date(self._at), self._by.account
        items = [chunk.items[each.code] for each in chunk.fresh]
        numbers = next_numbers([item.id for item in items])
        versions = [
            row_of(
                item,
                new_version(each),
                numbers[item.id],
                status=VersionStatus.IN_REVIEW,
                effective_from=today,
                based_on=chunk.current.get(each.code),
                editors=[who],
                submitted_by=who,
                run=self._run,
            )
            for item, each in zip(items, chunk.fresh, strict=True)
        ]
        for version, each in zip(versions, chunk.fresh, strict=True):
            version.accepted_faults = broken_rules(version, each)
            report.note_rules(version)
        copy_in(versions)
        handed_in = [
            Record(
                Subject(VERSION, version.id),
                {"number": version.number, "name": each.name, "item": each.code, "effective_from": today.isoformat()},
            )
            for version, each in zip(versions, chunk.fresh, strict=True)
        ]
        record_many(acts.SUBMIT_FOR_REVIEW, handed_in, by=self._by, at=self._at)

    def finish(self) -> None:
        """Do nothing: nobody sees it yet."""


@transaction.atomic(durable=True)
def approve_run(run_id: UUID, *, reason: str = "", by: Actor, at: datetime) -> None:
    """Approve everything that a file brought; the worker puts it into force, all or nothing. Two people, always.

    :raises NotAllowed: when the actor handed it in, or may not publish.
    :raises WrongState: when it does not wait for approval.
    :raises NeedsReason: when some of it breaks rules of good guides and no reason is given.
    """
    run = _proposed(run_id, by)
    if by.account is None or by.account == run.asked_by:
        raise NotAllowed(_("You handed this file in yourself. Somebody else has to approve it."))
    if run.report.get("faulty") and not reason.strip():
        raise NeedsReason
    run.state, run.percent, run.reason, run.basis = RunState.WAITING, 0, "", reason.strip()[:500]
    run.decided_by, run.decided_from = by.account, by.posting
    run.save()
    facts = {"file": run.name, "items": run.report.get("items", 0), "reason": run.basis, "faulty": run.report.get("faulty", 0)}
    record(acts.APPROVE_FILE, subject=Subject(RUN, run.id), by=by, at=at, facts=facts)
    jobs.queue("catalog.exchange", run_id=str(run.id))


@transaction.atomic(durable=True)
def send_back_run(run_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Send back what a file brought: its versions are dropped, with the items that only it knew; the journal keeps that they were there.

    :raises WrongState: when it does not wait for approval.
    :raises Invalid: when no reason is given.
    """
    run = _proposed(run_id, by)
    if not reason.strip():
        raise Invalid({"reason": _("Say what is to be put right.")})
    dropped = ItemVersion.objects.filter(run=run)
    items = list(dropped.filter(based_on=None).values_list("item_id", flat=True))
    dropped._raw_delete(dropped.db)  # noqa: SLF001  nothing hangs on a version in review, so nothing is fetched to look for it
    CatalogItem.objects.filter(id__in=items, versions=None).delete()
    run.state, run.finished_at, run.reason = RunState.RETURNED, at, reason.strip()[:300]
    run.save()
    facts = {"file": run.name, "reason": run.reason}
    record(acts.RETURN_FILE, subject=Subject(RUN, run.id), by=by, at=at, facts=facts)


def _proposed(run_id: UUID, by: Actor) -> ExchangeRun:
    """Return a run that waits for approval, locked."""
    require_publisher(by)
    run = ExchangeRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise NotFound
    if run.state != RunState.PROPOSED:
        raise WrongState
    return run


def put_run_into_force(run: ExchangeRun, *, by: Actor, at: datetime, progress: Progress) -> None:
    """Put the versions of an approved run into force, within the transaction of whoever calls.

    :raises OthersCameFirst: when another version of one of the items came into force meanwhile, or it is not open any more.
    """
    ids = list(ItemVersion.objects.filter(run=run).order_by("item__code").values_list("id", flat=True))
    late: list[str] = []
    for start in range(0, len(ids), CHUNK):
        versions = _locked(ids[start : start + CHUNK])
        late += _changed_meanwhile(versions)
        if not late:
            _approve(versions, run, by)
            put_into_force(versions, by=by, at=at)
        progress(start / len(ids))
    if late:
        raise OthersCameFirst(late)


def _locked(ids: Sequence[UUID]) -> list[ItemVersion]:
    """Return versions with their items, the items locked first, as everywhere."""
    items = {item.id: item for item in CatalogItem.objects.select_for_update().filter(versions__in=ids).order_by("code")}
    versions = list(ItemVersion.objects.select_for_update().filter(id__in=ids, status=VersionStatus.IN_REVIEW).order_by("id"))
    for version in versions:
        version.item = items[version.item_id]
    return versions


def _changed_meanwhile(versions: Sequence[ItemVersion]) -> list[str]:
    current = ItemVersion.objects.filter(item__in=[each.item_id for each in versions], status__in=CURRENT)
    now = {item: (version, status) for item, version, status in current.values_list("item_id", "id", "status")}
    nothing = (None, VersionStatus.PUBLISHED)
    return [each.item.code for each in versions if now.get(each.item_id, nothing) != (each.based_on_id, VersionStatus.PUBLISHED)]


def _approve(versions: Sequence[ItemVersion], run: ExchangeRun, by: Actor) -> None:
    rows = ItemVersion.objects.filter(id__in=[each.id for each in versions])
    rows.update(status=VersionStatus.APPROVED, approved_by=by.account)
    rows.exclude(accepted_faults=[]).update(accepted_reason=run.basis)
