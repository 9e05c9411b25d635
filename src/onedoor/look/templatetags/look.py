"""The parts of a page as tags: icons, states, limits, times, codes, fields. ``{% load look %}``; examples in docs/look.md."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import segno
from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from onedoor.kernel.clock import local, local_date
from onedoor.kernel.references import grouped
from onedoor.look import parts
from onedoor.look.house import House, house
from onedoor.look.icons import ICONS, SHAPES
from onedoor.look.words import amount_text, day_text, moment_text, short_moment_text

register = template.Library()

STATES = frozenset({"ok", "run", "due", "late", "pause", "idle"})
# What the part writes itself, and what the policy forbids.
PART_OWNS = frozenset({"id", "name", "value", "class", "style"})
# Every code can be read under any of the eight patterns. Looking for the best takes longer than all the rest of the drawing and
# lowers the standard's penalty, over addresses like ours, by 4 % below that of this one.
QR_MASK = 3
Drawing = tuple[str, str]


# Drawings


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str) -> SafeString:
    """Draw one of the 48 icons; its word stands beside it."""
    return _drawn(context, "i", name)


@register.simple_tag(takes_context=True)
def shape(context: Context, name: str) -> SafeString:
    """Draw the shape of a state without its tag."""
    return _drawn(context, "s", name)


@register.simple_tag(takes_context=True)
def sprite_start(context: Context) -> str:
    """Begin to collect the drawings of a page; ``sprite`` at its end defines them once."""
    request = context.get("request")
    if request is not None:
        request.look_drawings = set()
    return ""


@register.simple_tag(takes_context=True)
def sprite(context: Context) -> SafeString:
    """Define the drawings that the page has used."""
    request = context.get("request")
    used: set[Drawing] = getattr(request, "look_drawings", set())
    if request is not None:
        request.look_drawings = None
    symbols = format_html_join(
        "", '<symbol id="{}-{}" viewBox="{}">{}</symbol>', ((kind, name, *_body(kind, name)) for kind, name in sorted(used))
    )
    return format_html('<svg width="0" height="0" class="sprite" aria-hidden="true">{}</svg>', symbols) if used else SafeString("")


def _body(kind: str, name: str) -> tuple[str, SafeString]:
    known, box = (ICONS, "0 0 24 24") if kind == "i" else (SHAPES, "0 0 16 16")
    return box, mark_safe(known[name])  # noqa: S308 — our own constants


def _drawn(context: Context, kind: str, name: str) -> SafeString:
    """Refer to the page's sprite, or draw in place where there is none: in a part that htmx swaps, in a form."""
    request = context.get("request") if hasattr(context, "get") else None
    used: set[Drawing] | None = getattr(request, "look_drawings", None)
    if used is not None:
        used.add((kind, name))
    return _svg(kind, name, in_place=used is None)


@cache
def _svg(kind: str, name: str, *, in_place: bool) -> SafeString:
    box, body = _body(kind, name)
    if not in_place:
        body = format_html('<use href="#{}-{}"/>', kind, name)
    return format_html('<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>', kind, box, body)


# States and limits


@register.simple_tag(takes_context=True)
def state(context: Context, light: str, text: object, shape: str = "") -> SafeString:
    """Say a state with shape, word and colour; ``light`` is ok, run, due, late, pause or idle."""
    if light not in STATES:
        message = f"unknown state: {light}"
        raise ValueError(message)
    return format_html('<strong class="govuk-tag st-{}">{}{}</strong>', light, _drawn(context, "s", shape or light), text)


@register.simple_tag(takes_context=True)
def light(context: Context, light: str, text: object, shape: str = "") -> SafeString:
    """Say a state without a ground, for tables and headings."""
    return format_html('<span class="limit limit--{}">{}{}</span>', light, _drawn(context, "s", shape or light), text)


@register.simple_tag(takes_context=True)
def limit(context: Context, view: Any, *, tag: bool = False, due: bool = True) -> SafeString:
    """Say what is left of a limit and when it ends; the hour where it ends today."""
    if view is None:
        return SafeString("")
    now = timezone.now()
    lamp, text = _asked(view, "light", now), _asked(view, "left_text", now)
    said = state(context, lamp, text) if tag else light(context, lamp, text)
    ends = _end_text(view, now) if due and not getattr(view, "paused", False) else ""
    return format_html("{} <small>{}</small>", said, ends) if ends else said


