"""The steps of a procedure as a picture: who does what, how long, and where the clock runs, stands still and stops.

Only geometry and words: the template draws them as SVG without any style of its own. Two pictures are made, one tall for
telephones and one wide; lengths are the units of their view boxes, which are pixels at the size they are drawn for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from django.utils.translation import gettext as _

from onedoor.catalog.content import SpecialProcedure, Step, in_language, limit_text

TALL_WIDTH, WIDE_WIDTH = 356, 776
RADIUS = 15
CLOCK_STARTS, CLOCK_STOPS = "receive", "approve"
MOST_WIDE = 8
LARGE = 1.25
CLOSING = "，。、；：）)」”,.;: "


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch between two steps; ``kind`` is run while the clock runs, rest where it does not."""

    x1: int
    y1: int
    x2: int
    y2: int
    kind: str


@dataclass(frozen=True, slots=True)
class Disc:
    x: int
    y: int
    number: int


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text; ``kind`` is name, who, limit, clock or pause."""

    x: int
    y: int
    text: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Box:
    """The ground of something that stops the clock."""

    x: int
    y: int
    width: int
    height: int


@dataclass(slots=True)
class Picture:
    """A drawing in its view box, and what it says in words."""

    kind: str
    width: int
    height: int
    title: str
    told: str
    lines: list[Line] = field(default_factory=list)
    discs: list[Disc] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Station:
    """A step with what is written at it."""

    name: str
    who: str
    limit: str
    clock: str
    runs_after: bool
    pauses: tuple[str, ...]


def pictures(steps: Sequence[Step], procedures: Sequence[SpecialProcedure], promise: str, *, size: float = 1.0) -> list[Picture]:
    """Return the tall and the wide picture of a procedure; none without steps.

    :param promise: the promised limit in words.
    :param size: how much larger the type is than usual, for readers of large type.
    """
    stations = _stations(steps, procedures)
    if not stations:
        return []
    told = _told(stations, promise)
    found = [_tall(stations, told, size)]
    if len(stations) <= MOST_WIDE:
        found.append(_wide(stations, told, size))
    return found


def _stations(steps: Sequence[Step], procedures: Sequence[SpecialProcedure]) -> list[_Station]:
    stages = [step.stage for step in steps]
    starts = stages.index(CLOCK_STARTS) if CLOCK_STARTS in stages else -1
    stops = len(stages) - 1 - stages[::-1].index(CLOCK_STOPS) if CLOCK_STOPS in stages else -1
    has_clock = 0 <= starts < stops and any(step.limit for step in steps)
    looked_at = max((place for place in range(max(starts, 0), stops) if stages[place] in ("handle", "review")), default=starts)
    found = []
    for place, step in enumerate(steps):
        clock, pauses = "", []
        if has_clock and place == starts:
            clock = _("The clock starts the day after")
            pauses.append(_("Papers are missing: it waits until they are there"))
        if has_clock and place == stops:
            clock = _("The clock stops")
        if has_clock and place == looked_at:
            pauses += [_pause(each) for each in procedures if not each.counted]
        limit = "" if step.limit == 0 and step.stage in ("issue", "deliver", "handle") else limit_text(step.limit, step.unit)
        found.append(_Station(step.title, step.post, limit, clock, has_clock and starts <= place < stops, tuple(pauses)))
    return found


def _pause(procedure: SpecialProcedure) -> str:
    limit = procedure.longest
    return _("%(name)s: at most %(limit)s, not counted") % {"name": procedure.name, "limit": limit} if limit else procedure.name


def _told(stations: Sequence[_Station], promise: str) -> str:
    comma, stop = in_language("，", ", "), in_language("。", ". ")
    lines = [
        f"{number}. " + comma.join(each for each in (one.name, one.who, one.limit, one.clock, *one.pauses) if each)
        for number, one in enumerate(stations, start=1)
    ]
    return stop.join([*lines, _("Promised in all: %(limit)s") % {"limit": promise}]) + stop.strip()


def _columns(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.56


def wrapped(text: str, width: float, size: int) -> list[str]:
    """Return a text in lines of at most ``width`` at a size; Latin words stay whole where they fit, marks never begin a line."""
    lines, line, used = [], "", 0.0
    for word in _words(text):
        wide = sum(_columns(each) for each in word) * size
        if line and used + wide > width and word not in CLOSING:
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or word != " ":
            line, used = line + word, used + wide
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        is_latin = _columns(character) < 1
        if found and is_latin and character != " " and _columns(found[-1][-1]) < 1:
            found[-1] += character
        else:
            found.append(character)
    return found


def _tall(stations: Sequence[_Station], told: str, size: float) -> Picture:
    picture = Picture("tall", TALL_WIDTH, 0, _("How it goes"), told)
    big, small = round(16 * size), round(14 * size)
    left, top = RADIUS * 2 + 16, 4
    for number, station in enumerate(stations, start=1):
        centre, y = top + RADIUS, top + big + 4
        for text, kind, points in _lines_at(station, big, small):
            for line in wrapped(text, TALL_WIDTH - left, points):
                picture.words.append(Words(left, y, line, kind, points))
                y += round(points * 1.5)
        for text in station.pauses:
            rows = wrapped(text, TALL_WIDTH - left - 20, small)
            height = round(small * 1.5) * len(rows) + 10
            picture.boxes.append(Box(left, y - small, TALL_WIDTH - left, height))
            for row, line in enumerate(rows):
                picture.words.append(Words(left + 10, y - small + round(small * 1.5) * (row + 1), line, "pause", small))
            y += height + 6
        bottom = max(y - small + 14, centre + RADIUS + 18)
        if number < len(stations):
            kind = "run" if station.runs_after else "rest"
            picture.lines.append(Line(RADIUS + 1, centre + RADIUS, RADIUS + 1, bottom + 4, kind))
        picture.discs.append(Disc(RADIUS + 1, centre, number))
        top = bottom
    picture.height = top
    return picture


def _lines_at(station: _Station, big: int, small: int) -> list[tuple[str, str, int]]:
    found = [
        (station.name, "name", big),
        (station.limit, "limit", small),
        (station.who, "who", small),
        (station.clock, "clock", small),
    ]
    return [each for each in found if each[0]]


def _wide(stations: Sequence[_Station], told: str, size: float) -> Picture:
    picture = Picture("wide", WIDE_WIDTH, 0, _("How it goes"), told)
    big, small = round(16 * size), round(14 * size)
    column = WIDE_WIDTH // len(stations)
    lowest = 0
    for number, station in enumerate(stations, start=1):
        left, y = column * (number - 1), RADIUS * 2 + big + 12
        picture.discs.append(Disc(left + RADIUS + 1, RADIUS + 1, number))
        if number < len(stations):
            kind = "run" if station.runs_after else "rest"
            picture.lines.append(Line(left + RADIUS * 2 + 1, RADIUS + 1, left + column + 1, RADIUS + 1, kind))
        for text, kind, points in _lines_at(station, big, small):
            for line in wrapped(text, column - 14, points):
                picture.words.append(Words(left, y, line, kind, points))
                y += round(points * 1.45)
        lowest = max(lowest, y)
    picture.height = _pauses_below(picture, [each for one in stations for each in one.pauses], lowest, small)
    return picture


def _pauses_below(picture: Picture, pauses: Sequence[str], top: int, size: int) -> int:
    """Write below the steps what stops the clock, two beside each other; return the height of the picture then."""
    if not pauses:
        return top
    step, width = round(size * 1.5), WIDE_WIDTH if len(pauses) == 1 else (WIDE_WIDTH - 16) // 2
    for row in range(ceil(len(pauses) / 2)):
        beside = [wrapped(text, width - 24, size) for text in pauses[row * 2 : row * 2 + 2]]
        height = step * max(len(lines) for lines in beside) + 12
        for place, lines in enumerate(beside):
            left = place * (width + 16)
            picture.boxes.append(Box(left, top, width, height))
            picture.words += [Words(left + 12, top + step * (at + 1), line, "pause", size) for at, line in enumerate(lines)]
        top += height + 8
    return top
