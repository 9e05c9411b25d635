"""What people asked the search in vain: questions that found nothing, and questions of whose results nobody opened one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

MOST = 100
PERIODS = (7, 30, 90)

_ASKED = """
WITH together AS (
    SELECT question, sum(asked) AS asked, sum(opened) AS opened,
           (array_agg(found ORDER BY day DESC) FILTER (WHERE found IS NOT NULL))[1] AS found
    FROM catalog_askedquestion WHERE day > %s AND day <= %s GROUP BY question HAVING sum(asked) > 0
)
(SELECT 'nothing', question, asked, found FROM together WHERE found = 0 ORDER BY asked DESC, question LIMIT %s)
UNION ALL
(SELECT 'unopened', question, asked, found FROM together WHERE found > 0 AND opened = 0 ORDER BY asked DESC, question LIMIT %s)
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, how often it was asked, and how many items it found when last asked."""

    text: str
    asked: int
    found: int


@dataclass(frozen=True, slots=True)
class InVain:
    """The questions of a period that helped nobody, the most asked first, at most a hundred of each kind."""

    found_nothing: list[Question]
    not_opened: list[Question]


def asked_in_vain(*, today: date, days: int) -> InVain:
    """Return the questions of the last days that helped nobody. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [today - timedelta(days=days), today, MOST, MOST])
        rows = [(kind, Question(text, int(asked), found)) for kind, text, asked, found in cursor.fetchall()]
    return InVain(
        [question for kind, question in rows if kind == "nothing"], [question for kind, question in rows if kind == "unopened"]
    )
