"""The WSGI application that Granian serves."""

from __future__ import annotations

import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onedoor.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Ask what the frame of every page shows before the first reader does; without a database, pages will say so themselves."""
    from django.db import DatabaseError, connection

    from onedoor.look import strip

    with suppress(DatabaseError):
        strip.sample.get()
        strip.hall.get()
    connection.close()


_warm()
