"""Judges the answers to a form: the same rules for the web, the window and the API. No database and no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from onedoor.catalog.content import Form, FormField, in_language
from onedoor.kernel import identity, masking
from onedoor.kernel.errors import Text
from onedoor.kernel.identity import WrongCode

Answers = dict[str, object]
Errors = dict[str, Text]
RegionKnown = Callable[[str], bool]

_REGION = re.compile(r"\d{12}")
_LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?|\d{5}")
_NOT_A_LINE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff]")
_LONGEST = {"text": 200, "address": 200, "textarea": 1000, "file": 200}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


class _Wrong(Exception):
    """An answer that cannot stay; caught in this module only."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


def validate(
    form: Form,
    answers: Mapping[str, object],
    *,
    today: date,
    region_known: RegionKnown | None = None,
    only: Sequence[str] | None = None,
) -> tuple[Answers, Errors]:
    """Return the answers as they are kept, and for each field that cannot stay what to do.

    Fields whose condition does not hold are dropped, and so is what the form does not know. Errors in a repetition are keyed
    ``field.row.column``, rows counted from 1. Money and numbers are kept as exact decimal text, dates as ``YYYY-MM-DD``.

    :param only: the fields of one page; conditions still read all answers, other fields are kept as they were given.
    """
    clean: Answers = {}
    errors: Errors = {}
    for field in form:
        if field.condition is not None and not field.condition.holds(clean):
            continue
        given = answers.get(field.key)
        if only is not None and field.key not in only:
            if not _is_empty(given):
                clean[field.key] = given
            continue
        if field.type == "repeat":
            _judge_rows(field, given, today, region_known, clean, errors)
        else:
            _judge(field, field.key, given, today, region_known, clean, errors)
    return clean, errors


def visible_fields(form: Form, answers: Mapping[str, object]) -> tuple[FormField, ...]:
    """Return the fields that are asked, given the answers so far; a hidden field's answer counts as empty."""
    shown: list[FormField] = []
    read: Answers = {}
    for field in form:
        if field.condition is None or field.condition.holds(read):
            shown.append(field)
            read[field.key] = answers.get(field.key)
    return tuple(shown)


def personal_fields(form: Form) -> frozenset[str]:
    """Return the keys of the fields whose answers are masked on screens and in lists."""
    return frozenset(field.key for field in form.fields if field.is_personal)


def display_value(field: FormField, value: object, *, masked: bool = True, region_name: Callable[[str], str] | None = None) -> str:
    """Return an answer as people read it: the label of a choice, a masked number, rows joined."""
    if _is_empty(value):
        return ""
    if field.type == "choice":
        return next((choice.text for choice in field.choices if choice.value == value), str(value))
    if field.type == "multichoice" and isinstance(value, (list, tuple)):
        return in_language("、", ", ").join(
            next((choice.text for choice in field.choices if choice.value == each), str(each)) for each in value
        )
    if field.type == "repeat" and isinstance(value, (list, tuple)):
        return "\n".join(
            in_language("，", ", ").join(cells) for cells in display_rows(field, value, masked=masked, region_name=region_name)
        )
    if field.type == "region" and region_name is not None:
        return region_name(str(value))
    if masked and field.is_personal:
        return masking.mask_phone(str(value)) if field.type == "phone" else masking.mask_identity(str(value))
    return str(value)


def display_rows(
    field: FormField, rows: Sequence[object], *, masked: bool = True, region_name: Callable[[str], str] | None = None
) -> list[list[str]]:
    """Return the rows of a repetition as people read them, one cell for each column."""
    return [
        [display_value(column, row.get(column.key), masked=masked, region_name=region_name) for column in field.columns]
        for row in rows
        if isinstance(row, Mapping)
    ]


