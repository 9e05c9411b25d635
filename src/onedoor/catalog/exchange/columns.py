"""The columns of a table of items: those of the head by hand, the elements of the record from the types themselves.

A new element of ``Content`` is a column by being there. Names of the exchange are those of C0109 (domain.md 1.3); what the
national list has no name for keeps ours in both profiles, so that nothing is lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from onedoor.catalog.content import Content, SpecialProcedure, Step
from onedoor.catalog.exchange.kinds import Coded, Flag, Kind, Number, Profile, Several, Spelt, Text, Whole
from onedoor.catalog.exchange.typed import is_record, without_none
from onedoor.catalog.topics import BOARD_OF_WORD, TOPIC_BY_CODE

UNITS = {
    "工作日": "working-days",
    "日": "natural-days",
    "自然日": "natural-days",
    "即时": "working-days",
    "月": "months",
    "年": "years",
    "小时": "hours",
    "工作小时": "working-hours",
}
ON_THE_SPOT = "即时"
ITEM_TYPES = frozenset({"01", "05", "07", "08", "09", "10", "20", "21", "22"})
LEVELS = {"city": "3", "county": "4", "township": "5", "village": "6"}
LONGEST_LIMIT = 3650

_UNIT = Coded(
    frozenset(UNITS.values()),
    own={
        "natural-days": "自然日",
        "months": "月",
        "years": "年",
        "hours": "小时",
        "working-hours": "工作小时",
        "working-days": "工作日",
    },
    exchange={"working-days": "1"},
    synonyms=UNITS,
    shown=tuple(UNITS),
)
_STATUS = Coded(
    frozenset({"published", "suspended", "cancelled", "handed_down"}),
    exchange={"published": "1", "suspended": "2", "cancelled": "3"},
)
_HEAD: dict[str, tuple[str, Kind]] = {
    "code": ("local_task_code", Text(50)),
    "name": ("task_name", Text(200)),
    "name_en": ("", Text(300)),
    "plain_name": ("", Text()),
    "dept": ("", Text(10)),
    "item_type": ("task_type", Coded(ITEM_TYPES, width=2)),
    "catalogue": ("", Text()),
    "board": ("", Coded(frozenset(BOARD_OF_WORD.values()), own={code: word for word, code in BOARD_OF_WORD.items()})),
    "module": ("", Text()),
    "case_kind": ("project_type", Coded(frozenset({"1", "2"}))),
    "legal_limit": ("anticipate_day", Whole(LONGEST_LIMIT)),
    "legal_unit": ("anticipate_type", _UNIT),
    "promise_limit": ("promise_day", Whole(LONGEST_LIMIT)),
    "promise_unit": ("promise_type", _UNIT),
    "objects": ("server_type", Several(of=Coded(frozenset("123456")), least=1)),
    "channels": ("handle_type", Several(of=Coded(frozenset("12349")), least=1)),
    "visit_count": ("limit_scene_num", Whole(9)),
    "levels": ("use_level", Several(of=Coded(frozenset(LEVELS), exchange=LEVELS), least=1)),
    "status": ("task_state", _STATUS),
    "result_name": ("result_name", Text()),
    "keywords": ("", Several(longest=5000)),
    "topics": ("", Several(of=Coded(frozenset(TOPIC_BY_CODE)))),
}
_TAIL: dict[str, tuple[str, Kind]] = {
    "is_complete": ("", Flag()),
    "accepts_online": ("is_online", Flag()),
    "catalog_code": ("catalog_code", Text(50)),
    "version": ("task_version", Whole()),
}
_EXCHANGE = {
    "legal_note": "anticipate_explain",
    "promise_note": "promise_explain",
    "visit_reason": "limit_scene_explain",
    "quantity_limit": "limit_explain",
    "power.source": "power_source",
    "power.entrusted_by": "entrust_name",
    "power.together_with": "other_dept",
    "legal_bases": "by_law",
    "conditions": "accept_condition",
    "steps": "handle_flow",
    "special_procedures": "special_procedure",
    "materials": "dn_task_material",
    "intermediaries": "intermediary_content",
    "online_depth": "online_handle_depth",
    "online_url": "online_handle_url",
    "in_hall": "is_entry_center",
    "hours": "transact_time",
    "places": "transact_addr",
    "traffic": "traffic_guide",
    "booking.possible": "is_schedule",
    "booking.daily_quota": "schedule_num",
    "booking.rule": "schedule_rule",
    "mail_in": "is_mail_material",
    "mail_out": "is_mail_result",
    "kiosk": "is_service_terminals",
    "cross_region": "handle_area",
    "by_promise": "is_inform_promise",
    "by_promise_note": "inform_promise_explain",
    "result.type": "result_type",
    "result.sample": "result_guid",
    "phones.consult": "consult_phone",
    "phones.consult_online": "net_consult_way",
    "phones.complain": "complain_phone",
    "rights": "right_enjoy_by_law",
    "duties": "duty_perform_by_law",
}
_PATH = {"result_name": "result.name"}
_SENTENCES = frozenset({"conditions", "rights", "duties", "review_points"})
FEES = "fee_fen_summary"
OWNER = "item"
"""The column of a sheet of rows that says by its code to which item a row belongs."""


@dataclass(frozen=True, slots=True)
class Column:
    """``path`` leads to the element of the content, where it is one. ``rows`` is the type of its rows, where it is a list of such."""

    name: str
    exchange: str
    kind: Kind
    path: tuple[str, ...] = ()
    rows: Any = None
    default: Any = ""

    def named(self, profile: Profile) -> str:
        return self.exchange if profile is Profile.EXCHANGE else self.name


def leaves(kind: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield the path, the type and the default of everything that a dataclass holds, single parts taken apart."""
    hints = get_type_hints(kind)
    for each in dataclasses.fields(kind):
        hint, path = hints[each.name], (*before, each.name)
        if is_record(hint):
            yield from leaves(hint, path)
        else:
            default = each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
            yield path, hint, default


