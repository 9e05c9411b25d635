"""Opening files and papers, for those who may; verifying papers, for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from onedoor.documents import access, keeping, marks, queries, services
from onedoor.documents.checking import check_upload
from onedoor.documents.forms import FileForm, NumberForm
from onedoor.documents.sending import POLICY, SHOWN, closed, whole_file
from onedoor.documents.watermark import marked_jpeg
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound, WrongState
from onedoor.kernel.subjects import Subject
from onedoor.people.services import spend_try

if TYPE_CHECKING:
    from onedoor.documents.models import File

TRIES, WINDOW_SECONDS = 40, 600
_PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@door(Door.ANYONE)
@never_cache
@require_GET
def stored_file(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """Send a file to the viewer for whom the address was made; where it bears a mark, a copy with it and never the file itself."""
    file_id = access.file_named_by(request, token)
    actor = access.actor_of(request)
    file = queries.file_for(actor, file_id, granted_subjects=access.granted(request))
    mark = marks.marks_of([file]).get(file.id)
    if mark is None:
        return whole_file(file)
    if file.media_type in SHOWN:
        return _marked_picture(file, mark)
    return _copy(request, [file], {file.id: mark}, title=file.name)


def _marked_picture(file: File, mark: str) -> FileResponse:
    with keeping.open_stored(file.storage_key) as stored:
        picture = marked_jpeg(stored.read(), mark)
    name = f"{file.name.rpartition('.')[0]}.jpg"
    return closed(FileResponse(BytesIO(picture), filename=name, content_type="image/jpeg"), POLICY)


@door(Door.ANYONE)
@never_cache
@require_GET
def bound_files(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """Send several files as one PDF, the pages of one paper, to the viewer for whom the address was made."""
    file_ids, title = access.files_named_by(request, token)
    files = queries.files_for(access.actor_of(request), file_ids, granted_subjects=access.granted(request))
    return _copy(request, files, marks.marks_of(files), title=title)


def _copy(request: HttpRequest, files: Sequence[File], across: Mapping[UUID, str], *, title: str) -> HttpResponse | FileResponse:
    """Send the copy of files, or say that it is being made; the page asks again by itself, with a script or without.

    :raises WrongState: when they cannot be shown so.
    """
    found = None
    if all(file.media_type in queries.BINDABLE for file in files):
        found = services.want_copy(files, across, title=title, at=timezone.now())
    if found is None or found.trouble:
        raise WrongState(
            _("“%(title)s” cannot be shown as pages. Please have it handed in as a photo or as a PDF.") % {"title": title}
        )
    if not found.is_made:
        response = render(request, "documents/copy_waits.html", {"title": title, "pages": len(files)})
        response["Refresh"] = "2"
        return response
    name = f"{title.removesuffix('.pdf')}.pdf"
    sent = FileResponse(keeping.open_stored(found.storage_key), filename=name, content_type="application/pdf")
    return closed(sent, _PDF_POLICY)


@door(Door.ANYONE)
@never_cache
@require_GET
def paper_file(request: HttpRequest, paper_id: UUID) -> FileResponse:
    """Send a sealed paper."""
    paper = queries.paper_for(access.actor_of(request), paper_id, granted=access.granted(request))
    name = f"{paper.title} {paper.number}.pdf"
    stored = keeping.open_stored(paper.storage_key)
    response = FileResponse(stored, as_attachment="save" in request.GET, filename=name, content_type="application/pdf")
    return closed(response, _PDF_POLICY)


@door(Door.ANYONE)
@never_cache
@require_GET
def papers_part(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """Show the papers of a subject as a part; asked again every two seconds while one is being made."""
    subject = Subject(kind, subject_id)
    papers = queries.papers_for(access.actor_of(request), subject, granted=access.granted(request))
    return render(request, "documents/_papers.html", {"papers": papers, "papers_of": subject})


@door(Door.ANYONE)
@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify a paper by its number and code, or by its file."""
    if request.method == "GET":
        return _verify_page(request, {})
    _spend(request)
    if request.POST.get("by") == "file":
        return _verify_file(request)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _verify_page(request, {"number_form": form}, status=422)
    found = queries.verification_by_code(form.cleaned_data["code"], number=form.cleaned_data["number"], now=timezone.now())
    return _verify_page(request, {"number_form": form, "asked": True, "found": found})


def _verify_file(request: HttpRequest) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _verify_page(request, {"file_form": form}, status=422)
    checked = check_upload(form.cleaned_data["file"], now=timezone.now())
    return _verify_page(request, {"checked": checked, "found": checked.paper})


@door(Door.ANYONE)
@never_cache
@require_GET
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """Verify the paper whose QR code was scanned."""
    _spend(request)
    found = queries.verification_by_code(code, now=timezone.now())
    return _verify_page(request, {"asked": True, "found": found, "by_code": True}, status=200 if found else 404)


def _spend(request: HttpRequest) -> None:
    key = f"documents.verify:{request.META.get('REMOTE_ADDR', '')}"
    spend_try(key=key, limit=TRIES, window_seconds=WINDOW_SECONDS, at=timezone.now())


def _verify_page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    whole = {"number_form": NumberForm(), "file_form": FileForm(), **context}
    forms = (whole["number_form"], whole["file_form"])
    whole["errors"] = [(field.id_for_label, text) for form in forms for field in form for text in field.errors]
    return render(request, "documents/verify.html", whole, status=status)


@door(Door.ANYONE)
@require_GET
def ca_certificate(request: HttpRequest) -> HttpResponse:
    """Send the certificate by which anybody can check our seals without us."""
    del request
    certificate = keeping.ca_certificate()
    if certificate is None:
        raise NotFound
    response = HttpResponse(certificate, content_type="application/x-x509-ca-cert")
    response["Content-Disposition"] = 'attachment; filename="onedoor-ca.crt"'
    return response
