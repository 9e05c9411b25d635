"""What is handed to the acts that build the network: places and offices by their codes, rights by keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewRegion:
    """A region; parents stand before their children in the list."""

    code: str
    name: str
    level: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An office; ``site`` is the code of the place where its section sits."""

    code: str
    name: str
    level: str
    region: str
    name_en: str = ""
    short_name: str = ""
    credit_code: str = ""
    department_code: str = ""
    site: str | None = None
    section: str = ""
    remit: str = ""
    paper_word: str = ""
    phone: str = ""
    complaint_phone: str = ""
    nature: str = "1"


@dataclass(frozen=True, slots=True)
class NewSite:
    """A place of service; parents stand before their children in the list."""

    code: str
    name: str
    kind: str
    level: str
    region: str
    address: str
    parent: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    phone: str = ""
    after_hours_contact: str = ""
    hours_code: str = ""
    facilities: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewHours:
    """One period in which sites of ``code`` are open on a weekday (0 = Monday), in local time."""

    code: str
    weekday: int
    opens: time
    closes: time
    by_appointment: bool = False


@dataclass(frozen=True, slots=True)
class NewSpecialDay:
    """Hours of one date that replace the weekday's; without times the sites are closed."""

    code: str
    date: date
    opens: time | None = None
    closes: time | None = None
    by_appointment: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewWindow:
    """A numbered window of a site."""

    site: str
    number: str
    name: str
    kind: str = "integrated"
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post in the office ``agency``, at the place ``site`` (codes); ``region`` is the office's when left out."""

    code: str
    name: str
    agency: str
    role: str
    site: str | None = None
    region: str = ""
    duties: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewPosting:
    """An account that takes a post (its code), at a window (its key) or at a place of its own (a site's code)."""

    account: UUID
    post: str
    window: UUID | None = None
    site: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewAuthorisation:
    """A post's right to one item at one stage for the applications of one agency, from ``starts_at`` or else from now."""

    post: UUID
    agency: UUID
    item_code: str
    stage: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
