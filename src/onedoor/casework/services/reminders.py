"""Reminders before a limit ends: officers one working day before, applicants before their own time and their certificates run out.

Each rule tells of one limit once (``casework_reminder``), between eight in the morning and eight in the evening. Running it twice,
late or at once from several workers tells nobody twice; what was over before anybody could be told is not told any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from onedoor.casework import acts, messages
from onedoor.casework.models import Application, Reminder, SpecialProcedure
from onedoor.casework.permissions import HEAD
from onedoor.casework.services import core
from onedoor.casework.states import KIND
from onedoor.documents import queries as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import SHANGHAI, local, local_date
from onedoor.network import queries as network
from onedoor.notify import services as notify
from onedoor.notify.services import NewMessage
from onedoor.workdays import queries as limits

AT_ONCE = 200
FROM_HOUR, TO_HOUR = 8, 20
CERTIFICATE_DAYS = 60  # 行政许可法 art. 50: a renewal is applied for thirty days before; told a month before that
CERTIFICATE = "certificate"


class Who(Enum):
    OFFICER = "officer"  # who has it in hand, else the posts in charge, else the head
    APPLICANT = "applicant"
    ASKER_AND_HEAD = "asker_and_head"  # who asked for the special procedure, and the head


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom to tell of which limit how many working days before its last day; below 0 it is over (T7 of domain.md 4.1)."""

    kind: str
    days: int
    who: Who

    @property
    def code(self) -> str:
        return self.kind if self.days >= 0 else f"{self.kind}_late"


# In the order in which they bind: of several limits of one case that end on one day an officer hears of the first.
RULES = (
    Rule("legal", 1, Who.OFFICER),
    Rule("promise", 1, Who.OFFICER),
    Rule("stage", 1, Who.OFFICER),
    Rule("notice", 1, Who.OFFICER),
    Rule("delivery", 1, Who.OFFICER),
    Rule("special", 1, Who.OFFICER),
    Rule("special", -1, Who.ASKER_AND_HEAD),
    Rule("correction", 2, Who.APPLICANT),
)


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: str
    about: UUID
    application: UUID
    due: date


@transaction.atomic(durable=True)
def remind(*, by: Actor, at: datetime) -> int:
    """Tell of what is about to end and return how much was looked at; call again until it returns 0. At night nothing happens."""
    if not FROM_HOUR <= local(at).hour < TO_HOUR:
        return 0
    _one_at_a_time()
    found = [(rule, _due(rule, at)) for rule in RULES]
    hits = [hit for _rule, several in found for hit in several]
    applications = {each.id: each for each in _applications(hit.application for hit in hits)}
    told: list[NewMessage] = []
    heard: set[tuple[UUID, date]] = set()
    for rule, several in found:
        fresh = [hit for hit in several if rule.who is not Who.OFFICER or (hit.application, hit.due) not in heard]
        heard |= {(hit.application, hit.due) for hit in several if rule.who is Who.OFFICER}
        told += _messages(rule, fresh, applications, at)
    ends = _certificates(at)
    applications |= {each.id: each for each in _applications(each.subject_id for each in ends)}
    told += [
        message for each in ends for message in messages.certificate_ends(applications[each.subject_id], each.title, each.valid_to)
    ]
    hits += [_Hit(CERTIFICATE, each.id, each.subject_id, each.valid_to) for each in ends]
    _remember(hits, applications, by=by, at=at)
    notify.tell(told, at=at)
    return len(hits)


def _one_at_a_time() -> None:
    """Let two workers look one after the other: what the first told, the second sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('casework.remind'))")


def _not_told(rule: str) -> Exists:
    return Exists(Reminder.objects.filter(about=OuterRef("pk"), rule=rule))


def _due(rule: Rule, at: datetime) -> list[_Hit]:
    today = local_date(at)
    if rule.days < 0:
        since, until = None, today
    else:
        since, until = _midnight(today), limits.calendar().add_wd(today, rule.days) + timedelta(days=1)
    rows = limits.due_before(_midnight(until), AT_ONCE, kind=rule.kind, subject_kind=KIND, since=since, unless=_not_told(rule.code))
    return [_Hit(rule.code, each.id, each.subject.id, local_date(each.due_at)) for each in rows]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _certificates(at: datetime) -> list[documents.RunningOut]:
    today = local_date(at)
    first, last = today + timedelta(days=messages.RENEWAL_DAYS), today + timedelta(days=CERTIFICATE_DAYS)
    return documents.running_out(first, last, subject_kind=KIND, unless=_not_told(CERTIFICATE), limit=AT_ONCE)


def _applications(ids: Iterable[UUID]) -> list[Application]:
    wanted = set(ids)
    return list(Application.objects.filter(pk__in=wanted).select_related("agency").order_by("pk")) if wanted else []


def _messages(rule: Rule, hits: Sequence[_Hit], applications: dict[UUID, Application], at: datetime) -> list[NewMessage]:
    if not hits:
        return []
    cases = [applications[hit.application] for hit in hits]
    if rule.who is Who.APPLICANT:
        return [message for hit in hits for message in messages.correction_ends(applications[hit.application], hit.due)]
    officers = _askers_and_heads(cases, at) if rule.who is Who.ASKER_AND_HEAD else _officers(cases, at)
    return [
        message
        for hit in hits
        for message in messages.limit_ends(applications[hit.application], rule.code, hit.due, officers.get(hit.application, ()))
    ]


def _officers(cases: Sequence[Application], at: datetime) -> dict[UUID, list[UUID]]:
    """Return who is in charge of each case now: its holder, else the posts of the office, else its head."""
    holders = network.accounts_of({each.taken_by for each in cases if each.taken_by})
    open_ones = {(each.stage, each.item_code, each.agency_id) for each in cases if each.taken_by is None and each.stage}
    posts = network.in_charge(open_ones, at) if open_ones else {}
    heads = network.holders_of(HEAD, {each.agency_id for each in cases}, at)
    return {
        each.id: [holders[each.taken_by]] if each.taken_by in holders
        else posts.get((each.stage, each.item_code, each.agency_id)) or heads.get(each.agency_id, [])
        for each in cases
    }  # fmt: skip


def _askers_and_heads(cases: Sequence[Application], at: datetime) -> dict[UUID, list[UUID]]:
    heads = network.holders_of(HEAD, {each.agency_id for each in cases}, at)
    running = SpecialProcedure.objects.filter(application__in=cases, is_granted=True, ended_at__isnull=True).order_by("pk")
    askers = dict(running.values_list("application_id", "asked_account"))
    return {
        each.id: list(dict.fromkeys(who for who in (askers.get(each.id), *heads.get(each.agency_id, ())) if who)) for each in cases
    }


def _remember(hits: Sequence[_Hit], applications: dict[UUID, Application], *, by: Actor, at: datetime) -> None:
    Reminder.objects.bulk_create(
        [Reminder(about=hit.about, rule=hit.rule, application_id=hit.application, told_at=at) for hit in hits]
    )
    late = [hit for hit in hits if hit.rule.endswith("_late")]
    if late:
        facts = {hit.application: {"rule": hit.rule, "due": hit.due.isoformat()} for hit in late}
        core.record([applications[hit.application] for hit in late], acts.REMIND, by=by, at=at, facts=facts)
