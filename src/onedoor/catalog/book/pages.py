"""What each page of the book says, as words for its template. The book is in Chinese, as the city's papers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onedoor.catalog import guide_page, queries
from onedoor.catalog.book.entries import Entry, Norm, Places
from onedoor.catalog.content import limit_text
from onedoor.catalog.models import ItemVersion
from onedoor.catalog.scenario import case_for

NO_PLACES = Places((), 0)
PLACES_SHOWN = 9
TYPE_SIZES = (12.0, 11.25, 10.5, 9.75, 9.0, 8.25, 7.5, 7.0, 6.5, 6.0)
"""In points, as the style sheet has them: the largest in which everything fits on one A4 is taken."""

ROOM = 95_000
"""A page holds about this many characters times the square of the type's size, rather more than less: trying once more costs less."""

LEAST_ROWS = 12
"""How many papers and steps are left where nothing else helps."""

LEFT_OUT = ("faqs", "special", "rights", "options")
"""What is left out, one after the other, where even the smallest type does not fit; the page says so and its code leads to it."""


def guide_words(entry: Entry, version: ItemVersion, places: Places, short_code: str) -> dict[str, Any]:
    """Return what the page of a guide says."""
    guide = queries.guide_of(version, department=entry.department, short_code=short_code)
    content = guide.content
    case = case_for(content, {})
    return {
        "entry": entry,
        "guide": guide,
        "content": content,
        "answers": guide_page.answers(guide, case),
        "papers": guide_page.papers(case, guide.files),
        "steps": guide_page.step_lines(content),
        "fees": guide_page.fee_lines(case),
        "options": content.options,
        "special": content.special_procedures,
        "faqs": content.faqs,
        "rights": [*content.rights, *filter(None, (content.remedies.reconsideration, content.remedies.litigation))],
        "sites": places.sites[:PLACES_SHOWN],
        "more_sites": max(0, len(places.sites) - PLACES_SHOWN) + places.others,
        "legal": limit_text(guide.legal_length, guide.legal_unit),
    }


def norm_words(norm: Norm) -> dict[str, Any]:
    """Return what the page of a norm says."""
    return {
        "norm": norm,
        "title": title_of(norm),
        "papers": norm.content.materials,
        "steps": norm.content.steps,
        "followers": () if norm.lists else norm.entries,
    }


def title_of(norm: Norm) -> str:
    """Return how a norm is called: by its item, or general where items without points of their own share it."""
    if norm.is_shared:
        return f"通用办理规范（{len(norm.entries)} 项适用）"
    return norm.entries[0].name


def weight(words: Mapping[str, Any]) -> int:
    """Return about how many characters a guide has, from which the type size that is tried first follows."""
    content = words["content"]
    rows = [*content.conditions, *words["rights"], content.summary, content.who_can, content.hours]
    rows += [each.material.name + each.material.note for each in words["papers"]]
    rows += [each.step.name + each.step.standard for each in words["steps"]]
    rows += [each.law + each.article for each in content.legal_bases]
    rows += [each.q + each.a for each in words["faqs"]]
    rows += [each.name + each.when + each.change for each in words["options"]]
    rows += [each.name + each.address for each in words["sites"]]
    return sum(max(12, len(each)) for each in rows)


def first_size(characters: int) -> int:
    """Return the type size that is tried first."""
    largest = (ROOM / max(1, characters)) ** 0.5
    return next((place for place, size in enumerate(TYPE_SIZES) if size <= largest), len(TYPE_SIZES) - 1)
