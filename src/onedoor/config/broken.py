"""What people and machines are told when something broke: needs neither database nor session, for these may be what broke."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Refused, Unreadable
from onedoor.look.language import language_of
from onedoor.look.refusals import as_json

SECONDS = "10"


class NotServing(Refused):
    """The database does not answer just now."""

    code = "not_serving"
    http_status = 503
    default = _("What you were told is done is kept. Please send the last step once more in a minute.")


class Broken(Refused):
    """A fault of ours."""

    code = "broken"
    http_status = 500
    default = _("Something broke on our side. Nothing was changed; please try again, or call us.")


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself does not read: a host that is not ours, a form with a thousand fields."""
    del exception
    return _told(request, Unreadable())


def answer(request: HttpRequest) -> HttpResponse:
    """Answer a request whose handling failed: 503 when the database could not be reached, 500 for everything else."""
    fault = sys.exc_info()[1]
    told = NotServing() if isinstance(fault, OperationalError | InterfaceError) else Broken()
    response = _told(request, told)
    if isinstance(told, NotServing):
        response["Retry-After"] = SECONDS
    return response


def _told(request: HttpRequest, told: Refused) -> HttpResponse:
    with translation.override(language_of(request)):
        if request.path.startswith("/api/"):
            response: HttpResponse = JsonResponse(as_json(told), json_dumps_params={"ensure_ascii": False})
        else:
            response = HttpResponse(render_to_string(f"{told.http_status}.html", {"told": told}))
    response.status_code = told.http_status
    return response
