"""Conditions as rows that people edit: question, comparison, answer; all or any of them; one group within; the whole turned round.

Every condition that the rows can show is edited without loss; one that is nested deeper is shown as a sentence only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from onedoor.catalog.conditions import Condition, Contains, Either, Equals, Every, Greater, Less, Not, OneOf, plain_text
from onedoor.catalog.content import FormField, in_language
from onedoor.kernel.errors import Text

ALL, ANY = "all", "any"
LARGEST = 10**15
COMPARISONS: dict[str, Text] = {
    "is": _("is"),
    "is_not": _("is not"),
    "one_of": _("is one of"),
    "none_of": _("is none of"),
    "contains": _("includes the choice"),
    "lacks": _("does not include the choice"),
    "more": _("is more than"),
    "not_more": _("is not more than"),
    "less": _("is less than"),
    "not_less": _("is not less than"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
}
OPPOSITE = {
    "is": "is_not", "one_of": "none_of", "contains": "lacks", "more": "not_more", "less": "not_less", "empty": "filled",
}  # fmt: skip
_POSITIVE = {opposite: positive for positive, opposite in OPPOSITE.items()}
WITHOUT_VALUE = frozenset({"empty", "filled"})
_SINGLE = frozenset({"is", "is_not", "one_of", "none_of"})
_NUMERIC = frozenset({"more", "not_more", "less", "not_less"})
_MULTIPLE = frozenset({"contains", "lacks"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: a question, how its answer is compared, and with what; several values stand on lines of their own."""

    field: str
    how: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of which all or any must be true, turned round where ``is_turned``; ``group`` counts as one more row."""

    joined: str = ALL
    is_turned: bool = False
    rows: tuple[Comparison, ...] = ()
    group: Rows | None = None


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row: ``place`` is ``0`` and on in the outer rows, ``g0`` and on in the group."""

    place: str
    reason: Text


def fitting(field: FormField) -> frozenset[str]:
    """Return the comparisons that make sense for a type of question."""
    if field.type == "multichoice":
        return _MULTIPLE | WITHOUT_VALUE
    if field.type in ("number", "money"):
        return _SINGLE | _NUMERIC | WITHOUT_VALUE
    return WITHOUT_VALUE if field.type in ("repeat", "file") else _SINGLE | WITHOUT_VALUE


def rows_of(condition: Condition | None, fields: Mapping[str, FormField]) -> Rows | None:
    """Return the rows that show a condition; ``None`` where it is nested deeper than rows can show."""
    return Rows() if condition is None else _rows_of(condition, fields, may_nest=True)


def _rows_of(condition: Condition, fields: Mapping[str, FormField], *, may_nest: bool) -> Rows | None:
    single = _comparison_of(condition, fields)
    if single is not None:
        return Rows(rows=(single,))
    is_turned = isinstance(condition, Not)
    inner = condition.part if isinstance(condition, Not) else condition
    if not isinstance(inner, (Every, Either)):
        return None
    rows: list[Comparison] = []
    group: Rows | None = None
    for part in inner.parts:
        row = _comparison_of(part, fields)
        if row is not None:
            rows.append(row)
            continue
        if not may_nest or group is not None:
            return None
        group = _rows_of(part, fields, may_nest=False)
        if group is None:
            return None
    return Rows(ANY if isinstance(inner, Either) else ALL, is_turned, tuple(rows), group)


def _comparison_of(condition: Condition, fields: Mapping[str, FormField]) -> Comparison | None:
    if isinstance(condition, Not):
        row = _plain_comparison(condition.part, fields)
        return Comparison(row.field, OPPOSITE[row.how], row.value) if row is not None else None
    return _plain_comparison(condition, fields)


def _plain_comparison(condition: Condition, fields: Mapping[str, FormField]) -> Comparison | None:
    how: str
    values: tuple[str, ...]
    if isinstance(condition, Equals):
        text = plain_text(condition.value)
        if text == "":
            return Comparison(condition.field, "empty")
        how, values = "is", (text,)
    elif isinstance(condition, OneOf):
        how, values = "one_of", tuple(plain_text(each) for each in condition.values)
    elif isinstance(condition, Contains):
        how, values = "contains", (condition.value,)
    elif isinstance(condition, (Greater, Less)) and abs(condition.number) < LARGEST:
        how, values = "more" if isinstance(condition, Greater) else "less", (f"{Decimal(str(condition.number)):f}",)
    else:
        return None
    field = fields.get(condition.field)
    shown = [_shown(field, each) for each in values]
    if any(not each.strip() or each != each.strip() or len(each.splitlines()) > 1 for each in shown):
        return None
    return Comparison(condition.field, how, "\n".join(shown))


