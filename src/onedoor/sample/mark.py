"""The mark as it is asked for before Django is loaded: the start of the demonstration must not wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg


def is_set(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the database carries a sample city that is finished."""
    if connection.execute("SELECT to_regclass('sample_mark')").fetchone() == (None,):
        return False
    return connection.execute("SELECT 1 FROM sample_mark WHERE built_at IS NOT NULL").fetchone() is not None
