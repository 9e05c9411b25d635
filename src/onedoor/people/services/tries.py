"""Limits on tries, kept where all web processes see them: one atomic statement, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from onedoor.kernel import vault
from onedoor.kernel.errors import TooManyTries
from onedoor.people.models import Tries

_SPEND = """
INSERT INTO people_tries AS kept (key, window_starts_at, count) VALUES (%(key)s, %(at)s, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.window_starts_at <= %(before)s THEN 1 ELSE LEAST(kept.count + 1, %(limit)s + 1) END,
    window_starts_at = CASE WHEN kept.window_starts_at <= %(before)s OR kept.count + 1 = %(limit)s
                            THEN %(at)s ELSE kept.window_starts_at END
RETURNING count, CEIL(EXTRACT(EPOCH FROM window_starts_at - %(before)s))
"""


def spend_try(*, key: str, limit: int, window_seconds: int, at: datetime) -> int:
    """Count one try and return how many are left in this window; the last one starts a whole window of pause.

    Call it before the check that it protects, and outside any transaction, so that nothing takes the try back.

    :raises TooManyTries: when ``limit`` tries were spent within ``window_seconds``.
    """
    count, seconds_left = _spend(key, limit=limit, window_seconds=window_seconds, at=at)
    if count > limit:
        raise TooManyTries(seconds=seconds_left)
    return limit - count


@transaction.atomic(durable=True)
def _spend(key: str, *, limit: int, window_seconds: int, at: datetime) -> tuple[int, int]:
    before = at - timedelta(seconds=window_seconds)
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, {"key": _hashed(key), "at": at, "before": before, "limit": limit})
        row = cursor.fetchone()
    return int(row[0]), max(int(row[1]), 1)


def forgive_tries(*, keys: Iterable[str]) -> None:
    """Forget what was tried, after a success."""
    Tries.objects.filter(key__in=[_hashed(key) for key in keys]).delete()


def forget_old_tries(*, before: datetime) -> int:
    """Delete counters whose window began before a moment, and return how many."""
    return Tries.objects.filter(window_starts_at__lt=before).delete()[0]


def _hashed(key: str) -> bytes:
    return vault.keyed_hash(key, purpose="tries")
