"""Typed content to and from JSON: values that say nothing are left out, keys that no type knows are dropped."""

from __future__ import annotations

import dataclasses
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from onedoor.catalog import conditions
from onedoor.catalog.conditions import Condition


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def loaded(kind: Any, value: Any) -> Any:
    """Return ``value`` as the type that a dataclass declares for it; keys that the type does not know are dropped."""
    if get_origin(kind) in (Union, UnionType):
        return None if value is None else loaded(next(each for each in get_args(kind) if each is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(loaded(get_args(kind)[0], each) for each in value)
    if kind is Condition:
        return conditions.parse(value)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return kind(**{name: loaded(hint, value[name]) for name, hint in _hints(kind).items() if name in value})
    return value


def dumped(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple:
        return [dumped(each) for each in value]
    if isinstance(value, Condition):
        return value.to_json()
    if isinstance(value, str) or not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    found = {}
    for name, default in _defaults(kind):
        item = getattr(value, name)
        if item != default:
            found[name] = item if type(item) in _PLAIN else dumped(item)
    return found


_PLAIN = frozenset({str, int, bool, float, type(None)})


@lru_cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass with what each says by default; what has none equals nothing."""
    return tuple(
        (each.name, each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default)
        for each in dataclasses.fields(kind)
    )
