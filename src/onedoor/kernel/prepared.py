"""Questions that every request asks: Django builds their SQL once, because building it costs several times as much as asking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Found = TypeVar("Found", bound=Model)


class Prepared(Generic[Found]):
    """The query that ``build`` makes of ``examples``, asked again and again with other values in their places.

    The examples must be different from each other and from every constant of the query, and lie in the statement as they are.
    """

    def __init__(self, build: Callable[..., QuerySet[Found, Any]], *examples: Any) -> None:
        self._build, self._examples = build, examples
        self._compiler: Any = None
        self._sql = ""
        self._places: Sequence[tuple[int | None, Any]] = ()

    def rows(self, *values: Any) -> list[Found]:
        """Return the rows for these values. One statement."""
        compiler = self._filled(values)
        query = SimpleNamespace(get_compiler=lambda **_kwargs: compiler)
        asked: Any = SimpleNamespace(db=connection.alias, query=query, model=compiler.query.model, _known_related_objects={})
        return list(ModelIterable(asked))

    def row(self, *values: Any) -> Found | None:
        """Return the first row, or None. One statement."""
        return next(iter(self.rows(*values)), None)

    def tuples(self, *values: Any) -> list[tuple[Any, ...]]:
        """Return the columns that a query of ``values_list`` names, for these values. One statement."""
        return list(self._filled(values).results_iter(tuple_expected=True))

    def _filled(self, values: Sequence[Any]) -> Any:
        """Return a compiler of this thread with the values in their places."""
        if self._compiler is None:
            self._compile()
        parameters = tuple(constant if place is None else values[place] for place, constant in self._places)
        compiler = copy(self._compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_kwargs: (self._sql, parameters)
        return compiler

    def _compile(self) -> None:
        compiler: Any = self._build(*self._examples).query.get_compiler(connection=connection)
        self._sql, parameters = compiler.as_sql()
        adapted = [repr(each) for each in self._examples]
        self._places = [(adapted.index(repr(each)), None) if repr(each) in adapted else (None, each) for each in parameters]
        if {place for place, _constant in self._places} - {None} != set(range(len(adapted))):
            raise ValueError(f"not every example lies in {self._sql} as it is")
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        compiler.get_converters = lambda _columns: converters
        self._compiler = compiler
