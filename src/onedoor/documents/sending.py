"""Sending files that a room offers to everybody: the room says which they are, here they are sent so that they do no harm."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse

from onedoor.documents import keeping, queries

POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def public_file(file_id: UUID) -> FileResponse:
    """Send a file to be saved. The caller has found that everybody may have it.

    :raises NotFound: when it is not there.
    :raises WrongState: when it waits for the virus check, or a virus was found.
    """
    file = queries.file_offered(file_id)
    response = FileResponse(
        keeping.open_stored(file.storage_key), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
