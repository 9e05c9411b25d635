"""Messages with the applicant, on the page of the case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as said
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onedoor.casework.states import Status
from onedoor.casework.views.desk import page
from onedoor.casework.views.public.apply import actor_of
from onedoor.casework.views.talking import post_message
from onedoor.kernel.doors import Door, door


@door(Door.STAFF)
@require_POST
def messages(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write to the applicant, or answer; what cannot be sent stays on the page of the case."""
    application = page.load(request, case_id).application
    if application.status == Status.DRAFT:
        return redirect("casework:desk_intake", case_id)
    written = post_message(request, application, by=actor_of(request))
    if not written.errors:
        said.success(request, _("Sent. The applicant is told that there is a message."))
        return redirect(reverse("casework:desk_case", args=[case_id]) + "#talk")
    case = page.load(request, case_id)
    return render(request, "casework/desk/case.html", page.case_context(request, case, written=written), status=written.status)
