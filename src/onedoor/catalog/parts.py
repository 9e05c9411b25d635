"""The parts in which the record of an item is written, compared and shown: which elements stand together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.catalog.content import Content
from onedoor.journal.canonical import json_text
from onedoor.kernel.errors import Text

if TYPE_CHECKING:
    from onedoor.catalog.models import ItemVersion

COLUMNS = ("case_kind", "legal_length", "legal_unit", "promise_length", "promise_unit", "levels")


@dataclass(frozen=True, slots=True)
class Part:
    """Elements that are written on one page: columns of the version, and fields of its content."""

    key: str
    title: Text
    fields: tuple[str, ...]
    columns: tuple[str, ...] = ()


def _part(key: str, title: Text, fields: str, columns: str = "") -> Part:
    return Part(key, title, tuple(fields.split()), tuple(columns.split()))


PARTS = (
    _part(
        "names",
        _("Names and words"),
        "name name_en plain_name keywords local_catalog_code summary board module catalogue sub_type topics "
        "disclaimer limits_verified standing",
    ),
    _part("who", _("Who can apply"), "objects who_can conditions quantity_limit agent_allowed"),
    _part("power", _("Power and law"), "receiving_levels power legal_bases intermediaries", "levels"),
    _part(
        "limits",
        _("Limits"),
        "review_kind legal_note promise_note special_procedures",
        "case_kind legal_length legal_unit promise_length promise_unit",
    ),
    _part("materials", pgettext_lazy("part", "Papers"), "materials by_promise by_promise_note by_promise_sample"),
    _part("form", pgettext_lazy("part", "Form"), "form"),
    _part("options", _("Handling options"), "options"),
    _part("steps", pgettext_lazy("part", "Steps"), "steps online_flow offline_flow"),
    _part("fees", pgettext_lazy("part", "Fees"), "fees"),
    _part("result", pgettext_lazy("part", "Result"), "result mail_out"),
    _part(
        "channels",
        _("Ways to apply"),
        "channels visit_count visit_reason online_depth online_url online_system in_hall hall window_group "
        "places hours traffic booking mail_in kiosk cross_region",
    ),
    _part("contact", _("Questions, complaints and remedies"), "phones rights duties remedies faqs"),
)
PART_BY_KEY = {part.key: part for part in PARTS}


def value_of(version: ItemVersion, part: Part) -> dict[str, Any]:
    """Return what a version says in a part, as JSON; elements that say nothing are left out."""
    said = {name: version.content[name] for name in part.fields if name in version.content}
    return said | {name: getattr(version, name) for name in part.columns}


def seen(version: ItemVersion, part: Part) -> str:
    """Return a mark of what a part says now, by which a page knows whether somebody else has written meanwhile."""
    return hashlib.sha256(json_text(value_of(version, part)).encode()).hexdigest()[:16]


def standard_of(version: ItemVersion) -> dict[str, Any]:
    """Return all that a version says, in one mapping from element to JSON."""
    return {**version.content, **{name: getattr(version, name) for name in COLUMNS}}


def fields_that_differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the elements in which two standards differ, in the order of the parts."""
    return tuple(name for part in PARTS for name in (*part.columns, *part.fields) if one.get(name) != other.get(name))


def unknown_fields() -> set[str]:
    """Return the fields of content that no part has; there must be none (a test asks)."""
    known = {name for part in PARTS for name in part.fields}
    return set(Content.__dataclass_fields__) - known