def _asked(view: Any, name: str, now: datetime) -> Any:
    value = getattr(view, name)
    return value(now) if callable(value) else value


def _end_text(view: Any, now: datetime) -> str:
    due_at: datetime | None = getattr(view, "due_at", None)
    due_date: date | None = getattr(view, "due_date", None) or (local_date(due_at) if due_at else None)
    if due_date is None:
        return ""
    if due_at is not None and local_date(due_at) == local_date(now):
        return f"{local(due_at):%H:%M}"
    return f"{due_date:%m-%d}" if due_date.year == local_date(now).year else f"{due_date:%Y-%m-%d}"


@register.simple_tag
def timebar(used: float, promised: float, legal: float | None = None, unit: object = "") -> SafeString:
    """Draw how much of a promised and a legal length is used; the figures are said in its label."""
    whole = max(legal or 0, promised, used) or 1
    words = unit or pgettext("after a number", "working days")
    label = _("Promised %(promised)s %(unit)s, used %(used)s") % {"promised": _plain(promised), "unit": words, "used": _plain(used)}
    if legal:
        label += _("; legal %(legal)s") % {"legal": _plain(legal)}
    mark = round(promised / whole * 640)
    spent = round(min(used, whole) / whole * 640)
    return format_html(
        '<svg class="timebar" viewBox="0 0 640 14" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="t" width="640" height="14" rx="4"/><rect class="p" width="{}" height="14"/>'
        '<rect class="{}" width="{}" height="14"/>'
        '<path class="m" d="M{} 0v14"/></svg>',
        label,
        mark,
        "over" if used > promised else "u",
        spent,
        min(max(mark, 1), 639),
    )


