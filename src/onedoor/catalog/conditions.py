"""Conditions of form fields and materials: a small typed tree, stored as JSON, evaluated over answers, told as a sentence.

``{"eq": [field, value]}``, ``{"in": [field, [value, …]]}``, ``{"contains": [field, value]}``, ``{"gt": [field, number]}``,
``{"lt": [field, number]}``, ``{"and": [tree, …]}``, ``{"or": [tree, …]}``, ``{"not": tree}``. A field without an answer reads as an
empty text: it equals ``""``, is in no list, contains nothing and is neither greater nor less than any number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.utils.translation import gettext as _

from onedoor.kernel.errors import Refused

JSONTree = dict[str, Any]


class WrongCondition(Refused):
    """A condition that cannot be read or that asks for what the form does not know."""

    code = "wrong_condition"
    http_status = 422


class Words(Protocol):
    """What a condition must know to be told as a sentence."""

    def label_of(self, field: str) -> str: ...

    def choice_of(self, field: str, value: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """One node of the tree."""

    def holds(self, answers: Mapping[str, object]) -> bool:
        """Return whether the condition is true for ``answers``."""
        raise NotImplementedError

    def verdict(self, answers: Mapping[str, object], unknown: Collection[str]) -> bool | None:
        """Return whether the condition is true, None where that hangs on a field of ``unknown`` that nobody has answered yet."""
        return None if any(key in unknown for key in self.fields()) else self.holds(answers)

    def fields(self) -> Iterator[str]:
        """Yield the keys of the fields that the condition reads."""
        raise NotImplementedError

    def tell(self, words: Words) -> str:
        """Return the condition as a sentence in the language of the moment."""
        raise NotImplementedError

    def to_json(self) -> JSONTree:
        """Return the tree as it is stored."""
        raise NotImplementedError

    def renamed(self, keys: Mapping[str, str]) -> Condition:
        """Return the condition asking for other fields, where ``keys`` names others."""
        return parse(_renamed(self.to_json(), keys))


@dataclass(frozen=True, slots=True)
class Equals(Condition):
    field: str
    value: str | int | float | bool

    def holds(self, answers: Mapping[str, object]) -> bool:
        return plain_text(answers.get(self.field)) == plain_text(self.value)

    def fields(self) -> Iterator[str]:
        yield self.field

    def tell(self, words: Words) -> str:
        if self.value == "":
            return _("“%(field)s” is empty") % {"field": words.label_of(self.field)}
        return _("“%(field)s” is “%(value)s”") % _told(words, self.field, self.value)

    def to_json(self) -> JSONTree:
        return {"eq": [self.field, self.value]}


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    field: str
    values: tuple[str | int | float, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = plain_text(answers.get(self.field))
        return answer != "" and answer in {plain_text(value) for value in self.values}

    def fields(self) -> Iterator[str]:
        yield self.field

    def tell(self, words: Words) -> str:
        values = _(", ").join(words.choice_of(self.field, value) for value in self.values)
        return _("“%(field)s” is one of: %(values)s") % {"field": words.label_of(self.field), "values": values}

    def to_json(self) -> JSONTree:
        return {"in": [self.field, list(self.values)]}


@dataclass(frozen=True, slots=True)
class Contains(Condition):
    field: str
    value: str

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = answers.get(self.field)
        return isinstance(answer, (list, tuple)) and self.value in answer

    def fields(self) -> Iterator[str]:
        yield self.field

    def tell(self, words: Words) -> str:
        return _("“%(value)s” is chosen under “%(field)s”") % _told(words, self.field, self.value)

    def to_json(self) -> JSONTree:
        return {"contains": [self.field, self.value]}


@dataclass(frozen=True, slots=True)
class Greater(Condition):
    field: str
    number: int | float

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = _number(answers.get(self.field))
        return answer is not None and answer > Decimal(str(self.number))

    def fields(self) -> Iterator[str]:
        yield self.field

    def tell(self, words: Words) -> str:
        return _("“%(field)s” is more than %(value)s") % {"field": words.label_of(self.field), "value": self.number}

    def to_json(self) -> JSONTree:
        return {"gt": [self.field, self.number]}


@dataclass(frozen=True, slots=True)
class Less(Condition):
    field: str
    number: int | float

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = _number(answers.get(self.field))
        return answer is not None and answer < Decimal(str(self.number))

    def fields(self) -> Iterator[str]:
        yield self.field

    def tell(self, words: Words) -> str:
        return _("“%(field)s” is less than %(value)s") % {"field": words.label_of(self.field), "value": self.number}

    def to_json(self) -> JSONTree:
        return {"lt": [self.field, self.number]}


@dataclass(frozen=True, slots=True)
class Every(Condition):
    parts: tuple[Condition, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        return all(part.holds(answers) for part in self.parts)

    def verdict(self, answers: Mapping[str, object], unknown: Collection[str]) -> bool | None:
        found = [part.verdict(answers, unknown) for part in self.parts]
        return False if False in found else None if None in found else True

    def fields(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.fields()

    def tell(self, words: Words) -> str:
        return _(", and ").join(_held_together(part, words) for part in self.parts)

    def to_json(self) -> JSONTree:
        return {"and": [part.to_json() for part in self.parts]}


@dataclass(frozen=True, slots=True)
class Either(Condition):
    parts: tuple[Condition, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        return any(part.holds(answers) for part in self.parts)

    def verdict(self, answers: Mapping[str, object], unknown: Collection[str]) -> bool | None:
        found = [part.verdict(answers, unknown) for part in self.parts]
        return True if True in found else None if None in found else False

    def fields(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.fields()

    def tell(self, words: Words) -> str:
        return _(", or ").join(_held_together(part, words) for part in self.parts)

    def to_json(self) -> JSONTree:
        return {"or": [part.to_json() for part in self.parts]}


@dataclass(frozen=True, slots=True)
class Not(Condition):
    part: Condition

    def holds(self, answers: Mapping[str, object]) -> bool:
        return not self.part.holds(answers)

    def verdict(self, answers: Mapping[str, object], unknown: Collection[str]) -> bool | None:
        found = self.part.verdict(answers, unknown)
        return None if found is None else not found

    def fields(self) -> Iterator[str]:
        yield from self.part.fields()

    def tell(self, words: Words) -> str:
        if isinstance(self.part, Equals):
            if self.part.value == "":
                return _("“%(field)s” is filled in") % {"field": words.label_of(self.part.field)}
            return _("“%(field)s” is not “%(value)s”") % _told(words, self.part.field, self.part.value)
        return _("it is not so that %(condition)s") % {"condition": self.part.tell(words)}

    def to_json(self) -> JSONTree:
        return {"not": self.part.to_json()}


def parse(tree: object) -> Condition:
    """Return the condition that ``tree`` spells.

    :raises WrongCondition: when the tree has another shape than the ones above.
    """
    if not isinstance(tree, dict) or len(tree) != 1:
        raise WrongCondition(_("A condition is an object with exactly one of: eq, in, contains, gt, lt, and, or, not."))
    ((operator, operand),) = tree.items()
    if operator == "not":
        return Not(parse(operand))
    if operator in ("and", "or"):
        if not isinstance(operand, list) or not operand:
            raise WrongCondition(_("“%(operator)s” needs a list of conditions.") % {"operator": operator})
        parts = tuple(parse(each) for each in operand)
        return Every(parts) if operator == "and" else Either(parts)
    return _parse_comparison(operator, operand)


def _parse_comparison(operator: object, operand: object) -> Condition:
    if not isinstance(operand, list) or len(operand) != 2 or not isinstance(operand[0], str) or not operand[0]:
        raise WrongCondition(_("“%(operator)s” needs a field and a value.") % {"operator": operator})
    field, value = operand
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if operator == "eq" and (isinstance(value, (str, bool)) or is_number):
        return Equals(field, value)
    if operator == "contains" and isinstance(value, str):
        return Contains(field, value)
    if operator == "in" and isinstance(value, list) and value and all(isinstance(each, (str, int, float)) for each in value):
        return OneOf(field, tuple(value))
    if operator in ("gt", "lt") and is_number:
        return Greater(field, value) if operator == "gt" else Less(field, value)
    raise WrongCondition(_("“%(operator)s” cannot compare with this value.") % {"operator": operator})


def _renamed(tree: JSONTree, keys: Mapping[str, str]) -> JSONTree:
    ((operator, operand),) = tree.items()
    if operator == "not":
        return {operator: _renamed(operand, keys)}
    if operator in ("and", "or"):
        return {operator: [_renamed(each, keys) for each in operand]}
    return {operator: [keys.get(operand[0], operand[0]), operand[1]]}


def definition_errors(conditions: Mapping[str, Condition | None]) -> dict[str, str]:
    """Return what is wrong with the conditions of a form, by field: unknown fields, a field that asks itself, circles."""
    errors: dict[str, str] = {}
    reads = {key: set() if condition is None else set(condition.fields()) for key, condition in conditions.items()}
    for key, read in reads.items():
        unknown = sorted(read - reads.keys())
        if key in read:
            errors[key] = _("The condition asks for the field itself.")
        elif unknown:
            errors[key] = _("The condition asks for “%(field)s”, which is no field of this form.") % {"field": unknown[0]}
        elif _reaches(key, reads):
            errors[key] = _("The condition goes round in a circle.")
    return errors


def _reaches(start: str, reads: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = list(reads[start])
    while waiting:
        key = waiting.pop()
        if key == start:
            return True
        if key not in seen:
            seen.add(key)
            waiting.extend(reads.get(key, ()))
    return False


def _held_together(part: Condition, words: Words) -> str:
    """Return a part of a sentence, in brackets where it has parts itself: “and” and “or” are not left to the reader."""
    told = part.tell(words)
    inner = part.part if isinstance(part, Not) else part
    return _("(%(condition)s)") % {"condition": told} if isinstance(inner, (Every, Either)) and len(inner.parts) > 1 else told


def _told(words: Words, field: str, value: object) -> dict[str, str]:
    return {"field": words.label_of(field), "value": words.choice_of(field, value)}


def plain_text(value: object) -> str:
    """Return a value as it is compared: answers arrive as text from a form and as numbers from the API."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float, Decimal)):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
