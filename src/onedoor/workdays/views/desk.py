"""Desk pages of the calendar: a year as a picture, and entering the State Council's notice."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.workdays import permissions, queries, services
from onedoor.workdays.calendars import FIRST_YEAR, LAST_YEAR
from onedoor.workdays.forms import NoticeForm
from onedoor.workdays.names import festival
from onedoor.workdays.notices import UnreadableNotice
from onedoor.workdays.states import DAY_KINDS

A_WEEK = [date(2024, 1, day) for day in range(1, 8)]


@door(Door.STAFF)
@require_safe
def this_year(request: HttpRequest) -> HttpResponse:
    """Show the year that runs."""
    return _year_page(request, local_date(timezone.now()).year)


@door(Door.STAFF)
@require_safe
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Show one year: working days, holidays and make-up days, and whether they are announced."""
    if not FIRST_YEAR < year < LAST_YEAR:
        raise NotFound
    return _year_page(request, year)


def _year_page(request: HttpRequest, shown: int) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = local_date(timezone.now())
    page = {
        "picture": queries.year_picture(shown, today=today),
        "weekdays": [(date_format(day, "l"), date_format(day, "D")) for day in A_WEEK],
        "before": shown - 1,
        "after": shown + 1,
        "missing_year": queries.unconfirmed_year_warning(today),
        "may_enter": permissions.may_enter_notice(actor),
    }
    return render(request, "workdays/year.html", page)


@door(Door.STAFF, duty=permissions.ENTER_NOTICE)
@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest) -> HttpResponse:
    """Take the notice: a first POST shows what would change, a second one enters it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return render(request, "workdays/notice.html", {"form": NoticeForm()})
    form = NoticeForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "workdays/notice.html", {"form": form}, status=422)
    text = form.cleaned_data["text"]
    try:
        if request.POST.get("step") == "enter":
            outcome = services.enter_notice(text=text, by=actor, at=timezone.now())
            messages.success(request, _said(outcome))
            return redirect("workdays:year", outcome.notice.year)
        outcome = services.preview_notice(text)
    except UnreadableNotice as refusal:
        form.add_error("text", str(refusal))
        return render(request, "workdays/notice.html", {"form": form}, status=422)
    changes = [(each, DAY_KINDS[each.before], DAY_KINDS[each.after], festival(each.name)) for each in outcome.changes]
    page = {
        "form": NoticeForm(initial={"text": text}),
        "text": text,
        "outcome": outcome,
        "changes": changes,
        "said": _said(outcome),
    }
    return render(request, "workdays/notice.html", page)


def _said(outcome: services.NoticeOutcome) -> str:
    words = {
        "year": outcome.notice.year,
        "days": len(outcome.changes),
        "limits": outcome.limits.limits,
        "moved": outcome.limits.moved,
        "marked": outcome.limits.marked,
    }
    return (
        _("%(year)s is announced: %(days)s days change. Of %(limits)s running limits %(moved)s move, %(marked)s become certain.")
        % words
    )