def _judge(
    field: FormField,
    key: str,
    given: object,
    today: date,
    region_known: RegionKnown | None,
    clean: Answers,
    errors: Errors,
) -> None:
    """Put the kept value of one field into ``clean`` under its own key, or what to do into ``errors`` under ``key``."""
    try:
        value = _RULES[field.type](field, given, today, region_known)
    except (_Wrong, WrongCode) as wrong:
        errors[key] = wrong.message
        if not _is_empty(given):
            clean[field.key] = given
        return
    if value is None:
        if field.required:
            errors[key] = _missing(field)
        return
    clean[field.key] = value


def _judge_rows(
    field: FormField, given: object, today: date, region_known: RegionKnown | None, clean: Answers, errors: Errors
) -> None:
    rows = (
        [row for row in given if isinstance(row, Mapping) and any(not _is_empty(cell) for cell in row.values())]
        if isinstance(given, (list, tuple))
        else []
    )
    least = field.validation.min_rows or 1
    most = field.validation.max_rows or 200
    if not rows and not field.required:
        return
    if len(rows) < least:
        errors[field.key] = ngettext_lazy("Add at least %(n)d row.", "Add at least %(n)d rows.", least) % {"n": least}
        return
    if len(rows) > most:
        errors[field.key] = _("At most %(n)d rows fit here; you have %(count)d.") % {"n": most, "count": len(rows)}
        return
    kept: list[Answers] = []
    for number, row in enumerate(rows, start=1):
        cells: Answers = {}
        for column in field.columns:
            _judge(column, f"{field.key}.{number}.{column.key}", row.get(column.key), today, region_known, cells, errors)
        kept.append(cells)
    clean[field.key] = kept


def _missing(field: FormField) -> Text:
    if field.type in ("choice", "multichoice", "region"):
        return _("Choose: %(label)s") % {"label": field.text}
    if field.type == "file":
        return _("Upload: %(label)s") % {"label": field.text}
    return _("Fill in: %(label)s") % {"label": field.text}


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and not value.strip())


