"""An item of the catalogue with its version, as files bring it in and take it out; what is missing in a file, and what must hold."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from onedoor.catalog import codes, defaults
from onedoor.catalog.content import Content, Fee
from onedoor.catalog.exchange.checks import check
from onedoor.catalog.exchange.columns import COLUMNS, NEEDED, Column
from onedoor.catalog.exchange.given import Given
from onedoor.catalog.topics import TOPIC_BY_CODE, topics_of

_FEE = re.compile(r"(?P<name>[^=]+)=(?P<fen>\d{1,12})(?P<more>起)?(?:/(?P<unit>.+))?")
_ONLINE = {"2", "3"}
_SAID_BY_DEFAULT = ("steps", "form.sections", "form.fields", "materials")


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """What the catalogue says of an item now, or shall say. ``version`` is the number of the version it was taken from."""

    code: str
    name: str
    name_en: str
    dept: str
    item_type: str
    board: str
    topics: tuple[str, ...]
    status: str
    case_kind: str
    legal_limit: int
    legal_unit: str
    promise_limit: int
    promise_unit: str
    levels: tuple[str, ...]
    accepts_online: bool
    is_complete: bool
    content: Content
    catalog_code: str = ""
    version: int | None = None
    told: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)
    """Who implements it and from when to when, by the names of columns: goes out only."""

    def value_of(self, column: Column) -> Any:
        """Return what the record says in a column."""
        if column.is_told:
            return self.told.get(column.name, "") if column.name not in _FOLLOWING else _FOLLOWING[column.name](self.content)
        if not column.path:
            return getattr(self, column.name)
        value: Any = self.content
        for part in column.path:
            value = getattr(value, part)
        return value


def _topics(board: str) -> Callable[[Content], str]:
    return lambda content: ";".join(each for each in content.topics if TOPIC_BY_CODE[each].board == board)


_FOLLOWING: dict[str, Callable[[Content], str | int]] = {
    "is_fee": lambda content: int(any(fee.amount_fen != 0 for fee in content.fees)),
    "fee_basis": lambda content: "；".join(dict.fromkeys(fee.basis for fee in content.fees if fee.basis)),
    "is_pay_online": lambda content: int(any(fee.online for fee in content.fees)),
    "is_exist_intermediary": lambda content: int(bool(content.intermediaries)),
    "is_express": lambda content: int(content.mail_in or content.mail_out),
    "is_handle": lambda content: int(bool(content.cross_region)),
    "user_topic_type": _topics("livelihood"),
    "corp_topic_type": _topics("enterprise"),
    "center_name": lambda content: content.hall or next((place.name for place in content.places), ""),
}


def record_of(given: Given, base: ItemRecord | None) -> ItemRecord | None:
    """Return the item that a file describes, or None after its faults were told.

    What the file has no column for stays as it is in ``base``, the item of the catalogue; a new item says nothing there.
    """
    if not _head_is_right(given, base):
        return None
    content = _content(given, base)
    said: dict[str, Any] = {
        "accepts_online": None,
        "is_complete": False,
        "status": "published",
        "catalog_code": "",
        "version": None,
    }
    for each in dataclasses.fields(ItemRecord):
        if each.name in ("content", "told"):
            continue
        if base is not None and each.name != "version":
            said[each.name] = getattr(base, each.name)
        if given.values.get(each.name) is not None:
            said[each.name] = given.values[each.name]
    said["code"] = given.code
    _fill_from_code(said)
    said["name_en"] = (given.values["name_en"] or "") if "name_en" in given.values else said.get("name_en", "")
    said["topics"] = content.topics or tuple(
        topics_of(said["name"], content.plain_name, said["dept"], content.module, said["board"])
    )
    if said["accepts_online"] is None or ("channels" in given.values and given.values.get("accepts_online") is None):
        said["accepts_online"] = bool(_ONLINE & set(content.channels))
    content = replace(content, name=said["name"], name_en=said["name_en"], topics=said["topics"], board=said["board"])
    record = ItemRecord(**said, content=content)
    if not record.is_complete and not any(name in given.values for name in _SAID_BY_DEFAULT) and _speaks_by_default(base):
        record = replace(record, content=_with_defaults(record))
    check(
        record.content,
        promise=record.promise_limit,
        promise_unit=record.promise_unit,
        case_kind=record.case_kind,
        blame=given.blame_part,
    )
    return None if given.is_wrong else record


def _fill_from_code(said: dict[str, Any]) -> None:
    found = codes.parsed(said["code"])
    if found is not None:
        said["dept"], said["item_type"] = found.department, found.type


def _head_is_right(given: Given, base: ItemRecord | None) -> bool:
    values = given.values
    found = codes.parsed(given.code)
    if found is None:
        words = {"value": given.code[:60], "example": str(codes.EXAMPLE)}
        given.blame("code", _("A code looks like %(example)s; this is “%(value)s”.") % words)
    else:
        if values.get("dept") not in (None, found.department):
            words = {"a": found.department, "b": values["dept"]}
            given.blame("dept", _("The code names department %(a)s, this column %(b)s.") % words)
        if values.get("item_type") not in (None, found.type):
            words = {"a": found.type, "b": values["item_type"]}
            given.blame("item_type", _("The code names type %(a)s, this column %(b)s.") % words)
    for name in NEEDED:
        if name in values and values[name] in (None, ""):
            given.blame(name, _("This must not be empty."))
        elif name not in values and name not in given.faulty and base is None:
            given.blame_missing(name, _("This column is missing. A new item must say it."))
    _check_limits(given, base)
    return not given.is_wrong


def _check_limits(given: Given, base: ItemRecord | None) -> None:
    def now(name: str) -> Any:
        return given.values[name] if name in given.values else getattr(base, name, None)

    for kind in ("legal", "promise"):
        if f"{kind}_unit" in given.on_the_spot and now(f"{kind}_limit"):
            given.blame(f"{kind}_unit", _("The unit 即时 goes with the number 0."))
    legal, promise = now("legal_limit"), now("promise_limit")
    if legal and promise is not None and now("legal_unit") == now("promise_unit") and promise > legal:
        words = {"p": promise, "l": legal}
        given.blame("promise_limit", _("The promise (%(p)d) is longer than the law allows (%(l)d).") % words)
    if promise is not None and now("case_kind") is not None and (now("case_kind") == "1") != (promise == 0):
        given.blame("case_kind", _("On the spot (1) means a promise of 0, and a promise of 0 means on the spot."))


def _content(given: Given, base: ItemRecord | None) -> Content:
    """Return the content of the record: what the file says, over what the catalogue has."""
    changes: dict[tuple[str, ...], Any] = {}
    for column in COLUMNS:
        if column.path and column.name in given.values:
            changes[column.path] = given.values[column.name]
    keeps_its_fees = base is not None and base.is_complete and base.content.fees
    if given.fees is not None and given.values.get("fees") is None and not keeps_its_fees:
        changes["fees",] = _fees(given)
    found: Content = changed(base.content if base is not None else Content(), changes)
    return found


def changed(part: Any, changes: Mapping[tuple[str, ...], Any]) -> Any:
    """Return a dataclass with other values at some paths; None stands for the default of the element."""
    below: dict[str, dict[tuple[str, ...], Any]] = {}
    for path, value in changes.items():
        below.setdefault(path[0], {})[path[1:]] = value
    found = {}
    kind: Any = type(part)
    for name, inner in below.items():
        if () not in inner:
            found[name] = changed(getattr(part, name), inner)
        elif inner[()] is not None:
            found[name] = inner[()]
        else:
            found[name] = _default_of(kind, name)
    return replace(part, **found)


@cache
def _default_of(kind: Any, name: str) -> Any:
    declared = next(each for each in dataclasses.fields(kind) if each.name == name)
    return declared.default_factory() if declared.default_factory is not dataclasses.MISSING else declared.default


def _fees(given: Given) -> tuple[Fee, ...]:
    """Return what the short column of fees says: ``name=fen``, ``name=fen起/unit``, or words."""
    fees = []
    for part in (each.strip() for each in (given.fees or "").split(";")):
        found = _FEE.fullmatch(part)
        if found:
            fees.append(Fee(found["name"], int(found["fen"]), found["unit"] or "", text="起" if found["more"] else ""))
        elif "=" in part:
            given.blame("fee_fen_summary", _("“%(value)s” should be name=fen, as in 换领=2000.") % {"value": part[:60]})
        elif part not in ("0", ""):
            fees.append(Fee(part, text=part))
    return tuple(fees)


def _speaks_by_default(base: ItemRecord | None) -> bool:
    return base is None or base.content.steps == defaults.default_steps(base.promise_limit, base.promise_unit)


def _with_defaults(record: ItemRecord) -> Content:
    objects = record.content.objects
    return replace(
        record.content,
        steps=defaults.default_steps(record.promise_limit, record.promise_unit),
        form=defaults.default_form(objects),
        materials=defaults.default_materials(objects),
    )
