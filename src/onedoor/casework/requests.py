"""What was asked for in a case and decided by somebody else: special procedures and more time; and what may be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from onedoor.casework import stages, states
from onedoor.casework.annexes import rows_of
from onedoor.casework.models import Application, Asked, Extension, SpecialKind, SpecialProcedure
from onedoor.casework.permissions import HEAD
from onedoor.casework.states import Status, Transition
from onedoor.catalog import queries as catalog
from onedoor.kernel.actor import Actor
from onedoor.network import queries as network
from onedoor.workdays import arithmetic
from onedoor.workdays import queries as limits
from onedoor.workdays.arithmetic import Unit

OTHER, HEARING = "other", "hearing"
OTHERS_DO = "2"  # A.7 of GB/T 39046: 1 is the extension, 2 every other special procedure
MOST_SHOWN = 50
Request = TypeVar("Request", bound=Asked)


@dataclass(frozen=True, slots=True)
class Requests:
    """What was asked for in one case, oldest first."""

    specials: Sequence[SpecialProcedure] = ()
    extensions: Sequence[Extension] = ()

    @property
    def open_special(self) -> SpecialProcedure | None:
        """Return the special procedure that waits for its approval."""
        return next((each for each in self.specials if each.is_open), None)

    @property
    def running_special(self) -> SpecialProcedure | None:
        """Return the special procedure for which the limits stand still."""
        return next((each for each in self.specials if each.is_running), None)

    @property
    def open_extension(self) -> Extension | None:
        """Return the request for more time that waits for the head."""
        return next((each for each in self.extensions if each.is_open), None)

    def leave_room_for(self, move: Transition, actor: Actor) -> bool:
        """Tell whether nothing that was asked before stands in the way of a transition, and its own request is there."""
        if move is states.ASK_SPECIAL:
            return self.open_special is None
        if move in (states.START_SPECIAL, states.REFUSE_SPECIAL):
            return _is_others(self.open_special, actor)
        if move is states.END_SPECIAL:
            return self.running_special is not None
        if move is states.ASK_EXTENSION:
            return self.open_extension is None and not any(each.is_granted for each in self.extensions)
        if move in (states.EXTEND, states.REFUSE_EXTENSION):
            return _is_others(self.open_extension, actor)
        return True


NO_REQUESTS = Requests()


def _is_others(request: Asked | None, actor: Actor) -> bool:
    return request is not None and request.asked_account != actor.account


def of_case(application: Application) -> Requests:
    """Return what was asked for in a case; nothing is asked before its acceptance. Two statements."""
    if application.accepted_at is None:
        return NO_REQUESTS
    return Requests(
        specials=list(rows_of(SpecialProcedure, application).order_by("asked_at", "pk")),
        extensions=list(rows_of(Extension, application).order_by("asked_at", "pk")),
    )


def open_special(application: Application) -> SpecialProcedure | None:
    """Return the special procedure of a locked application that waits for its approval."""
    return SpecialProcedure.objects.filter(application=application, decided_at__isnull=True).first()


def running_special(application: Application) -> SpecialProcedure | None:
    """Return the special procedure for which the limits of a locked application stand still."""
    return SpecialProcedure.objects.filter(application=application, is_granted=True, ended_at__isnull=True).first()


def open_extension(application: Application) -> Extension | None:
    """Return the request for more time of a locked application that waits for the head."""
    return Extension.objects.filter(application=application, decided_at__isnull=True).first()


@dataclass(frozen=True, slots=True)
class Choice:
    """A special procedure that may be asked for in a case, and how long it may take at most."""

    key: str
    kind_id: UUID
    name: str
    name_en: str
    max_length: int
    unit: str
    basis: str
    is_verified: bool
    is_from_item: bool = False

    @property
    def shown_name(self) -> str:
        """Return the name in the language of the page; papers have the Chinese one."""
        return self.name if (get_language() or "").startswith("zh") else self.name_en or self.name


def kinds() -> list[SpecialKind]:
    """Return all kinds of special procedure in their order."""
    return list(SpecialKind.objects.order_by("position", "code"))


def choices(application: Application) -> list[Choice]:
    """Return the special procedures that stop the clock of a case: those that its item names, and those of 行政许可法 art. 45.

    The hearing is not among them: it has acts of its own.
    """
    known = kinds()
    own = _named_by_item(application, known)
    used = {each.kind_id for each in own}
    general = [
        Choice(each.code, each.pk, each.name, each.name_en, each.max_length, each.unit, each.basis, each.is_verified)
        for each in known
        if each.is_excluded and each.is_offered and not each.needs_item and each.code != HEARING and each.pk not in used
    ]
    return own + general


def _named_by_item(application: Application, known: Sequence[SpecialKind]) -> list[Choice]:
    """Return what the item's own record names and takes out of its limits (element 20)."""
    named = catalog.case_terms(application.version_id).content.special_procedures
    other = next((each for each in known if each.code == OTHER), None)
    found = []
    for number, each in enumerate(named):
        kind = next((kind for kind in known if kind.name in each.name and kind.code != OTHER), other)
        if each.kind != OTHERS_DO or each.counted or kind is None or kind.code == HEARING:
            continue
        found.append(Choice(
                key=f"item-{number}", kind_id=kind.pk, name=each.name, name_en="", max_length=each.max_days or kind.max_length,
                unit=each.unit, basis=each.basis, is_verified=True, is_from_item=True,
        ))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Foreseen:
    """When a limit would end that does not run yet."""

    due_at: datetime
    confirmed: bool


