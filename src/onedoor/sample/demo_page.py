"""What the page of the demonstration tells: the city in figures, the roles with what to try, stories, papers to verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.casework import figures
from onedoor.casework import queries as casework
from onedoor.catalog import queries as catalog
from onedoor.catalog import short_links
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Text
from onedoor.look.kept import Kept
from onedoor.network import overview
from onedoor.network import queries as network
from onedoor.sample import queries
from onedoor.sample.sources import HALL

if TYPE_CHECKING:
    from onedoor.documents.queries import PaperView
    from onedoor.people.models import Account

S01_ITEM, S15_ITEM = "130300-FG-10-0001", "130300-RS-05-0001"
QR_WINDOW, QR_DEPARTMENT = "3", "RS"
# The picture of the network: longitude at 40° north is about 0.77 as wide as latitude is high.
WIDTH, HEIGHT, MARGIN = 560, 520, 12


@dataclass(frozen=True, slots=True)
class RoleText:
    """A role in words: what it is, and what to try in it."""

    code: str
    label: Text
    tries: Text


@dataclass(frozen=True, slots=True)
class RoleCard:
    """A role with the person who plays it and where."""

    text: RoleText
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """Roles that belong together."""

    label: Text
    roles: Sequence[RoleCard]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the network: how many places, and the line that draws each of them as a dot."""

    code: str
    label: Text
    about: Text
    number: int
    line: str


@dataclass(frozen=True, slots=True)
class DemoPage:
    """Everything on the page."""

    places: int
    departments: int
    items: int
    closed: int
    levels: Sequence[Level]
    groups: Sequence[Group]
    papers: Sequence[PaperView]
    window_qr: str
    department_qr: str
    instant_item: str
    home_item: str


GROUPS: tuple[tuple[Text, tuple[RoleText, ...]], ...] = (
    (
        _("Those who come"),
        (
            RoleText(
                "citizen", _("A citizen"), _("See what became of five applications, finish a draft, apply for something new.")
            ),
            RoleText(
                "org_user", _("A company's representative"), _("Apply for the company, see its licence and what it waits for.")
            ),
        ),
    ),
    (
        _("The city's hall and a department"),
        (
            RoleText(
                "window_clerk",
                _("Clerk at a general window"),
                _("Take in an application and hand over the certificate in one visit."),
            ),
            RoleText("handler", _("Handler"), _("Write what the inspection found; try to decide, and see that you may not.")),
            RoleText("reviewer", _("Reviewer"), _("Go through the papers, with the limit of your step before your eyes.")),
            RoleText(
                "approver", _("Approver"), _("Grant or refuse with reasons; what you handled yourself, another must approve.")
            ),
            RoleText(
                "dept_head", _("Head of the department's section"), _("See all work of the section, and say who may do which step.")
            ),
        ),
    ),
    (
        _("A county's approval bureau"),
        (
            RoleText("county_clerk", _("County clerk"), _("Receive, tell what is missing, hand over results.")),
            RoleText("county_handler", _("County handler"), _("Work on what needs an inspection.")),
            RoleText("county_reviewer", _("County reviewer"), _("One application here is late: find it.")),
            RoleText("county_approver", _("County approver"), _("Decide, and see the decision as a sealed paper a moment later.")),
        ),
    ),
    (
        _("Township and village"),
        (
            RoleText("township_clerk", _("Township clerk"), _("Do on the spot what a township may decide.")),
            RoleText("village_agent", _("Village agent"), _("Receive for a neighbour and pass it on to the township.")),
        ),
    ),
    (
        _("Those who keep the house"),
        (
            RoleText(
                "center_biz", _("Business section of the centre"), _("Enter a holiday notice and see limits move; hand out rights.")
            ),
            RoleText(
                "sysadmin", _("System administrator"), _("Lets other systems use the API and shuts them out; sees no application.")
            ),
            RoleText("secadmin", _("Security administrator"), _("Opens and closes accounts, and decides nothing.")),
            RoleText("auditor", _("Auditor"), _("Reads the sealed journal, and changes nothing.")),
        ),
    ),
)
_LEVELS: tuple[tuple[str, Text, Text], ...] = (
    ("city", pgettext_lazy("level of the network", "City"), _("one hall and four branches")),
    ("county", pgettext_lazy("level of the network", "Counties"), _("a centre and an approval bureau each")),
    ("township", pgettext_lazy("level of the network", "Townships"), _("a convenience centre each")),
    ("village", pgettext_lazy("level of the network", "Villages"), _("a room each, with an agent")),
)


def page(*, at: datetime) -> DemoPage:
    """Return what the page shows."""
    counted, cast, levels = catalog.figures(), queries.cast(), _levels_kept.get()
    return DemoPage(
        places=sum(level.number for level in levels),
        departments=counted.departments,
        items=counted.items,
        closed=figures.closings(since=at - timedelta(days=365)).closed,
        levels=levels,
        groups=[Group(label, [_card(text, cast[text.code], at) for text in texts if text.code in cast]) for label, texts in GROUPS],
        papers=_papers(cast["citizen"], at) if "citizen" in cast else (),
        window_qr=_qr("network.window", network.window_for(HALL, QR_WINDOW).id),
        department_qr=_qr("network.agency", network.agency_for(QR_DEPARTMENT).id),
        instant_item=S01_ITEM,
        home_item=S15_ITEM,
    )


def _card(text: RoleText, account: Account, at: datetime) -> RoleCard:
    if not account.is_staff_account:
        return RoleCard(text, account.display_name, "")
    post = network.posts_of(account.id, at)[0]
    where = _("window %(number)s") % {"number": post.window} if post.window else ""
    return RoleCard(text, account.display_name, " · ".join(each for each in (post.agency, post.post, where) if each))


def _papers(account: Account, at: datetime) -> list[PaperView]:
    """Return the papers of the citizen's granted application, the newest first, for trying the verification."""
    citizen = Actor(client="web", account=account.id, person=account.person_id)
    granted = [each for each in casework.my_applications(actor=citizen, at=at).rows if each.outcome == "granted"]
    return [paper for each in granted[:1] for paper in reversed(casework.papers_of(each))]


def _qr(kind: str, key: UUID) -> str:
    code = catalog.short_codes_of(kind, [key]).get(key)
    return short_links.address_of(code) if code else ""


def _levels(_now: datetime) -> tuple[Level, ...]:
    """Draw every place where it lies: a dot is a line of no length with round ends, so that a level is one line."""
    dots = overview.dots()
    if not dots:
        return ()
    west, south = min(each[2] for each in dots), min(each[1] for each in dots)
    wide, high = max(each[2] for each in dots) - west or 1, max(each[1] for each in dots) - south or 1
    found = []
    for code, label, about in _LEVELS:
        own = [
            f"M{MARGIN + (lng - west) / wide * WIDTH:.0f} {MARGIN + HEIGHT - (lat - south) / high * HEIGHT:.0f}h0"
            for level, lat, lng in dots
            if level == code
        ]
        found.append(Level(code, label, about, len(own), "".join(own)))
    return tuple(found)


_levels_kept: Kept[tuple[Level, ...]] = Kept(300, (), _levels)
