"""Whether this installation is a sample, and what its page tells."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from onedoor.sample.models import Mark


def is_sample(now: datetime) -> bool:
    """Tell whether the data of this installation are a sample, finished or being made; asked once a minute, see ``look.strip``."""
    del now
    return Mark.objects.exists()


def is_built() -> bool:
    """Tell whether the sample city is finished."""
    return Mark.objects.filter(built_at__isnull=False).exists()


def is_half_built() -> bool:
    """Tell whether somebody began the sample city and was interrupted."""
    return Mark.objects.filter(built_at__isnull=True).exists()


def holds_data() -> bool:
    """Tell whether anything was ever done in this database: every act leaves an entry in the journal.

    The calendar, which comes with the tables, does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM journal_entry WHERE act NOT LIKE 'workdays.%')")
        return bool(cursor.fetchone()[0])