def kind_of(path: tuple[str, ...], hint: Any, owner: Any = None) -> Kind:
    """Return how values of a type stand in a cell; units of time are words there, whatever else is called a unit is not."""
    plain = without_none(hint)
    if owner in (Step, SpecialProcedure) and path == ("unit",):
        return _UNIT
    if plain is str:
        return Text()
    if plain is bool:
        return Flag()
    if plain is int:
        return Whole(10**15 - 1)
    if plain is float:
        return Number()
    if get_origin(plain) is tuple and get_args(plain)[0] is str:
        return Several("\n" if path[-1] in _SENTENCES else ";")
    return Spelt(hint)


def _rows_of(hint: Any) -> Any:
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    return inner if is_record(inner) else None


def _made() -> Iterator[Column]:
    elements = {".".join(path): (path, hint, default) for path, hint, default in leaves(Content)}
    for name, (exchange, kind) in _HEAD.items():
        path, _hint, default = elements.pop(_PATH.get(name, name), ((), None, ""))
        yield Column(name, exchange or name, kind, path, default=default)
    for name, (path, hint, default) in elements.items():
        yield Column(name, _EXCHANGE.get(name, name), kind_of(path, hint), path, _rows_of(hint), default)
    for name, (exchange, kind) in _TAIL.items():
        yield Column(name, exchange or name, kind)


COLUMNS: tuple[Column, ...] = tuple(_made())
BY_NAME: dict[str, Column] = {each.name: each for each in COLUMNS}
TABLES: tuple[Column, ...] = tuple(each for each in COLUMNS if each.rows is not None)
BY_ANY_NAME: dict[str, Column] = {each.exchange: each for each in COLUMNS} | BY_NAME
# What a new item must say; an item that is there already keeps what a table has no column for.
NEEDED = (
    "name",
    "board",
    "case_kind",
    "legal_limit",
    "legal_unit",
    "promise_limit",
    "promise_unit",
    "objects",
    "channels",
    "levels",
)


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A column of a sheet of rows: of the papers, the steps, the questions."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    default: Any


def columns_of_rows(kind: Any) -> tuple[RowColumn, ...]:
    """Return the columns of a sheet that holds the rows of a type."""
    return tuple(RowColumn(".".join(path), kind_of(path, hint, kind), path, default) for path, hint, default in leaves(kind))
