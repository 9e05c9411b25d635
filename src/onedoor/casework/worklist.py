"""What an officer has to do: the open work of a post by due moment, and finding a case by number, name or item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.casework.holding import Held
from onedoor.casework.models import Application, Channel, Side, StageRun
from onedoor.casework.permissions import may_void
from onedoor.casework.queries import LIMITS_THAT_BIND, binding
from onedoor.casework.states import Status
from onedoor.casework.talk import READ_ONLY, questions_from
from onedoor.catalog import finding
from onedoor.catalog import queries as catalog
from onedoor.catalog.content import step_title
from onedoor.kernel import references
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Text
from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.prepared import Prepared
from onedoor.network import queries as network
from onedoor.workdays import queries as limits
from onedoor.workdays.standing import LimitView

PAGE_SIZE = 50
COUNTED = 100  # a tab says "99+" beyond; nobody's day holds more, and history is never counted
RECENT = timedelta(days=14)
FOUND_AT_MOST = 30
OFFERED_AT_MOST = 20
NOT_SHOWN = ("answers", "query_code", "query_hash")  # encrypted, and a list has no use for them

TABS: dict[str, Promise] = {
    "todo": _("To do"),
    "mine": _("In my hand"),
    "asked": _("Messages to answer"),
    "waiting": _("Waiting for the applicant"),
    "done": _("Done by me in 14 days"),
}
GROUPS: dict[str, Promise] = {
    "late": _("Late"),
    "today": _("Due today"),
    "tomorrow": _("Due tomorrow"),
    "week": _("This week"),
    "later": _("Later"),
    "paused": _("Clock stands still"),
    "none": _("No limit runs"),
}


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of a work list: the application, the limit that binds next, and whether a colleague has it in hand."""

    application: Application
    terms: catalog.Terms
    limit: LimitView | None
    step: Text
    here: str
    group: str
    is_mine: bool
    is_asked: bool = False

    @property
    def is_taken(self) -> bool:
        return self.application.taken_by is not None

    @property
    def applicant(self) -> str:
        return self.application.masked_applicant


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a list that are due at about the same time."""

    name: Text
    code: str
    rows: Sequence[WorkRow]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the lists, with how much is in it; at most ``COUNTED``."""

    code: str
    name: Text
    count: int

    @property
    def count_text(self) -> str:
        return str(self.count) if self.count < COUNTED else f"{COUNTED - 1}+"


def work_of(*, actor: Actor, at: datetime) -> QuerySet[Application]:
    """Return the applications that wait for one of the actor's authorisations."""
    return Application.objects.filter(
        ~Q(stage=""), network.authorised(actor, at, agency="agency_id", item_code="item_code", stage="stage")
    )


def _of_tab(tab: str, *, actor: Actor, at: datetime) -> QuerySet[Application]:
    if tab == "waiting":
        rights = network.works_anywhere(actor, at, stage="receive")
        return Application.objects.filter(rights, status=Status.CORRECTING)
    if tab == "done":
        return Application.objects.filter(pk__in=_done_by(actor, at))
    mine = Q(taken_by=actor.posting)
    if tab == "asked":
        return _asked(actor, at).filter(mine | Q(taken_by__isnull=True))
    return work_of(actor=actor, at=at).filter(mine if tab == "mine" else mine | Q(taken_by__isnull=True))


def _asked(actor: Actor, at: datetime) -> QuerySet[Application]:
    """Return the open applications whose applicant waits for an answer of the post that has to act next, or of intake."""
    asked = Application.objects.filter(pk__in=questions_from(Side.APPLICANT).values("application")).exclude(status__in=READ_ONLY)
    turn = network.authorised(actor, at, agency="agency_id", item_code="item_code", stage="stage")
    return asked.filter(turn | Q(stage="") & network.works_anywhere(actor, at, stage="receive"))


def _done_by(actor: Actor, at: datetime) -> QuerySet[Any, Any]:
    return StageRun.objects.filter(account_id=actor.account, ended_at__gte=at - RECENT).values("application")


def tabs(*, actor: Actor, at: datetime) -> list[Tab]:
    """Return the lists with how much is in each. One statement, which never counts beyond what a tab can say."""
    each = [
        _of_tab(code, actor=actor, at=at)
        .annotate(tab=Value(code, output_field=CharField()))
        .values_list("tab", flat=True)[:COUNTED]
        for code in TABS
    ]
    found = list(each[0].union(*each[1:], all=True))
    return [Tab(code, name, found.count(code)) for code, name in TABS.items()]


def count_to_do(actor: Actor, at: datetime) -> int:
    """Return how much is to do, at most ``COUNTED``."""
    if actor.posting is None or actor.account is None:
        return 0
    return len(_to_do.tuples(actor.posting, actor.account, at))


def _to_do_of(posting: UUID, account: UUID, at: datetime) -> QuerySet[Application, Any]:
    actor = Actor(client="web", account=account, posting=posting)
    return _of_tab("todo", actor=actor, at=at).values_list("pk")[:COUNTED]


_to_do: Prepared[Application] = Prepared(_to_do_of, UUID(int=1), UUID(int=2), datetime.min.replace(tzinfo=UTC))


