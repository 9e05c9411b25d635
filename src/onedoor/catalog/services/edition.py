"""The edition that moves with every change of the catalogue that people can see."""

from __future__ import annotations

from django.db import connection


def move_edition() -> None:
    """Let all processes know that what they keep is old. The number follows the clock, so that no number comes twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO catalog_edition (id, number) VALUES (1, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
            ON CONFLICT (id) DO UPDATE SET number = greatest(catalog_edition.number + 1, EXCLUDED.number)
            """
        )
