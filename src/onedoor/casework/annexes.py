"""Tables of which most applications have no row: the statement that fetches a case says which have one, and only those are read.

So the page of a case costs no statement for what never happened in it. A new table of this sort is named in ``ANNEXES``.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from onedoor.casework.models import Application, CaseMessage, Extension, SpecialProcedure

ANNEXES: tuple[type[Model], ...] = (CaseMessage, Extension, SpecialProcedure)
Annex = TypeVar("Annex", bound=Model)


def told(found: QuerySet[Application]) -> QuerySet[Application]:
    """Let a query of applications tell which annexes each of them has."""
    return found.annotate(**{_name(each): Exists(QuerySet(each).filter(application=OuterRef("pk"))) for each in ANNEXES})


def rows_of(annex: type[Annex], application: Application) -> QuerySet[Annex]:
    """Return the rows of an application, asking the database only where there may be one."""
    rows: QuerySet[Annex] = QuerySet(annex).filter(application=application)
    return rows if getattr(application, _name(annex), True) else rows.none()


def _name(annex: type[Model]) -> str:
    return f"has_{annex.__name__.lower()}"
