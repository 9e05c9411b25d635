"""How a viewer reaches bytes: by a signed address that is his alone and runs out, or because a page has checked him already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotFound

LINK_LIVES = timedelta(hours=2)
_SALT = "documents.file"
_BOUND = "documents.bound"
_GRANTS = "documents.granted"
_MOST_GRANTS = 20


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; somebody without an account is an actor without one."""
    return getattr(request, "actor", None) or Actor(client="web")


def file_link(request: HttpRequest, file_id: UUID) -> str:
    """Return the address under which this viewer, and nobody else, opens a file within the next two hours."""
    return f"/files/{signing.dumps([str(file_id), _viewer(request)], salt=_SALT, compress=True)}/"


def bound_link(request: HttpRequest, file_ids: Sequence[UUID], title: str) -> str:
    """Return the address under which this viewer, and nobody else, opens files as one PDF within the next two hours."""
    named = [[str(each) for each in file_ids], title, _viewer(request)]
    return f"/files/bound/{signing.dumps(named, salt=_BOUND, compress=True)}/"


def files_named_by(request: HttpRequest, token: str) -> tuple[list[UUID], str]:
    """Return the files, and the title of their paper, that a signed address names.

    :raises NotFound: when it was altered, has run out, or was made for another viewer.
    """
    try:
        file_ids, title, viewer = signing.loads(token, salt=_BOUND, max_age=LINK_LIVES)
    except signing.BadSignature as wrong:
        raise NotFound from wrong
    if viewer != _viewer(request):
        raise NotFound
    return [UUID(each) for each in file_ids], str(title)


def file_named_by(request: HttpRequest, token: str) -> UUID:
    """Return the file that a signed address names.

    :raises NotFound: when it was altered, has run out, or was made for another viewer.
    """
    try:
        file_id, viewer = signing.loads(token, salt=_SALT, max_age=LINK_LIVES)
    except signing.BadSignature as wrong:
        raise NotFound from wrong
    if viewer != _viewer(request):
        raise NotFound
    return UUID(file_id)


def grant(request: HttpRequest, subject_id: UUID) -> None:
    """Let this session open the papers and files of a subject: its page has checked a reference and a query code."""
    kept = [each for each in request.session.get(_GRANTS, []) if each != str(subject_id)]
    request.session[_GRANTS] = [*kept, str(subject_id)][-_MOST_GRANTS:]


def granted(request: HttpRequest) -> Iterable[UUID]:
    """Return the subjects that this session may open without an account."""
    return [UUID(each) for each in request.session.get(_GRANTS, [])]


def _viewer(request: HttpRequest) -> str:
    account = actor_of(request).account
    if account is not None:
        return str(account)
    if request.session.session_key is None:
        request.session.create()
    return f"session:{request.session.session_key}"