def end_of(length: int, unit: str, at: datetime) -> Foreseen:
    """Return when a special procedure would end at the latest if it began at a moment."""
    found = arithmetic.due(limits.calendar(), Unit(unit), length, at)
    return Foreseen(found.moment, found.confirmed)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request as it waits for somebody's decision."""

    application: Application
    request: Asked
    terms: catalog.Terms = field(repr=False)

    @property
    def special(self) -> SpecialProcedure | None:
        return self.request if isinstance(self.request, SpecialProcedure) else None

    @property
    def extension(self) -> Extension | None:
        return self.request if isinstance(self.request, Extension) else None


def to_decide(actor: Actor, at: datetime) -> list[Waiting]:
    """Return the requests that the actor may decide, the oldest first. Two statements."""
    found: list[Asked] = [
        *_open(SpecialProcedure.objects.filter(_may_approve(actor, at)), actor)[:MOST_SHOWN],
        *(_open(Extension.objects.filter(_of_own_agency(actor)), actor)[:MOST_SHOWN] if actor.has(HEAD) else ()),
    ]
    found.sort(key=lambda each: (each.asked_at, each.pk))
    return [Waiting(each.application, each, catalog.case_terms(each.application.version_id)) for each in found]


def count_to_decide(actor: Actor, at: datetime) -> int:
    """Return how many requests wait for the actor's decision. One statement."""
    specials = _open(SpecialProcedure.objects.filter(_may_approve(actor, at)), actor).order_by().values_list("pk")[:MOST_SHOWN]
    if not actor.has(HEAD):
        return len(specials)
    extensions = _open(Extension.objects.filter(_of_own_agency(actor)), actor).order_by().values_list("pk")[:MOST_SHOWN]
    return len(specials.union(extensions, all=True))


def _open(found: QuerySet[Request], actor: Actor) -> QuerySet[Request]:
    found = found.filter(decided_at__isnull=True, application__status=Status.IN_REVIEW).exclude(asked_account=actor.account)
    return found.select_related("application", "application__agency").defer(
        "application__answers", "application__query_code", "application__query_hash"
    ).order_by("asked_at", "pk")  # fmt: skip


def _of_own_agency(actor: Actor) -> Q:
    return Q(application__agency=actor.agency)


def _may_approve(actor: Actor, at: datetime) -> Q:
    rights = network.works_anywhere(
        actor, at, agency="application__agency_id", item_code="application__item_code", stage=stages.APPROVE
    )
    return rights | _of_own_agency(actor) if actor.has(HEAD) else rights