def _shown(field: FormField | None, value: str) -> str:
    """Return a value as people read it, if they can type it again: the label of a choice where no other choice has it too."""
    for choice in field.choices if field is not None else ():
        if choice.value == value and choice.text and _chosen(field, choice.text) == value:
            return choice.text
    return value


def _chosen(field: FormField | None, text: str) -> str | None:
    """Return the value of the choice that a text names by its label or its value; the text itself where nothing is chosen."""
    if field is None or not field.choices:
        return text
    named = [choice.value for choice in field.choices if text in (choice.value, choice.label, choice.label_en)]
    if len(named) == 1:
        return named[0]
    return text if text in named else None


def condition_of(rows: Rows, fields: Mapping[str, FormField]) -> tuple[Condition | None, tuple[RowFault, ...]]:
    """Return the condition that rows spell, ``None`` for no rows, and what is wrong in them. Rows without a question are dropped."""
    faults: list[RowFault] = []
    condition = _joined(rows, fields, faults, "")
    return (None if faults else condition), tuple(faults)


def _joined(rows: Rows, fields: Mapping[str, FormField], faults: list[RowFault], prefix: str) -> Condition | None:
    parts = []
    for number, row in enumerate(rows.rows):
        if row.field:
            try:
                parts.append(_condition_of_row(row, fields))
            except _Wrong as wrong:
                faults.append(RowFault(f"{prefix}{number}", wrong.reason))
    group = _joined(rows.group, fields, faults, "g") if rows.group is not None else None
    if group is not None:
        parts.append(group)
    if not parts:
        return None
    whole = parts[0] if len(parts) == 1 else Either(tuple(parts)) if rows.joined == ANY else Every(tuple(parts))
    return _turned(whole) if rows.is_turned else whole


def _turned(condition: Condition) -> Condition:
    return condition.part if isinstance(condition, Not) else Not(condition)


class _Wrong(Exception):
    """A row that spells no condition; caught in this module only."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


def _condition_of_row(row: Comparison, fields: Mapping[str, FormField]) -> Condition:
    if row.how not in COMPARISONS:
        raise _Wrong(_("Choose how the answer is compared."))
    field = fields.get(row.field)
    if field is None:
        raise _Wrong(_("This question is not in the form any more, or does not come before. Choose another one."))
    if row.how not in fitting(field):
        raise _Wrong(_("The answer to “%(field)s” cannot be compared in this way.") % {"field": field.text})
    positive = _POSITIVE.get(row.how, row.how)
    condition = _positive(row.field, positive, row.value, field)
    return condition if positive == row.how else Not(condition)


def _positive(key: str, how: str, text: str, field: FormField) -> Condition:
    if how == "empty":
        return Equals(key, "")
    values = _values(text, field)
    if how == "one_of":
        return OneOf(key, values)
    if len(values) > 1:
        raise _Wrong(_("Write one answer here, or choose “is one of”."))
    if how in ("more", "less"):
        return Greater(key, _number(values[0])) if how == "more" else Less(key, _number(values[0]))
    return Contains(key, values[0]) if how == "contains" else Equals(key, values[0])


def _values(text: str, field: FormField) -> tuple[str, ...]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise _Wrong(_("Write the answer to compare with."))
    values = []
    for line in lines:
        value = _chosen(field, line)
        if value is None:
            raise _Wrong(
                _("“%(value)s” is none of the choices: %(choices)s")
                % {"value": line, "choices": in_language("、", ", ").join(each.text for each in field.choices)}
            )
        values.append(value)
    return tuple(dict.fromkeys(values))


def _number(text: str) -> int | float:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= LARGEST:
        raise _Wrong(_("Write a number in digits: 120 or 12.5."))
    return int(number) if number == number.to_integral_value() else float(number)


def read_rows(posted: Mapping[str, str], prefix: str, count: int) -> tuple[Comparison, ...]:
    """Return the rows that a page sent as ``<prefix>-<number>-field``, ``-how`` and ``-value``."""
    return tuple(
        Comparison(
            posted.get(f"{prefix}-{number}-field", "")[:60],
            posted.get(f"{prefix}-{number}-how", "")[:20],
            posted.get(f"{prefix}-{number}-value", "").replace("\r\n", "\n").replace("\x00", "").strip()[:2000],
        )
        for number in range(count)
    )
