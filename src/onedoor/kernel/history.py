"""History of reference data: triggers keep what a row was before, and the act tells once who changes it.

The library's middleware and context manager put two settings before every statement; one statement for each act is enough.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pghistory
from django.db import connection

from onedoor.kernel.actor import Actor


def keep_history() -> Callable[[type[Any]], type[Any]]:
    """Return the class decorator that keeps each earlier version of a model's rows, with who replaced or removed it.

    A first version is the row itself, so loading a table writes nothing twice.
    """
    decorator: Callable[[type[Any]], type[Any]] = pghistory.track(
        pghistory.UpdateEvent("changed", row=pghistory.Old),
        pghistory.DeleteEvent("removed", row=pghistory.Old),
        context_field=pghistory.ContextJSONField(),
        context_id_field=pghistory.ContextUUIDField(),
        append_only=True,
    )
    return decorator


def changed_by(by: Actor) -> None:
    """Tell the history triggers who acts, until the transaction ends. One statement; ids only, never personal data."""
    who = {"account": by.account, "posting": by.posting, "client": by.client}
    metadata = json.dumps({key: str(value) for key, value in who.items() if value is not None})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(by.request), metadata],
        )