def work_list(*, actor: Actor, at: datetime, tab: str = "todo", start: int = 0, count: int = PAGE_SIZE) -> Page[WorkRow]:
    """Return one of the actor's lists by due moment; what is in other hands is left out. Three statements for any number."""
    found = _listed(_of_tab(tab, actor=actor, at=at))
    order = (F("due_at").asc(nulls_last=True), "pk") if tab != "done" else ("-pk",)
    page = first_page(list(found.order_by(*order)[start : start + count + 1]), count)
    return Page(rows=_rows(page.rows, actor=actor, at=at), has_more=page.has_more)


def _listed(found: QuerySet[Application]) -> QuerySet[Application]:
    run = StageRun.objects.filter(application=OuterRef("pk"), ended_at__isnull=True)
    return found.defer(*NOT_SHOWN).annotate(
        due_at=limits.due_of(*LIMITS_THAT_BIND),
        run_name=Subquery(run.values("name")[:1]),
        run_started=Subquery(run.values("started_at")[:1]),
        is_asked=Exists(questions_from(Side.APPLICANT).filter(application=OuterRef("pk"))),
    )


def _rows(applications: Sequence[Application], *, actor: Actor, at: datetime) -> list[WorkRow]:
    views = limits.limits_of([each.pk for each in applications])
    return [_row(each, views.get(each.pk, []), actor=actor, at=at) for each in applications]


def _row(application: Application, views: Sequence[LimitView], *, actor: Actor, at: datetime) -> WorkRow:
    kinds = [view for view in views if view.kind == "correction"] if application.status == Status.CORRECTING else views
    limit = next((view for view in kinds if view.ended_at is None and view.kind == "correction"), None) or binding(kinds)
    since = getattr(application, "run_started", None) or application.arrived_at or application.submitted_at
    is_open = application.stage != "" or application.status == Status.CORRECTING
    return WorkRow(
        application=application,
        terms=catalog.case_terms(application.version_id),
        limit=limit,
        step=_step(application),
        here=str(Held("dep", "", at - since).text) if since and is_open else "",
        group=group_of(limit, at),
        is_mine=application.taken_by is not None and application.taken_by == actor.posting,
        is_asked=getattr(application, "is_asked", False) and application.status not in READ_ONLY,
    )


def _step(application: Application) -> str:
    name = getattr(application, "run_name", None)
    return step_title(application.stage, name) if name else application.get_status_display()


def group_of(limit: LimitView | None, at: datetime) -> str:
    """Return under which heading of the list a limit stands at a moment."""
    if limit is None:
        return "none"
    if limit.paused:
        return "paused"
    if limit.light(at) == "late":
        return "late"
    days = (limit.due_date - local_date(at)).days
    if days <= 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return "week" if days <= 6 - local_date(at).weekday() else "later"


def grouped(rows: Sequence[WorkRow]) -> list[Group]:
    """Return the rows under their headings, headings without rows left out."""
    found = {code: [row for row in rows if row.group == code] for code in GROUPS}
    return [Group(name, code, found[code]) for code, name in GROUPS.items() if found[code]]


def search(*, actor: Actor, text: str, at: datetime) -> list[WorkRow]:
    """Return the applications that a reference, the beginning of an applicant's name or an item's name means, newest first.

    Only those on whose items the actor's post works (all for who declares void), and never more than ``FOUND_AT_MOST``.
    """
    asked = text.replace("\x00", "").strip()
    if not asked:
        return []
    rights = Q() if may_void(actor) else network.works_anywhere(actor, at)
    seen = Application.objects.filter(~Q(status=Status.DRAFT), rights)
    reference = references.parse_reference(asked)
    if reference is not None:
        return _rows(list(_listed(seen.filter(reference=reference))), actor=actor, at=at)
    found = list(_listed(seen.filter(applicant_name__startswith=asked)).order_by("-pk")[:FOUND_AT_MOST])
    if len(found) < FOUND_AT_MOST:
        codes = [line.code for line in finding.search(asked).items][:10]
        known = [each.pk for each in found]
        more = _listed(seen.filter(item_code__in=codes).exclude(pk__in=known)).order_by("-pk")
        found += list(more[: FOUND_AT_MOST - len(found)])
    return _rows(found, actor=actor, at=at)


def unfinished_intakes(*, actor: Actor) -> list[WorkRow]:
    """Return the intakes that a clerk began at a window and did not finish, newest first."""
    found = Application.objects.filter(filed_by=actor.account, status=Status.DRAFT, channel=Channel.WINDOW)
    return [
        WorkRow(each, catalog.case_terms(each.version_id), None, each.get_status_display(), "", "none", is_mine=True)
        for each in found.defer(*NOT_SHOWN).order_by("-pk")[:10]
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """An item that a clerk may take in, for one office."""

    line: catalog.ItemLine
    service_item_id: UUID
    agency: str


def items_to_receive(*, actor: Actor, text: str, at: datetime, count: int = OFFERED_AT_MOST) -> list[Choice]:
    """Return the items that the actor's post may receive: those that the words mean, best first, or the first ones."""
    pairs = network.pairs_for(actor, "receive", at)
    if not pairs:
        return []
    codes = sorted({code for code, _agency in pairs})
    if text.strip():
        allowed = set(codes)
        codes = [line.code for line in finding.search(text).items if line.code in allowed]
        codes = codes or ([text.strip()] if text.strip() in allowed else [])
    offers = catalog.offers_of(codes[:count], {agency for _code, agency in pairs})
    wanted = set(pairs)
    return [
        Choice(line, offer.service_item_id, offer.agency)
        for line, offer in offers
        if (line.code, offer.agency_id) in wanted and (not actor.level or line.is_taken_at(actor.level))
    ]
