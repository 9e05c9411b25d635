"""What both sides' pages of messages share: taking in what was written, with its files, and showing it again when refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from onedoor.casework import forms
from onedoor.casework.models import Application
from onedoor.casework.services import talking
from onedoor.documents import services as documents
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Text
from onedoor.kernel.ids import id_from


@dataclass(slots=True)
class Written:
    """What was typed into the form of messages, and what is wrong with it."""

    text: str = ""
    needs_answer: bool = False
    errors: dict[str, Text] = field(default_factory=dict)
    status: int = 200


def post_message(request: HttpRequest, application: Application, *, by: Actor) -> Written:
    """Write or answer a message as the form says; what cannot be sent comes back with what to do about it."""
    written = Written(forms.posted_text(request.POST, "text", talking.LONGEST + 1), "needs_answer" in request.POST)
    try:
        _send(request, application, written, by)
    except (NotAllowed, NotFound):
        raise
    except Invalid as refusal:
        written.errors, written.status = {f"id_{name}": text for name, text in refusal.errors.items()}, refusal.http_status
    except Refused as refusal:
        written.errors, written.status = {"id_text": refusal.message}, refusal.http_status
    return written


def _send(request: HttpRequest, application: Application, written: Written, by: Actor) -> None:
    at, uploads = timezone.now(), request.FILES.getlist("files")
    if not written.text:
        raise Invalid({"text": _("Please write what it is about.")})
    if len(written.text) > talking.LONGEST:
        raise Invalid({"text": _("This is too long for a message: at most 2,000 characters. Longer texts go along as a file.")})
    if len(uploads) > talking.MOST_FILES:
        raise Invalid({"files": _("At most five files go along with one message.")})
    files, refused = [], []
    for upload in uploads:
        try:
            files.append(documents.store_upload(upload, by=by, at=at, subject=None).id)
        except Refused as refusal:
            refused.append(_("%(name)s: %(reason)s") % {"name": upload.name, "reason": refusal})
    if refused:
        raise Invalid({"files": " ".join(refused)})
    answers = id_from(request.POST.get("answers"))
    if answers is None:
        talking.write_message(
            application_id=application.id, text=written.text, files=files, needs_answer=written.needs_answer, by=by, at=at
        )
    else:
        talking.answer_message(
            application_id=application.id, message_id=answers, text=written.text, files=files,
            needs_answer=written.needs_answer, by=by, at=at,
        )  # fmt: skip
