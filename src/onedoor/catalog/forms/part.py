"""The page on which one part of a draft is written: single elements, groups of them, and rows that can be added, moved, removed.

All of it is derived from the types of the record (``content``), so that an element can be written as soon as it is declared.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from django import forms
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from onedoor.catalog.content import Content, Form
from onedoor.catalog.elements import ELEMENT_OF_RULE, name_of
from onedoor.catalog.forms.fields import ConditionField, Picks, field_for
from onedoor.catalog.parts import Part
from onedoor.kernel.errors import Text

if TYPE_CHECKING:
    from onedoor.catalog.lint import Fault
    from onedoor.catalog.models import ItemVersion

MOST_ROWS = 100
COLUMN_TYPES: dict[str, Any] = {
    "case_kind": str,
    "legal_length": int,
    "legal_unit": str,
    "promise_length": int,
    "promise_unit": str,
    "levels": tuple[str, ...],
}
_ACT = re.compile(r"(?P<act>add|remove|up|down):(?P<rows>\w+)(?::(?P<place>\d{1,3}))?")
Raw = dict[str, Any]


@lru_cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _type_of(element: str) -> Any:
    return COLUMN_TYPES[element] if element in COLUMN_TYPES else _types(Content)[element]


def row_type(element: str) -> Any:
    """Return the type of the rows of an element, None where it has no rows."""
    hint = _type_of(element)
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    return inner if dataclasses.is_dataclass(inner) else None


def _fields_of(element: str, kind: Any) -> dict[str, forms.Field]:
    return {each.name: field_for(f"{element}.{each.name}", _types(kind)[each.name]) for each in dataclasses.fields(kind)}


def _value(kind: Any, cleaned: Mapping[str, Any]) -> Any:
    """Return cleaned fields as the dataclass; a number that was left empty is what the type takes for nothing."""
    empty = {each.name: each.default for each in dataclasses.fields(kind) if each.default is not dataclasses.MISSING}
    return kind(**{name: empty.get(name, 0) if value is None else value for name, value in cleaned.items()})


class RowForm(forms.Form):
    """One row. ``condition`` is when it applies, as a sentence with the address where that is written (the page says so)."""

    condition: tuple[str, str] | None = None
    files_url: str = ""

    def __init__(self, element: str, kind: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.element, self.kind = element, kind
        self.fields.update(_fields_of(element, kind))

    def value(self) -> Any:
        """Return the row, typed."""
        return _value(self.kind, self.cleaned_data)

    @property
    def title(self) -> str:
        """What the row is called where it is folded."""
        named = "name" if "name" in self.fields else next(iter(self.fields))
        return str(self[named].value() or "")

    @property
    def ident(self) -> str:
        """By what the row is known where its condition is written; empty while it is new."""
        return next((str(self[name].value() or "") for name in ("key", "code") if name in self.fields), "")

    def tell_condition(self, words: Form) -> str | None:
        """Return when the row applies, as a sentence; None where rows of this kind have no conditions."""
        name = next((name for name in ("when", "condition") if isinstance(self.fields.get(name), ConditionField)), None)
        if name is None:
            return None
        field = self.fields[name]
        condition = field.to_python(field.prepare_value(self[name].value()))
        return "" if condition is None else str(condition.tell(words))

    @property
    def is_broken(self) -> bool:
        return self.is_bound and bool(self.errors)


@dataclass
class RowSet:
    """The rows of an element, from the record or as they were posted."""

    element: str
    kind: Any
    rows: list[Raw]
    is_posted: bool = False
    opened: int | None = None

    @property
    def name(self) -> Text:
        return name_of(self.element)

    @classmethod
    def posted(cls, element: str, kind: Any, data: MultiValueDict[str, Any]) -> RowSet:
        """Return the rows that were posted, as they were typed."""
        count = data.get(f"{element}-rows", "0")
        places = range(min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() else 0)
        fields = _fields_of(element, kind)
        files: MultiValueDict[str, Any] = MultiValueDict()
        rows = [
            {name: each.widget.value_from_datadict(data, files, f"{element}-{place}-{name}") for name, each in fields.items()}
            for place in places
        ]
        return cls(element, kind, rows, is_posted=True)

    def rearrange(self, act: str, place: int) -> None:
        """Add, remove or move a row; what cannot be done changes nothing."""
        if act == "add":
            if len(self.rows) < MOST_ROWS:
                self.rows.append(_blank(self.kind))
                self.opened = len(self.rows) - 1
        elif place < len(self.rows):
            row = self.rows.pop(place)
            if act != "remove":
                self.opened = max(place - 1, 0) if act == "up" else place + 1
                self.rows.insert(self.opened, row)

    def forms(self, *, checked: bool) -> list[RowForm]:
        """Return a form for each row; only when ``checked`` they say what is wrong."""
        if not checked:
            return [
                RowForm(self.element, self.kind, prefix=f"{self.element}-{place}", initial=row)
                for place, row in enumerate(self.rows)
            ]
        return [
            RowForm(self.element, self.kind, _as_posted(f"{self.element}-{place}", row), prefix=f"{self.element}-{place}")
            for place, row in enumerate(self.rows)
        ]


def _blank(kind: Any) -> Raw:
    """Return a row as it begins."""
    return {each.name: each.default for each in dataclasses.fields(kind) if each.default is not dataclasses.MISSING}


def _as_posted(prefix: str, row: Raw) -> MultiValueDict[str, Any]:
    lists = {name: list(value) if isinstance(value, (list, tuple)) else [value] for name, value in row.items()}
    return MultiValueDict({f"{prefix}-{name}": values for name, values in lists.items() if values not in ([None], [False])})


class PartForm(forms.Form):
    """The elements of a part that have no rows."""

    def __init__(self, part: Part, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elements: dict[str, list[str]] = {}
        for element in (*part.columns, *part.fields):
            hint = _type_of(element)
            if dataclasses.is_dataclass(hint):
                fields = {f"{element}-{name}": each for name, each in _fields_of(element, hint).items()}
            elif row_type(element) is None:
                fields = {element: field_for(element, hint)}
            else:
                continue
            self.elements[element] = list(fields)
            self.fields.update(fields)

    def changes(self) -> dict[str, Any]:
        """Return what the elements say now, typed."""
        found: dict[str, Any] = {}
        for element, names in self.elements.items():
            hint = _type_of(element)
            if dataclasses.is_dataclass(hint):
                found[element] = _value(hint, {name.split("-", 1)[1]: self.cleaned_data[name] for name in names})
            else:
                value = self.cleaned_data[element]
                found[element] = 0 if hint is int and value in (None, "") else value
        return found


@dataclass
class Block:
    """An element as the page shows it: its fields or its rows, with what the rules find there."""

    element: str
    name: Text
    fields: list[BoundField] = field(default_factory=list)
    rows: list[RowForm] | None = None
    opened: int | None = None
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return len(self.fields) > 1


class PartEditor:
    """A part of a draft, as it stands or as it was posted."""

    def __init__(self, version: ItemVersion, part: Part, data: MultiValueDict[str, Any] | None = None) -> None:
        self.version, self.part, self.data = version, part, data
        self.content = Content.from_json(version.content)
        self.checked = data is not None
        initial = self._initial()
        kinds = {element: row_type(element) for element in part.fields if row_type(element) is not None}
        self.sets = [
            RowSet(element, kind, [_as_initial(row) for row in getattr(self.content, element)])
            if data is None
            else RowSet.posted(element, kind, data)
            for element, kind in kinds.items()
        ]
        self.main = PartForm(part, data, initial=initial)

    def _initial(self) -> Raw:
        found: Raw = {name: getattr(self.version, name) for name in self.part.columns}
        for element in self.part.fields:
            value = getattr(self.content, element)
            if dataclasses.is_dataclass(value) and not isinstance(value, type):
                found |= {f"{element}-{each.name}": getattr(value, each.name) for each in dataclasses.fields(value)}
            else:
                found[element] = value
        return found

    def rearrange(self, act: str) -> bool:
        """Do what a button of a row asks for, without looking at what is wrong; False when it is no such button."""
        found = _ACT.fullmatch(act)
        rows = next((each for each in self.sets if found and each.element == found["rows"]), None)
        if found is None or rows is None or self.data is None:
            return False
        rows.rearrange(found["act"], int(found["place"] or 0))
        typed = {
            name: each.widget.value_from_datadict(self.data, MultiValueDict(), name) for name, each in self.main.fields.items()
        }
        self.main, self.checked = PartForm(self.part, initial=typed), False
        return True

    @property
    def row_forms(self) -> dict[str, list[RowForm]]:
        """The forms of all rows, by element; made once."""
        if not hasattr(self, "_row_forms"):
            self._row_forms = {each.element: each.forms(checked=self.checked) for each in self.sets}
        return self._row_forms

    def is_valid(self) -> bool:
        """Return whether everything that was posted can be kept; all of it is looked at."""
        rows = [form.is_valid() for found in self.row_forms.values() for form in found]
        return self.main.is_valid() and all(rows)

    def changes(self) -> dict[str, Any]:
        """Return what the part says as it was posted, typed; the order of picks that did not change stays."""
        found = self.main.changes()
        for element, value in found.items():
            before = getattr(self.version, element) if element in self.part.columns else getattr(self.content, element)
            if isinstance(self.main.fields.get(element), Picks) and set(before) == set(value):
                found[element] = tuple(before)
        for each in self.sets:
            rows = [form.value() for form in self.row_forms[each.element]]
            found[each.element] = tuple(
                _named(rows, taken=[row.key for row in rows], of="m") if each.element == "materials" else rows
            )
            if each.element == "options":
                found["options"] = tuple(_coded(rows))
        return found

    def errors(self) -> Iterator[tuple[str, str]]:
        """Yield where something is wrong, and what to do."""
        if not self.checked:
            return
        for form in (self.main, *(form for found in self.row_forms.values() for form in found)):
            for bound in form:
                for error in bound.errors:
                    yield str(bound.auto_id), f"{bound.label}{_(': ')}{error}"

    def blocks(self, faults: Sequence[Fault]) -> list[Block]:
        """Return the elements in the order of the part, with the faults of the stored version beside them."""
        found = []
        opened = {each.element: each.opened for each in self.sets}
        for element in (*self.part.columns, *self.part.fields):
            if element in self.row_forms:
                block = Block(element, name_of(element), rows=self.row_forms[element], opened=opened[element])
            else:
                block = Block(element, name_of(element), [self.main[name] for name in self.main.elements[element]])
            block.faults = [each for each in faults if _concerns(each, element, self.part)]
            found.append(block)
        return found


def _concerns(fault: Fault, element: str, part: Part) -> bool:
    """Say whether a fault is shown beside an element; what no element of the part takes stands beside the first one."""
    of = ELEMENT_OF_RULE.get(fault.rule, "").split(".")[0]
    mine = (*part.columns, *part.fields)
    if fault.rule == 16 and part.key == "who":
        of = "conditions"
    return element == (of if of in mine else mine[0])


def _as_initial(row: Any) -> Raw:
    return {each.name: getattr(row, each.name) for each in dataclasses.fields(row)}


def _named(rows: list[Any], *, taken: list[str], of: str) -> list[Any]:
    """Give rows that are new a key that no other has."""
    used, number = set(taken), 1
    found: list[Any] = []
    for row in rows:
        key = row.key
        while not key or (key in {each.key for each in found}):
            key = f"{of}{number}" if f"{of}{number}" not in used else ""
            number += 1
        used.add(key)
        found.append(dataclasses.replace(row, key=key))
    return found


def _coded(rows: list[Any]) -> list[Any]:
    """Give options that are new the next free code of two digits."""
    used = {row.code for row in rows}
    found: list[Any] = []
    for row in rows:
        code = row.code
        if not code:
            code = next(f"{number:02d}" for number in range(1, 100 + MOST_ROWS) if f"{number:02d}" not in used)
        used.add(code)
        found.append(dataclasses.replace(row, code=code))
    return found
