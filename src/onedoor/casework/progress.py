"""How an application stands, as the applicant sees it: until when, where it is, whose turn it is, who used the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.casework.holding import Holding
from onedoor.casework.models import Application, Consultation, CorrectionNotice, StageRun, Tolerance
from onedoor.casework.states import Outcome, Status
from onedoor.kernel.errors import Text
from onedoor.workdays.standing import LimitView

NOW: dict[Status, Promise] = {
    Status.DRAFT: _("You have not submitted this yet."),
    Status.SUBMITTED: _("The window looks at your papers. You need not do anything."),
    Status.RECEIVED: _("The window has your papers and looks whether they are complete. You need not do anything."),
    Status.CORRECTING: _("Something is missing. Please add it; until then the clock stands still."),
    Status.ACCEPTED: _("Accepted. It waits for the officer in charge. You need not do anything."),
    Status.IN_REVIEW: _("It is being reviewed. You need not do anything."),
    Status.DECIDED: _("It is decided. The result is being made."),
    Status.CLOSED: _("It is done."),
    Status.DELIVERED: _("It is done and handed over."),
}
ENDED: dict[Outcome, Promise] = {
    Outcome.GRANTED: _("Granted. The result is ready for you."),
    Outcome.DONE: _("Done. The result is ready for you."),
    Outcome.REFUSED: _("Refused. The decision says why and what else is possible."),
    Outcome.NOT_ACCEPTED: _("Not accepted. The notice says why and who is in charge."),
    Outcome.LAPSED: _("Closed because the missing papers did not come. You may apply again any time."),
    Outcome.WITHDRAWN: _("You took it back."),
    Outcome.VOID: _("Declared void; the notice says why. You may apply again any time."),
    Outcome.ENTRY_ERROR: _("Closed because it was entered by mistake. You need not do anything."),
    Outcome.FORWARDED: _("Forwarded to the office that decides."),
}
SENT_BACK = _("sent back to the step before")
LIGHT = {
    Status.DRAFT: "idle",
    Status.SUBMITTED: "run",
    Status.RECEIVED: "run",
    Status.CORRECTING: "due",
    Status.ACCEPTED: "run",
    Status.IN_REVIEW: "run",
    Status.DECIDED: "run",
    Status.CLOSED: "ok",
    Status.DELIVERED: "ok",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the way: its name, whether it is behind, now or ahead, and since or until when."""

    name: Text
    state: str
    at: datetime | None = None
    until: datetime | None = None
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of promise and law is used, in working days."""

    used: int
    promised: int
    legal: int | None


def bar_of(promise: LimitView | None, legal: LimitView | None, *, now: datetime) -> Bar | None:
    """Return the bar of time for a promise in working days; other units are told in words alone."""
    if promise is None or promise.unit != "working-days" or not promise.length:
        return None
    law = legal.length if legal is not None and legal.unit == promise.unit else None
    return Bar(promise.used_wd(now), promise.length, law)


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything the page of progress says."""

    light: str
    status: Text
    sentence: Text
    special: LimitView | None
    must_act: bool
    limit: LimitView | None
    bar: Bar | None
    lines: Sequence[Line]
    holding: Holding
    sums: Sequence[tuple[Text, LimitView]]
    correction: CorrectionNotice | None
    gap: Tolerance | None = None
    gap_limit: LimitView | None = None


STANDS_STILL = _("Our limit stands still: %(what)s. The notice says why and how long. You need not do anything now.")
GAP = _(
    "Accepted against your promise. Please hand in the papers that are to follow; our clock runs, and the result waits for them."
)


def waits_for(views: Sequence[LimitView]) -> str:
    """Return for what the limits of an application stand still, or nothing."""
    reasons = (pause.reason for view in views if view.paused for pause in view.pauses if pause.ended_at is None)
    return next(reasons, "")


def sentence_of(application: Application, views: Sequence[LimitView] = ()) -> Text:
    """Return in one sentence how the application stands; ``views`` are its limits."""
    if application.has_gap:
        return GAP
    what = waits_for(views)
    if what:
        return STANDS_STILL % {"what": what}
    if application.outcome and application.status in (Status.CLOSED, Status.DELIVERED):
        if application.status == Status.DELIVERED and application.outcome == Outcome.GRANTED:
            return NOW[Status.DELIVERED]
        return ENDED[Outcome(application.outcome)]
    return NOW[Status(application.status)]


def light_of(application: Application) -> str:
    """Return the light of the status; what ended without a result is neither green nor red."""
    if application.outcome and application.outcome not in (Outcome.GRANTED, Outcome.DONE):
        return "idle"
    if application.has_gap:
        return "due"
    return LIGHT[Status(application.status)]


def lines(
    application: Application,
    runs: Sequence[StageRun],
    corrections: Sequence[CorrectionNotice],
    ahead: Sequence[str],
    asked: Sequence[Consultation] = (),
) -> list[Line]:
    """Return the way of an application: what was, what is, and the names of the steps ahead."""
    found = [Line(_("Submitted"), "done", application.submitted_at)]
    found += [
        Line(_("Missing papers told"), "done" if each.answered_at else "now", each.told_at,
             note=_("%(count)d points") % {"count": len(each.points)})
        for each in corrections
    ]  # fmt: skip
    if application.accepted_at:
        found.append(Line(_("Accepted"), "done", application.accepted_at))
    elif application.status in (Status.SUBMITTED, Status.RECEIVED):
        found.append(Line(_("Acceptance"), "now"))
    found += [
        Line(
            run.title, "done" if run.ended_at else "now", run.ended_at or run.started_at, note=SENT_BACK if run.is_returned else ""
        )
        for run in runs
    ]
    found += [
        Line(
            _("%(office)s is asked for its opinion") % {"office": each.office.name} if each.is_open
            else _("Opinion of %(office)s") % {"office": each.office.name},
            "now" if each.is_open else "done", each.ended_at or each.asked_at,
        )
        for each in asked
        if not each.is_taken_back
    ]  # fmt: skip
    if application.decided_at:
        found.append(Line(_("Decided"), "done", application.decided_at))
    if application.closed_at:
        found.append(Line(_("Result ready"), "done", application.closed_at))
        found.append(Line(_("Handed over"), "done" if application.delivered_at else "ahead", application.delivered_at))
        return found[:-1] if application.outcome not in (Outcome.GRANTED, Outcome.REFUSED, Outcome.DONE) else found
    return found + [Line(name, "ahead") for name in ahead]


def sums(views: Sequence[LimitView]) -> list[tuple[Text, LimitView]]:
    """Return the limits whose arithmetic the applicant can follow: the newest of each that binds the city."""
    names = {"notice": _("First answer"), "promise": _("Promised limit"), "legal": _("Legal limit")}
    newest = {view.kind: view for view in views if view.kind in names}
    return [(names[kind], newest[kind]) for kind in names if kind in newest and (kind != "notice" or len(newest) == 1)]
