"""What people ask the search: counted by day, without anybody's name, and forgotten after ninety days.

Counting is no act: nothing of an application or of the catalogue depends on it. One upsert each, which does not wait for the disk.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import connection

from onedoor.catalog import words
from onedoor.catalog.models import AskedQuestion

KEPT_DAYS = 90
# A question asked once only may be somebody's name; it is not kept for longer than it takes to look at it.
KEPT_SINGLE_DAYS = 7
_NUMBER = re.compile(r"[0-9][0-9x\- ]{3,}[0-9x]|\S*@\S*")

_UPSERT = """
INSERT INTO catalog_askedquestion (day, question, asked, found, opened)
SELECT %s, %s, %s, %s, %s FROM (SELECT set_config('synchronous_commit', 'off', true)) AS light
ON CONFLICT (day, question) DO UPDATE SET asked = catalog_askedquestion.asked + EXCLUDED.asked,
    opened = catalog_askedquestion.opened + EXCLUDED.opened, found = coalesce(EXCLUDED.found, catalog_askedquestion.found)
"""


def count_asking(question: str, found: int, *, day: date) -> None:
    """Count a question that was asked, and how many items it found. One statement."""
    _count(question, day, asked=1, found=found, opened=0)


def count_opening(question: str, *, day: date) -> None:
    """Count a guide that was opened from the results of a question. One statement."""
    _count(question, day, asked=0, found=None, opened=1)


def kept_as(question: str) -> str:
    """Return a question as it is kept: as the search compares it, with numbers of persons and telephones and addresses blotted out."""
    return _NUMBER.sub("#", words.normalised(words.normalised(question)[: words.LONGEST_QUESTION]))


def _count(question: str, day: date, *, asked: int, found: int | None, opened: int) -> None:
    kept = kept_as(question)
    if kept and kept != "#":
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [day, kept, asked, found, opened])


def forget_questions(*, today: date) -> int:
    """Delete what was asked more than ninety days ago, and after seven days what was asked only once. Returns how many rows went."""
    old = AskedQuestion.objects.filter(day__lt=today - timedelta(days=KEPT_DAYS))
    single = AskedQuestion.objects.filter(day__lt=today - timedelta(days=KEPT_SINGLE_DAYS), asked__lte=1)
    return int(old.delete()[0] + single.delete()[0])