def _folded(value: object) -> str:
    """Return what was typed with full-width digits, letters and signs as the narrow ones, edges trimmed."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise _Wrong(_("Write this as text."))
    return unicodedata.normalize("NFKC", str(value)).strip()


def _text(field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    """Keep text as it was typed, punctuation and rare characters too: only edges are trimmed and line ends made one kind.

    Not even NFC: it would put other characters for some that stand in names and places.
    """
    if given is None:
        return None
    if not isinstance(given, (str, int, float)) or isinstance(given, bool):
        raise _Wrong(_("Write this as text."))
    value = str(given).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not value:
        return None
    if _NOT_A_LINE.search(value):
        raise _Wrong(_("There is a character here that cannot be printed. Please type it again by hand."))
    if field.type != "textarea":
        value = re.sub(r"\s*\n\s*", " ", value)
    if field.validation.length:
        value = identity.normalise(value)
        if len(value) != field.validation.length:
            raise _Wrong(
                _("%(label)s has %(n)d characters; you entered %(count)d.")
                % {"label": field.text, "n": field.validation.length, "count": len(value)}
            )
    longest = field.validation.max_length or _LONGEST[field.type]
    if len(value) > longest:
        raise _Wrong(_("At most %(n)d characters fit here; you entered %(count)d.") % {"n": longest, "count": len(value)})
    if field.validation.pattern and not re.fullmatch(field.validation.pattern, _folded(value)):
        raise _Wrong(_("%(label)s is not written as it should be. %(help)s") % {"label": field.text, "help": field.help})
    return value


def _choice(field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    if _is_empty(given):
        return None
    value = _folded(given)
    for choice in field.choices:
        if value in (choice.value, unicodedata.normalize("NFKC", choice.label)):
            return choice.value
    raise _Wrong(_("Choose one of: %(choices)s") % {"choices": in_language("、", ", ").join(each.text for each in field.choices)})


def _multichoice(field: FormField, given: object, today: date, known: RegionKnown | None) -> list[str] | None:
    if _is_empty(given):
        return None
    values = list(given) if isinstance(given, (list, tuple)) else [given]
    chosen = list(dict.fromkeys(value for each in values if (value := _choice(field, each, today, known)) is not None))
    least = field.validation.min_items or 0
    if chosen and len(chosen) < least:
        raise _Wrong(_("Choose at least %(n)d.") % {"n": least})
    return chosen or None


def _idcard(_field: FormField, given: object, today: date, _known: RegionKnown | None) -> str | None:
    return None if _is_empty(given) else identity.parse_identity_number(_folded(given), today=today)


def _uscc(_field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    return None if _is_empty(given) else identity.parse_credit_code(_folded(given))


def _phone(field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    if _is_empty(given):
        return None
    try:
        return identity.parse_mobile(_folded(given))
    except WrongCode:
        value = re.sub(r"[\s()]", "", _folded(given))
        if not field.validation.pattern and _LANDLINE.fullmatch(value):
            return value
        raise


def _region(_field: FormField, given: object, _today: date, known: RegionKnown | None) -> str | None:
    if _is_empty(given):
        return None
    value = _folded(given)
    if not _REGION.fullmatch(value) or (known is not None and not known(value)):
        raise _Wrong(_("Choose the county, then the township, from the list."))
    return value


def _number(field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    if _is_empty(given):
        return None
    value = _decimal(given)
    rules = field.validation
    if rules.min is not None and value < Decimal(str(rules.min)):
        raise _Wrong(_("This must be at least %(n)s.") % {"n": f"{rules.min:g}"})
    if rules.max is not None and value > Decimal(str(rules.max)):
        raise _Wrong(_("This must be at most %(n)s.") % {"n": f"{rules.max:g}"})
    return f"{value:f}"


def _money(field: FormField, given: object, today: date, known: RegionKnown | None) -> str | None:
    value = _number(field, given, today, known)
    if value is None:
        return None
    scale = 2 if field.validation.scale is None else field.validation.scale
    exponent = Decimal(value).normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        raise _Wrong(_("At most %(n)d digits may follow the point.") % {"n": scale})
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-scale)):f}"


def _decimal(given: object) -> Decimal:
    text = re.sub(r"[,，\s]", "", _folded(given))
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Wrong(_("Write a number in digits, without words: 120 or 12.5.")) from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15 or len(value.as_tuple().digits) > 20:
        raise _Wrong(_("Write a number in digits, without words: 120 or 12.5."))
    return value


def _date(_field: FormField, given: object, _today: date, _known: RegionKnown | None) -> str | None:
    if isinstance(given, Mapping):
        parts = [str(given.get(part) or "").strip() for part in ("year", "month", "day")]
        if not any(parts):
            return None
        given = "-".join(parts)
    if _is_empty(given):
        return None
    found = _DATE.fullmatch(re.sub(r"\s", "", _folded(given)))
    if found is None:
        raise _Wrong(_("Write the date as year, month and day: 2026-11-25."))
    year, month, day = (int(each) for each in found.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise _Wrong(_("There is no such day in the calendar. Please check month and day.")) from None
    if not 1900 <= year <= 2200:
        raise _Wrong(_("Please check the year."))
    return value.isoformat()


def _file(field: FormField, given: object, today: date, known: RegionKnown | None) -> str | None:
    """Keep the id of an uploaded file; its content was judged when it was stored (documents)."""
    return _text(field, given, today, known)


_Rule = Callable[[FormField, object, date, RegionKnown | None], object]
_RULES: dict[str, _Rule] = {
    "text": _text,
    "textarea": _text,
    "address": _text,
    "choice": _choice,
    "multichoice": _multichoice,
    "idcard": _idcard,
    "uscc": _uscc,
    "phone": _phone,
    "region": _region,
    "number": _number,
    "money": _money,
    "date": _date,
    "file": _file,
}
FIELD_TYPES = frozenset(_RULES) | {"repeat"}
