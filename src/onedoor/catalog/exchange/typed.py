"""JSON to the types of the content, strictly: what has another shape, and what no type knows, is told with its place."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.utils.translation import gettext as _

from onedoor.catalog import conditions
from onedoor.catalog.conditions import Condition, WrongCondition
from onedoor.catalog.exchange.cells import is_keepable

Blame = Callable[[str, str], None]
LONGEST_TEXT = 20_000
MOST_ROWS = 500


@cache
def is_record(hint: Any) -> bool:
    """Return whether a hint is a dataclass with parts of its own; a condition is a tree and not such a one."""
    return isinstance(hint, type) and dataclasses.is_dataclass(hint) and not issubclass(hint, Condition)


@cache
def without_none(hint: Any) -> Any:
    """Return the type of ``X | None``."""
    if get_origin(hint) in (Union, UnionType):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


@cache
def element_of(hint: Any) -> Any:
    """Return of what a hint is a list, None where it is no list."""
    return get_args(hint)[0] if get_origin(hint) is tuple else None


@cache
def parts_of(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    """Return the name and the type of each part of a dataclass, and whether it may be left out."""
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name], has_default(each)) for each in dataclasses.fields(kind))


def typed(hint: Any, value: Any, blame: Blame, place: str = "") -> Any:
    """Return ``value`` as what ``hint`` declares, or None after its faults were told with their places, as in ``3.medium``."""
    plain = without_none(hint)
    if value is None and plain != hint:
        return None
    if (reason := _fault_of(plain, value)) is not None:
        if reason:
            blame(place, reason)
        return value
    if (element := element_of(plain)) is not None:
        return typed_list(element, value, blame, place)
    if plain is Condition:
        return _typed_condition(value, blame, place)
    return _typed_record(plain, value, blame, place)


def _typed_condition(value: Any, blame: Blame, place: str) -> Condition | None:
    try:
        if not is_keepable(json.dumps(value, ensure_ascii=False)):
            blame(place, _("This holds a character that cannot be kept. Type it again."))
        return conditions.parse(value)
    except (WrongCondition, RecursionError) as wrong:
        blame(place, str(wrong))
        return None


def typed_list(hint: Any, value: Any, blame: Blame, place: str = "") -> Any:
    """Return a list as what each of its entries is declared to be."""
    if not isinstance(value, list):
        blame(place, _("This must be a list."))
        return ()
    if len(value) > MOST_ROWS:
        blame(place, _("At most %(n)d entries; these are %(count)d.") % {"n": MOST_ROWS, "count": len(value)})
        return ()
    return tuple(typed(hint, each, blame, joint(place, number)) for number, each in enumerate(value, start=1))


def _typed_record(kind: Any, value: Any, blame: Blame, place: str) -> Any:
    if not isinstance(value, dict):
        blame(place, _("This must be an object."))
        return None
    parts = parts_of(kind)
    found = {name: typed(hint, value[name], blame, joint(place, name)) for name, hint, _may in parts if name in value}
    if len(found) < len(value):
        for name in value.keys() - found.keys():
            blame(joint(place, str(name)[:60]), _("This part is unknown. Is its name misspelt?"))
    missing = [name for name, _hint, may_be_left_out in parts if not may_be_left_out and name not in found]
    for name in missing:
        blame(joint(place, name), _("This must not be empty."))
    return None if missing else kind(**found)


def has_default(declared: dataclasses.Field[Any]) -> bool:
    return declared.default is not dataclasses.MISSING or declared.default_factory is not dataclasses.MISSING


def joint(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _fault_of(hint: Any, value: Any) -> str | None:
    """Return what is wrong with a single value, "" where nothing is, and None where the type is no single value."""
    if hint is str:
        return _fault_of_text(value)
    if hint is bool:
        return "" if isinstance(value, bool) else _("This must be true or false.")
    if hint is not int and hint is not float:
        return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if hint is int and not (is_number and isinstance(value, int) and 0 <= value < 10**15):
        return _("This must be a whole number.")
    return "" if is_number else _("This must be a number.")


def _fault_of_text(value: Any) -> str:
    if not isinstance(value, str):
        return _("This must be a text.")
    if not is_keepable(value):
        return _("This holds a character that cannot be kept. Type it again.")
    if len(value) > LONGEST_TEXT:
        return _("At most %(n)d characters; these are %(count)d.") % {"n": LONGEST_TEXT, "count": len(value)}
    return ""
