"""What the home page shows, gathered from the rooms that know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from onedoor.catalog import queries as catalog
from onedoor.kernel.errors import Text
from onedoor.look import doors
from onedoor.network import overview
from onedoor.network import queries as network
from onedoor.portal import figures, hours
from onedoor.portal.figures import Figure

if TYPE_CHECKING:
    from onedoor.catalog.topics import BoardView


@dataclass(frozen=True, slots=True)
class Example:
    """Everyday words that find something, and how a reader of another language says them."""

    label: Text
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """One of the quick tasks under the search."""

    path: str
    icon: str
    label: Text
    about: Text


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything on the home page that comes from a table."""

    departments: int
    items: int
    boards: tuple[BoardView, ...]
    examples: tuple[Example, ...]
    tasks: tuple[Task, ...]
    figures: tuple[Figure, ...]
    hall: overview.MainHall | None
    hours: list[hours.Line]


EXAMPLES = (
    Example(_("open a restaurant"), "开餐馆"),
    Example(_("lost identity card"), "身份证丢了"),
    Example(_("plates for a new car"), "新车上牌"),
    Example(_("sell a flat"), "房屋过户"),
    Example(_("doctor in another city"), "异地就医"),
)
TASKS = (
    Task("/track/", "route", _("Track progress"), _("With reference number and query code")),
    Task("/appointments/", "calendar-clock", _("Appointments"), _("Pick a time, then come")),
    Task("/map/", "map-pin", _("Find a hall"), _("Near you, open now")),
    Task("/12345/", "phone-call", _("Make a request"), _("12345, day and night")),
    Task("/items/", "layers", _("All services"), _("By department, board and topic")),
    Task("/verify/", "shield-check", _("Verify a paper"), _("Certificates, receipts, notices")),
    Task("/my/", "circle-user-round", _("My page"), _("Applications, papers, messages")),
)
QUICK_TASKS = 4


def home_page(*, edition: int | None = None) -> HomePage:
    """Return what the home page shows; ``edition`` saves asking for it again."""
    counted, hall = catalog.figures(edition_number=edition), overview.main_hall()
    return HomePage(
        departments=counted.departments,
        items=counted.items,
        boards=catalog.home_categories(),
        examples=EXAMPLES,
        tasks=tuple(_open_tasks())[:QUICK_TASKS],
        figures=figures.current(),
        hall=hall,
        hours=hours.lines(network.week_of(hall.hours_code)) if hall else [],
    )


def _open_tasks() -> Iterator[Task]:
    return (task for task in TASKS if doors.has_door(task.path))
