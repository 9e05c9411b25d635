"""Files and papers for other systems."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Field, File, Path, Router, Schema, Status
from ninja.files import UploadedFile

from onedoor.documents import keeping, queries, services
from onedoor.documents.models import File as StoredFile
from onedoor.people.tokens import Token, caller_of

router = Router(tags=["files and papers"])
PDF = {"description": "The sealed paper", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}


class Stored(Schema):
    """A file that was handed in; it waits seven days for the application that names it."""

    id: UUID = Field(description="Name it by this in `materials`")
    name: str = Field(examples=["平面图.pdf"])
    media_type: str = Field(description="What the file is by its bytes", examples=["application/pdf"])
    size: int = Field(description="Bytes")
    scan: str = Field(description="Virus check: pending, clean or not_scanned")


@router.post(
    "/files",
    response={201: Stored},
    auth=Token("applications:write"),
    operation_id="upload_file",
    summary="Hand in a file",
)
def upload_file(
    request: HttpRequest, file: Annotated[UploadedFile, File(description="PDF, picture, Word or Excel")]
) -> Status[StoredFile]:
    """Keep a file for an application that is filed, or a correction that is handed in, within seven days."""
    stored: StoredFile = services.store_upload(file, by=caller_of(request).actor, at=timezone.now())
    return Status(201, stored)


@router.get(
    "/papers/{paper_id}",
    auth=Token("papers:read"),
    operation_id="download_paper",
    summary="Download an official paper",
    response={200: None},
    openapi_extra={"responses": {200: PDF}},
)
def download_paper(
    request: HttpRequest, paper_id: Annotated[UUID, Path(description="`id` in the list of an application's papers")]
) -> FileResponse:
    """Return the sealed PDF of a paper of one of the client's own applications."""
    paper = queries.paper_for(caller_of(request).actor, paper_id)
    stored = keeping.open_stored(paper.storage_key)
    return FileResponse(stored, as_attachment=True, filename=f"{paper.title} {paper.number}.pdf", content_type="application/pdf")
