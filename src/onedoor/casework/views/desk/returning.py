"""The page on which an officer sends a case back to the stage before."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from onedoor.casework import forms, stages, states
from onedoor.casework.queries import CasePage
from onedoor.casework.services import returning
from onedoor.casework.views.desk import acts, page
from onedoor.casework.views.public.apply import actor_of
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import Text

NO_OPINION = _("Please write what has to be done there. Without it your colleague would not know why the case comes back.")


@door(Door.STAFF)
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask what has to be done at the stage before, and send the case back there."""
    opinion, seen = forms.posted_text(request.POST, "reason"), request.POST.get("position", "")
    errors: dict[str, Text] = {}
    if request.POST.get("send"):
        if opinion.strip():
            by, at, position = actor_of(request), timezone.now(), int(seen) if seen.isdecimal() and len(seen) < 4 else None
            return acts.done(
                request, case_id,
                lambda: returning.return_stage(application_id=case_id, opinion=opinion, position=position, by=by, at=at),
                _("Sent back, with your opinion."),
            )  # fmt: skip
        errors["id_reason"] = NO_OPINION
    found = page.load(request, case_id)
    if states.RETURN_STAGE not in found.next_acts:
        return redirect("casework:desk_case", case_id)
    context = {
        "case": found, "application": found.application, "terms": found.terms, "applicant": found.application.masked_applicant,
        "reason": opinion, "errors": errors, **_before(found),
    }  # fmt: skip
    return render(request, "casework/desk/return.html", context, status=422 if errors else 200)


def _before(case: CasePage) -> dict[str, object]:
    """Return the stage to which the case goes back, and who finished it."""
    position = case.application.stage_position
    step = stages.step_before(stages.worked_steps(case.terms.steps), -1 if position is None else position)
    passed = [
        run for run in case.runs if step is not None and run.position == step.position and run.ended_at and not run.is_returned
    ]
    return {"before": step, "before_by": passed[-1].actor_label if passed else ""}
