"""Django asks an open connection ``SELECT 1`` at each request; here the socket is looked at instead, which is no statement."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Say whether the connection lives: one that the server closed has something to read, the end; only then is it asked."""
        if self.connection is None or self.connection.closed:
            return False
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN)
        return not watch.poll(0) or super().is_usable()
