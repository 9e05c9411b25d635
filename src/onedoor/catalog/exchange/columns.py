"""The columns of a table of items: those of the head by hand, the elements of the record from the types themselves.

A new element of ``Content`` is a column by being there. Names of the exchange are those of C0109 (domain.md 1.3); what the
national list has no name for keeps ours in both profiles, so that nothing is lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin, get_type_hints

from onedoor.catalog.code_sets import WORDS_OF
from onedoor.catalog.content import Content, Material, SpecialProcedure, Step
from onedoor.catalog.exchange.kinds import Coded, Flag, Kind, Number, Profile, Several, Spelt, Text, Told, Whole
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


def _codes(element: str) -> tuple[str, ...]:
    """Return the codes that an element can have."""
    return tuple(code for code, _words in WORDS_OF[element])


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
# Coded elements beyond the head, with the codes of C0109 and GB/T 39046 where they are known (domain.md 1.2 to 1.4).
_CODED: dict[str, Kind] = {
    "sub_type": Coded(frozenset(_codes("sub_type")), own={"filing": "备案"}),
    "review_kind": Coded(frozenset(_codes("review_kind")), own={"on_the_spot": "即审即办", "review_first": "前审后批"}),
    "power.source": Coded(frozenset(_codes("power.source"))),
    "result.type": Coded(frozenset(_codes("result.type")), exchange={"approval": "20", "other": "99"}),
    "cross_region": Coded(
        frozenset(_codes("cross_region")), exchange={"national": "全国", "provinces": "跨省", "cities": "跨市", "counties": "跨县"}
    ),
    "online_system": Coded(
        frozenset(_codes("online_system")), exchange={"national": "1", "province": "2", "city": "3", "county": "4"}
    ),
    "receiving_levels": Several(of=Coded(frozenset(LEVELS), exchange=LEVELS)),
}
_CODED_IN_ROWS: dict[tuple[Any, str], Coded] = {
    (Step, "unit"): _UNIT,
    (SpecialProcedure, "unit"): _UNIT,
    (Material, "medium"): Coded(
        frozenset(_codes("materials.medium")), exchange={"original": "1", "copy": "2", "original_and_copy": "3"}
    ),
    (Material, "necessity"): Coded(
        frozenset(_codes("materials.necessity")), exchange={"required": "1", "optional": "2", "tolerable": "3"}
    ),
}
_HEAD: dict[str, tuple[str, Kind]] = {
    "code": ("local_task_code", Text(50)),
    "name": ("task_name", Text(200)),
    "name_en": ("", Text(300)),
    "plain_name": ("", Text()),
    "dept": ("", Text(10)),
    "item_type": ("task_type", Coded(ITEM_TYPES, width=2)),
    "catalogue": ("", Coded(frozenset(_codes("catalogue")))),
    "board": ("", Coded(frozenset(BOARD_OF_WORD.values()), own={code: word for word, code in BOARD_OF_WORD.items()})),
    "module": ("", Text()),
    "case_kind": ("project_type", Coded(frozenset(_codes("case_kind")))),
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
# What is told and not taken over: who implements the item and from when to when, by either names; flags that follow from the rest,
# for those who read the national names.
_TOLD = {
    "agency": "dept_name",
    "agency_code": "dept_code",
    "agency_nature": "dept_type",
    "task_code": "task_code",
    "effective_from": "plan_effective_date",
    "effective_to": "plan_cancel_date",
}
_FOLLOWS = "is_fee fee_basis is_pay_online is_exist_intermediary is_express is_handle user_topic_type corp_topic_type center_name"
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
    "materials": "dn_task_material",
    "intermediaries": "intermediary_content",
    "online_depth": "online_handle_depth",
    "online_url": "online_handle_url",
    "in_hall": "is_entry_center",
    "hours": "transact_time",
    "local_catalog_code": "local_catalog_code",
    "special_procedures": "special_procedure",
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
    "phones.consult_window": "link_way",
    "phones.complain_window": "supervise_way",
    "remedies.review_office": "administrative_review_dept",
    "remedies.review_address": "administrative_review_addr",
    "remedies.review_phone": "administrative_review_phone",
    "remedies.review_url": "administrative_review_url",
    "remedies.court": "administrative_litigation_dept",
    "remedies.court_address": "administrative_litigation_addr",
    "remedies.court_phone": "administrative_litigation_phone",
    "remedies.court_url": "administrative_litigation_url",
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

    @property
    def is_told(self) -> bool:
        """Whether it goes out only."""
        return isinstance(self.kind, Told)

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
    coded = _CODED_IN_ROWS.get((owner, path[0])) if owner is not None else _CODED.get(".".join(path))
    if coded is not None:
        return coded
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
    rows = _rows_of(hint)
    return Spelt(hint, {part: kind for (each, part), kind in _CODED_IN_ROWS.items() if each is rows})


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
    for name, exchange in _TOLD.items():
        yield Column(name, exchange, Told())


COLUMNS: tuple[Column, ...] = tuple(_made())
FOLLOWING: tuple[Column, ...] = tuple(Column(name, name, Told()) for name in _FOLLOWS.split())
BY_NAME: dict[str, Column] = {each.name: each for each in (*COLUMNS, *FOLLOWING)}
TABLES: tuple[Column, ...] = tuple(each for each in COLUMNS if each.rows is not None)
BY_ANY_NAME: dict[str, Column] = {each.exchange: each for each in (*COLUMNS, *FOLLOWING)} | BY_NAME


def columns_of(profile: Profile) -> tuple[Column, ...]:
    """Return the columns of a file: with the national names, what follows from the others stands there too."""
    return (*COLUMNS, *FOLLOWING) if profile is Profile.EXCHANGE else COLUMNS


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
