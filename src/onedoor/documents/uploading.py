"""Uploads too large for memory on their way through the disk: where that is full, the request is answered so."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from onedoor.documents.keeping import is_full

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

log = logging.getLogger(__name__)
_FULL = "onedoor_disk_is_full"


class TemporaryFiles(TemporaryFileUploadHandler):
    """Marks the request whose file found no room, and reads the rest of it away; the middleware answers it then."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as failed:
            self._stop(failed)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as failed:
            self._stop(failed)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        try:
            return super().file_complete(file_size)
        except OSError as failed:
            self._stop(failed)
            return None

    def _stop(self, failed: OSError) -> None:
        if not is_full(failed):
            raise failed
        log.error("no room for an upload on its way: %s", failed)
        setattr(self.request, _FULL, True)
        raise StopUpload(connection_reset=False) from failed


def found_no_room(request: HttpRequest) -> bool:
    """Tell whether a file of this request could not be received for lack of room."""
    return bool(getattr(request, _FULL, False))
