"""Work outside the database, queued by name in the act's own transaction: what rolls back queues nothing.

Jobs run at least once and take ids only, never personal data. Acts name them and do not import them, because tasks call acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from procrastinate.contrib.django import app

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]


def queue(name: str, **arguments: JSON) -> None:
    """Queue one job; it runs after commit, or never when the transaction rolls back. One statement."""
    app.configure_task(name, allow_unknown=True).defer(**arguments)


def queue_many(name: str, arguments: Iterable[Mapping[str, JSON]]) -> None:
    """Queue one job for each set of arguments, in one statement."""
    rows = [dict(each) for each in arguments]
    if rows:
        app.configure_task(name, allow_unknown=True).batch_defer(*rows)
