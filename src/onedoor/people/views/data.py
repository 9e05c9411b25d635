"""My data: what the city holds, who looked at it, taking it along, putting it right, closing the account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onedoor.kernel.actor import Actor
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotAllowed, NotFound, Refused
from onedoor.people import exporting, queries, records, services, sessions
from onedoor.people.models import Account


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@door(Door.ACCOUNT)
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what the city holds about oneself, and who looked at masked data and why."""
    person = request.user.person_id  # type: ignore[union-attr]
    context = {
        "held": records.records_about(person) if person else {},
        "looks": queries.looks_at(person) if person else [],
        "person": person,
    }
    return render(request, "people/my_data.html", context)


@door(Door.CITIZEN)
@never_cache
@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out all that is held about oneself: as JSON, or as a ZIP with the files, made while it is sent."""
    by, at = _actor(request), timezone.now()
    if by.person is None:
        raise NotFound
    form = "zip" if request.POST.get("form") == "zip" else "json"
    services.record_export(form=form, by=by, at=at)
    data, held = exporting.everything(by.person, at=at)
    if form == "json":
        response: HttpResponseBase = HttpResponse(exporting.as_json(data), content_type="application/json")
    else:
        response = StreamingHttpResponse(exporting.as_zip(data, held), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="my-data-{at:%Y-%m-%d}.{form}"'
    return response


@door(Door.CITIZEN)
@never_cache
@login_required
@sensitive_post_parameters("present")
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close one's account: what stands against it, what is kept and what goes; done once the password was given."""
    by, at, account = _actor(request), timezone.now(), request.user
    if by.person is None or not isinstance(account, Account):
        raise NotFound
    error = ""
    if request.method == "POST":
        try:
            _require_sure(request, account)
            services.close_own_account(by=by, at=at)
        except (NotAllowed, NotFound):
            raise
        except Refused as refusal:
            error = str(refusal)
        else:
            sessions.log_out(request, idle=False, at=at)
            messages.success(
                request, _("Your account is closed. What the law has us keep stays with the offices; the rest is gone.")
            )
            return redirect("/")
    context = {
        "error": error, "obstacles": services.obstacles(account.id, by.person), "has_password": account.has_usable_password(),
        "errors": {"id_sure": error} if error else {},
    }  # fmt: skip
    return render(request, "people/account_close.html", context, status=422 if error else 200)


def _require_sure(request: HttpRequest, account: Account) -> None:
    """Let only pass who ticked the box and gave the password once more."""
    if request.POST.get("sure") != "on":
        raise Refused(_("Please confirm that the account shall be closed for good."))
    if account.has_usable_password():
        password = request.POST.get("present", "")
        services.check_present_password(account=account, password=password, by=Actor(client="web"), at=timezone.now())
