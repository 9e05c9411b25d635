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
    if isinstance(value, Condition):
        return value.to_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((each, getattr(value, each.name)) for each in dataclasses.fields(value))
        return {each.name: dumped(item) for each, item in pairs if not _is_default(each, item)}
    if isinstance(value, tuple):
        return [dumped(each) for each in value]
    return value


def _is_default(declared: dataclasses.Field[Any], value: Any) -> bool:
    if declared.default_factory is not dataclasses.MISSING:
        return bool(value == declared.default_factory())
    return declared.default is not dataclasses.MISSING and bool(value == declared.default)
