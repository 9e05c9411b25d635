"""Files of items in and out: hand one in, watch how far it is, see what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onedoor.catalog import exchange_runs, queries
from onedoor.catalog.permissions import PUBLISH_DUTY
from onedoor.catalog.services import exchange, proposals
from onedoor.catalog.views.desk.doorway import actor_of, clean, done
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Invalid, NotFound, Text

if TYPE_CHECKING:
    from onedoor.catalog.models import ExchangeRun

SHOWN_FAULTS = 200


@door(Door.STAFF, duty=PUBLISH_DUTY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exchange_page(request: HttpRequest) -> HttpResponse:
    """Show what was taken in and out; POST hands a file in, or asks for one."""
    errors: dict[str, Text] = {}
    if request.method == "POST":
        try:
            return redirect("catalog:desk_exchange_run", _asked(request))
        except Invalid as refusal:
            errors = dict(refusal.errors)
    context = {"runs": exchange_runs.latest_runs(), "errors": errors, "error_list": [(name, errors[name]) for name in errors]}
    context["departments"] = queries.department_names()
    return render(request, "catalog/desk/exchange.html", context, status=422 if errors else 200)


def _asked(request: HttpRequest) -> UUID:
    by, at = actor_of(request), timezone.now()
    if request.POST.get("act") == "export":
        return exchange.ask_export(kind=request.POST.get("format", ""), profile=request.POST.get("profile", ""), by=by, at=at)
    if request.POST.get("act") == "book":
        return exchange.ask_book(
            parts=request.POST.get("parts", ""), department=request.POST.get("department", ""), by=by, at=at
        )  # fmt: skip
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid({"file": exchange.NO_FILE})
    return exchange.ask_import(upload=upload, is_trial=request.POST.get("act") != "import", by=by, at=at)


@door(Door.STAFF, duty=PUBLISH_DUTY)
@never_cache
@require_safe
def exchange_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Show one run: how far it is, what came of it, what is wrong with the file. htmx asks for its part only."""
    run = exchange_runs.run_for(run_id)
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "catalog/desk/_exchange_run.html" if is_part else "catalog/desk/exchange_run.html", _shown(request, run))


def _shown(request: HttpRequest, run: ExchangeRun) -> dict[str, Any]:
    found: dict[str, Any] = {
        "run": run,
        "faults": run.faults[:SHOWN_FAULTS],
        "more": run.fault_count - len(run.faults[:SHOWN_FAULTS]),
    }
    if run.kind == "export" or run.is_under_way:
        return found
    handed_in_by, decided_by = exchange_runs.names_of(run)
    found |= {"handed_in_by": handed_in_by, "decided_by": decided_by, "rules": exchange_runs.rules_of(run)}
    if run.state == "proposed":
        items = exchange_runs.items_of(run, after=request.GET.get("after", "")[:50])
        last = items.rows[-1].code if items.rows else ""
        found |= {"items": items, "last": last, "is_own": run.asked_by == actor_of(request).account}
    return found


@door(Door.STAFF, duty=PUBLISH_DUTY)
@require_POST
def exchange_decide(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Approve what a file brings, or send it back, all of it together."""
    act = {"approve": proposals.approve_run, "send-back": proposals.send_back_run}.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound
    by, at, reason = actor_of(request), timezone.now(), clean(request.POST.get("reason", ""), 500)
    said = _("Approved. It comes into force now.") if act is proposals.approve_run else _("Sent back.")
    return done(request, lambda: act(run_id, reason=reason, by=by, at=at), said, "catalog:desk_exchange_run", run_id)


@door(Door.STAFF, duty=PUBLISH_DUTY)
@require_POST
def exchange_take_over(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Hand in for approval the file of a dry run that was right."""
    run = exchange.import_after_trial(run_id=run_id, by=actor_of(request), at=timezone.now())
    return redirect("catalog:desk_exchange_run", run)


@door(Door.STAFF, duty=PUBLISH_DUTY)
@never_cache
@require_safe
def exchange_file(request: HttpRequest, run_id: UUID) -> FileResponse:
    """Send the file that came of a run: the export, or the workbook with the mistakes marked."""
    del request
    stored, name = exchange_runs.result_of(run_id)
    response = FileResponse(stored, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
