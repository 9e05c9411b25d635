"""Sending files that a room offers to everybody: the room says which they are, here they are sent so that they do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from onedoor.documents import keeping, queries, services

if TYPE_CHECKING:
    from onedoor.documents.models import File
    from onedoor.kernel.subjects import Subject

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def public_file(file_id: UUID) -> FileResponse:
    """Send a file to be saved. The caller has found that everybody may have it.

    :raises NotFound: when it is not there.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    file = queries.file_offered(file_id)
    stored = keeping.open_stored(file.storage_key)
    return closed(FileResponse(stored, as_attachment=True, filename=file.name, content_type=file.media_type), POLICY)


def original(file_id: UUID, *, subject: Subject) -> FileResponse:
    """Send a file of a subject as it was handed in, without its mark. The caller has recorded who opens it and why.

    :raises NotFound: when it is not there.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    response = whole_file(queries.original_of(file_id, subject=subject))
    response["Cache-Control"] = "no-store"
    return response


def whole_file(file: File) -> FileResponse:
    """Send a file as it was handed in: pictures are shown, everything else is saved. The caller has found that the viewer may have it."""
    is_shown = file.media_type in SHOWN and not file.is_active
    return closed(
        FileResponse(
            keeping.open_stored(file.storage_key), as_attachment=not is_shown, filename=file.name, content_type=file.media_type
        ),
        POLICY,
    )


def closed(response: FileResponse, policy: str) -> FileResponse:
    """Return a response that nothing but the viewer's own page can use, and that runs nothing."""
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def sheet(
    template: str, words: Mapping[str, Any], *, title: str, name: str, back: str, request: HttpRequest
) -> HttpResponse | FileResponse:
    """Send a sheet, or say that it is being made; the page asks again by itself, with a script or without."""
    found = services.want_sheet(template=template, words=words, at=timezone.now())
    if not found.is_made:
        response = render(request, "documents/sheet_waits.html", {"title": title, "back": back})
        response["Refresh"] = "2"
        response["Cache-Control"] = "no-store"
        return response
    sent = FileResponse(keeping.open_stored(found.storage_key), filename=name, content_type="application/pdf")
    sent["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    sent["X-Content-Type-Options"] = "nosniff"
    return sent
