"""What this room keeps about persons beside their rows: what they were called and could be reached at before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.apps import apps

from onedoor.kernel.subjects import Subject
from onedoor.people import queries

_HISTORY = "people.PersonEvent"


def shred_history(subjects: Sequence[Subject]) -> int:
    """Delete the earlier versions of persons, which nothing else may touch; return how many went."""
    persons = [each.id for each in subjects if each.kind == queries.PERSON]
    if not persons:
        return 0
    history: Any = apps.get_model(_HISTORY)
    with pgtrigger.ignore(f"{_HISTORY}:append_only"):
        gone, _by_model = history.objects.filter(pgh_obj__in=persons).delete()
    return int(gone)