def _plain(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")


@register.simple_tag
def held(segments: Iterable[tuple[str, float]]) -> SafeString:
    """Draw who held a case how long: pairs of (win, app, dep, stop or rest, amount); the figures stand beside it."""
    pairs = [(kind, float(amount)) for kind, amount in segments if amount > 0]
    whole = sum(amount for _kind, amount in pairs) or 1.0
    bars, at = [], 0.0
    for kind, amount in pairs:
        width = amount / whole * 1000
        bars.append((kind, round(at, 1), round(max(width - 3, 1), 1)))
        at += width
    hatch = (
        '<pattern id="hatch" width="12" height="14" patternUnits="userSpaceOnUse"><path class="hatch-ground" d="M0 0h12v14H0z"/>'
        '<path class="hatch-line" d="M0 14 6 0h4L4 14z"/></pattern>'
        if any(kind == "stop" for kind, _at, _width in bars)
        else ""
    )
    drawn = format_html_join("", '<rect class="h-{}" x="{}" width="{}" height="14"/>', bars)
    return format_html(
        '<svg class="held" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>',
        mark_safe(hatch),  # noqa: S308 — a constant
        drawn,
    )


@register.simple_tag
def amountbar(value: float, whole: float, kind: str = "dep") -> SafeString:
    """Draw one amount against the largest of its column; the figure stands beside it."""
    width = round(min(max(value / whole if whole else 0, 0), 1) * 100, 1)
    return format_html(
        '<svg class="bar2" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="h-{}" width="{}" height="10"/></svg>',
        kind,
        width,
    )


# The frame


class ColumnsNode(template.Node):
    """Reading column with an aside beside it, or the reading column alone where nothing stands beside."""

    def __init__(self, main: template.NodeList, beside: template.NodeList) -> None:
        self.main = main
        self.beside = beside

    def render(self, context: Context) -> SafeString:
        main, beside = self.main.render(context), self.beside.render(context)
        if not beside.strip():
            return main
        return format_html('<div class="two"><div>{}</div><aside>{}</aside></div>', main, beside)


@register.tag
def columns(parser: Any, _token: Any) -> ColumnsNode:
    """Lay out ``{% columns %}text{% beside %}aside{% endcolumns %}``."""
    main = parser.parse(("beside",))
    parser.delete_first_token()
    beside = parser.parse(("endcolumns",))
    parser.delete_first_token()
    return ColumnsNode(main, beside)


@register.simple_tag(name="house")
def house_tag() -> House:
    """Return the name and numbers of the house, also where a page has no request."""
    return house()


@register.simple_tag
def rail_group(code: str) -> str:
    """Name a group of the rail."""
    names = {"hall": _("Hall"), "hotline": _("Hotline"), "oversight": _("Oversight"), "house": _("House")}
    return names.get(code, "")


# Numbers, times, codes


@register.simple_tag
def ref(reference: object) -> SafeString:
    """Show a reference in groups of four, never broken over lines."""
    text = str(reference)
    return format_html('<span class="ref">{}</span>', grouped(text) if re.fullmatch(r"\d{12}", text) else text)


@register.simple_tag
def moment(at: datetime | None, form: str = "") -> SafeString:
    """Show a moment: ``11 月 25 日（周三）17:30``; with ``"short"``: ``11-25 17:30``."""
    if at is None:
        return SafeString("")
    text = short_moment_text(at) if form == "short" else moment_text(at)
    return format_html('<time datetime="{}" class="nb">{}</time>', at.isoformat(), text)


@register.simple_tag
def day(on: date | None) -> SafeString:
    """Show a date with its weekday: ``11 月 25 日（周三）``."""
    if on is None:
        return SafeString("")
    bare = local_date(on) if isinstance(on, datetime) else on
    return format_html('<time datetime="{}" class="nb">{}</time>', bare.isoformat(), day_text(bare))


@register.filter
def yuan(fen: int | None) -> str:
    """Show an amount of fen in yuan with its unit."""
    return "" if fen is None else amount_text(fen)


@register.filter
def grouped_by_four(reference: object) -> str:
    """Show a reference in groups of four where no element may stand, as in a title."""
    return grouped(str(reference))


@register.filter
def thousands(number: float | None) -> str:
    """Show a figure with a comma between thousands."""
    return "" if number is None else f"{number:,}"


@register.simple_tag
def qr(text: object, label: object = "", size: str = "m") -> SafeString:
    """Draw a QR code in place; ``size`` is s, m or l."""
    said = conditional_escape(str(label) if label else _("QR code"))
    drawn = _qr_drawing(str(text)).replace("<svg ", f'<svg role="img" aria-label="{said}" ', 1)
    return format_html('<span class="qr qr--{}">{}</span>', size, mark_safe(drawn))  # noqa: S308 — drawn by segno from modules, not text


@lru_cache(maxsize=512)
def _qr_drawing(text: str) -> str:
    return segno.make(text, error="m", micro=False, mask=QR_MASK).svg_inline(border=2, dark="#16262c", omitsize=True)


@register.filter
def uuid_hex(value: UUID) -> str:
    """Show an id as it stands in addresses of parts of a page."""
    return value.hex


# Forms


@register.simple_tag
def field(source: Any, **options: Any) -> SafeString:
    """Draw a field from a bound field or a definition; ``is_title=True`` makes its label the title of the page."""
    part = parts.part_of(source, **options)
    return render_to_string(part.template, {"part": part})


@register.simple_tag
def errors(source: Any, title: object = "") -> SafeString:
    """Draw the error summary of a form, of parts, or of ``{id: what to do}``; nothing where there is no error."""
    found = parts.errors_of(source)
    return errors_list(found, title) if found else SafeString("")


def errors_list(found: list[tuple[str, Any]], title: object = "") -> SafeString:
    """Draw the error summary from pairs of (id of the field, what to do)."""
    count = len(found)
    said = title or ngettext(
        "One thing is left to put right, then you can go on", "%(count)s things are left to put right, then you can go on", count
    ) % {"count": count}
    return render_to_string("look/parts/error_summary.html", {"title": said, "errors": found})


@register.filter
def attributes(part: parts.Part) -> SafeString:
    """Write the further attributes of an input."""
    pairs = ((key, value) for key, value in part.attrs.items() if value is not None and value is not False and key not in PART_OWNS)
    return format_html_join("", ' {}="{}"', ((key, "" if value is True else value) for key, value in pairs))
