"""Django's sessions in the database, read by a statement that is built once: every request of somebody logged in asks it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from onedoor.kernel.prepared import Prepared

_open_session = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), "example", datetime(2004, 7, 1, tzinfo=UTC)
)


class SessionStore(db.SessionStore):
    """The session behind a cookie."""

    def _get_session_from_db(self) -> Session | None:
        session = _open_session.row(self.session_key, timezone.now())
        if session is None:
            self._session_key = None
        return session
