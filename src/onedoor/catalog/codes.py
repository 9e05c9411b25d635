"""The codes of items (domain.md 1.5): our own by a pattern, basic code of 12, implementation code of 31. Opaque to everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from string import Formatter

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from onedoor.kernel.errors import Text

_SHAPES = {"area": r"\d{6,12}", "department": r"[A-Z]{2}\d?", "type": r"\d{2}", "serial": r"\d{%d}"}
_SERIAL_DIGITS = 4
PROVINCE = "13"
BASIC_CODE_LENGTH, TASK_CODE_LENGTH = 12, 31
EXERCISE_LEVEL = {"city": "3", "county": "4", "township": "5", "village": "6"}


@dataclass(frozen=True, slots=True)
class ItemCode:
    """The parts of an item's own code: area 6 to 12 digits, department 2 letters, kind by A.1, serial within these."""

    area: str
    department: str
    type: str
    serial: int

    def __str__(self) -> str:
        return settings.ONEDOOR_ITEM_CODE.format(area=self.area, department=self.department, type=self.type, serial=self.serial)


EXAMPLE = ItemCode("130300", "FG", "10", 1)


def parsed(code: str) -> ItemCode | None:
    """Return the parts of an item's code, None where it is none by the pattern of this installation (``ONEDOOR_ITEM_CODE``)."""
    found = _pattern(settings.ONEDOOR_ITEM_CODE).fullmatch(code)
    return None if found is None else ItemCode(found["area"], found["department"], found["type"], int(found["serial"]))


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """Return what reads codes that are written so.

    :raises ImproperlyConfigured: when a part is missing, is there twice, or is unknown.
    """
    shape, parts = "", []
    for text, part, width, _conversion in Formatter().parse(written):
        shape += re.escape(text)
        if part is not None:
            parts.append(part)
            shape += f"(?P<{part}>{_SHAPES.get(part, '')})" % (
                () if part != "serial" else int((width or "").strip("0d") or _SERIAL_DIGITS)
            )
    if sorted(parts) != sorted(_SHAPES):
        raise ImproperlyConfigured(f"ONEDOOR_ITEM_CODE needs each of {', '.join(_SHAPES)} once: {written!r}")
    return re.compile(shape)


def catalog_code(item_code: str, department_number: int) -> str:
    """Return the basic code (基本编码): province 2, type 2, department 2, main item 3, sub-item 3 (000: none).

    Source: GB/T 39554.1-2020 as read off live records, domain.md 1.5.

    :raises ValueError: when the item has no code by our pattern.
    """
    found = parsed(item_code)
    if found is None:
        raise ValueError(item_code)
    return f"{PROVINCE}{found.type}{department_number:02d}{found.serial:03d}000"


def task_code(credit_code: str, level: str, basic_code: str) -> str:
    """Return the implementation code (实施编码) of 31: credit code 18, level 1 (A.2), basic code 12."""
    return f"{credit_code:0>18}{EXERCISE_LEVEL[level]}{basic_code}"


def oddities(code: str, *, credit_code: str, level: str, basic_code: str, item_type: str, office: str) -> list[Text]:
    """Return in which parts an implementation code does not agree with its office and its item; never a reason to refuse it.

    Source: domain.md 1.5: codes are opaque, their structure is checked to warn, since other systems make theirs otherwise.

    :param office: the name of the office, for the words.
    """
    found: list[Text] = []
    if len(code) != TASK_CODE_LENGTH:
        found.append(_("The implementation code has %(n)d characters instead of 31.") % {"n": len(code)})
    elif code[18] != EXERCISE_LEVEL[level]:
        found.append(
            _("Its level %(found)s is not that of %(office)s, which is %(wanted)s.")
            % {"found": code[18], "office": office, "wanted": EXERCISE_LEVEL[level]}
        )
    if credit_code and not code.startswith(credit_code):
        found.append(_("It does not begin with the credit code of %(office)s.") % {"office": office})
    if not code.endswith(basic_code):
        found.append(_("It does not end in the basic code %(code)s of the item.") % {"code": basic_code})
    return [*found, *basic_oddities(basic_code, item_type)]


def basic_oddities(basic_code: str, item_type: str) -> list[Text]:
    """Return in which parts a basic code does not agree with its item, such as a serial of more than three digits."""
    if len(basic_code) != BASIC_CODE_LENGTH:
        return [_("The basic code has %(n)d characters instead of 12.") % {"n": len(basic_code)}]
    if basic_code[2:4] != item_type:
        words = {"found": basic_code[2:4], "wanted": item_type}
        return [_("The basic code says type %(found)s, the item is of type %(wanted)s.") % words]
    return []


def department_numbers(departments: Iterable[str], given: dict[str, int]) -> dict[str, int]:
    """Return a number for each department: the one it has, or the next free one in the order of appearance."""
    numbers = dict(given)
    for code in departments:
        if code not in numbers:
            numbers[code] = max(numbers.values(), default=0) + 1
    return numbers
