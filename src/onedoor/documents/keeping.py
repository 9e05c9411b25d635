"""Bytes in the store, under names nobody can guess; what people hand in is encrypted there, whoever owns the disk or the bucket."""

from __future__ import annotations

import errno
import io
import logging
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.core.files.storage import Storage, storages
from django.utils.translation import gettext_lazy as _

from onedoor.documents import naming, seal_keys
from onedoor.kernel import vault
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import Refused

SECRET = frozenset({"uploads", "copies"})
"""Folders whose bytes are encrypted. Papers are not: whoever holds one may show it to anybody."""
_KEY = "files"


log = logging.getLogger(__name__)


class StoreFull(Refused):
    """The disk, or the share of it that is ours, has no room for another file."""

    code = "store_full"
    http_status = 507
    default = _(
        "We have no room for files just now. Nothing was lost: what you wrote and handed in before is kept. Please try again in an hour."
    )


class StoreAway(StoreFull):
    """The bucket does not answer."""

    code = "store_away"
    http_status = 503
    default = _(
        "Files cannot be kept just now. Nothing was lost: what you wrote and handed in before is kept. Please try again in some minutes."
    )


def is_full(failed: OSError) -> bool:
    """Tell whether writing failed because there is no room."""
    return failed.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def storage() -> Storage:
    """Return where files and papers are kept: a folder by default, a bucket by setting."""
    return storages["files"]


def keep(folder: str, content: DjangoFile[Any], *, at: datetime) -> str:
    """Store bytes under a name nobody can guess, in a folder of the day, by which the sweep finds what nothing points at.

    :raises StoreFull: when there is no room for them; nothing of them is left then.
    """
    content.seek(0)
    kept = ContentFile(vault.encrypt(content.read(), name=_KEY)) if folder in SECRET else _Plain(content)
    key = naming.new_key(folder, local_date(at))
    try:
        return storage().save(key, kept)
    except OSError as failed:
        storage().delete(key)
        if is_full(failed):
            log.error("no room to keep %s bytes in %s: %s", kept.size, folder, failed)  # noqa: TRY400 - the trace tells nothing more
            raise StoreFull from failed
        raise
    except Exception as failed:  # a bucket's library has errors of its own, and a tree of them
        if not type(failed).__module__.startswith(("botocore", "boto3")):
            raise
        log.error("the store of files does not answer: %s", failed)  # noqa: TRY400
        raise StoreAway from failed


class _Plain(DjangoFile):  # type: ignore[type-arg]  # it cannot be subscripted at run time
    """An upload without its temporary path, so that storing copies it and the upload stays readable."""

    def __init__(self, upload: DjangoFile[Any]) -> None:
        super().__init__(upload.file or upload, name=None)
        self.size = upload.size


def open_stored(key: str) -> IO[bytes]:
    """Return the bytes stored under ``key`` as a stream."""
    stored = storage().open(key)
    if key.split("/", 1)[0] not in SECRET:
        return stored
    with stored:
        return io.BytesIO(vault.decrypt(stored.read(), name=_KEY))


def ca_certificate() -> bytes | None:
    """Return the certificate of our own CA, or None where the city's real seal is used."""
    return None if settings.ONEDOOR_SEAL_P12 else seal_keys.ca_certificate().read_bytes()
