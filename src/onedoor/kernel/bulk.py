"""Writing many rows at once: what an import brings goes through COPY, which neither parses nor plans each value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def copy_in(rows: Sequence[Model]) -> None:
    """Write new rows of one model, whose keys are made already. One statement; triggers and constraints hold as for any other."""
    if not rows:
        return
    meta = type(rows[0])._meta  # noqa: SLF001  Django's own documented name
    fields: list[Any] = [each for each in meta.concrete_fields if not each.generated]
    table, columns = (
        connection.ops.quote_name(meta.db_table),
        ", ".join(connection.ops.quote_name(each.column) for each in fields),
    )
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields])
