"""Questions about the catalogue. What never changes is kept in the process; what changes with a publication is kept by edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Func, JSONField, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from onedoor.catalog.cache import EditionCache
from onedoor.catalog.content import Content, Form, Material, OptionText, Result, Step, in_language, limit_text
from onedoor.catalog.guide_files import GuideFile, files_of
from onedoor.catalog.models import CURRENT, CatalogItem, ItemVersion, ServiceItem, ShortCode, VersionStatus
from onedoor.catalog.topics import BOARD_BY_CODE, BOARDS, TOPIC_BY_CODE, BoardView
from onedoor.kernel.errors import NotFound, Text
from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.prepared import Prepared
from onedoor.network import queries as network

if TYPE_CHECKING:
    from onedoor.network.models import Agency

_kept = EditionCache()
LEVEL_ORDER = {"city": 0, "county": 1, "township": 2, "village": 3}
PAGE_SIZE = 20
REGION_DIGITS = {"city": 4, "county": 6, "township": 9, "village": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What every view of an item's version says: how it is called, whether it is open, and within what time it is done."""

    item_id: UUID
    code: str
    name: str
    name_en: str
    department_code: str
    status: str
    case_kind: str
    promise_length: int
    promise_unit: str
    levels: tuple[str, ...]
    receiving_levels: tuple[str, ...]
    accepts_online: bool
    is_complete: bool

    def is_taken_at(self, level: str) -> bool:
        """Tell whether a place of a level takes applications in, be it to implement the item or to pass them on."""
        return level in self.levels or level in self.receiving_levels

    def is_passed_on_at(self, level: str) -> bool:
        """Tell whether a place of a level takes applications in only to pass them on to a level that implements the item."""
        return level in self.receiving_levels and level not in self.levels

    @property
    def title(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def promise(self) -> str:
        return limit_text(self.promise_length, self.promise_unit)

    @property
    def is_open(self) -> bool:
        """Whether it can be applied for."""
        return self.status == VersionStatus.PUBLISHED

    @property
    def url(self) -> str:
        return f"/items/{self.code}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine(Version):
    """An item in a list."""

    plain_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Version):
    """What casework must know of a version: who may look, in which order, within which time."""

    version_id: UUID
    item_type: str
    number: int
    legal_length: int
    legal_unit: str
    content: Content

    @property
    def legal(self) -> str:
        return limit_text(self.legal_length, self.legal_unit)

    def promised_length(self, option_code: str = "") -> int:
        """Return the promised limit in the item's unit: that of a handling option where it has one of its own."""
        own = next((each.promise_length for each in self.options if each.code == option_code), None)
        return self.promise_length if own is None else own

    def promised(self, option_code: str = "") -> str:
        """Return the promised limit in words."""
        return limit_text(self.promised_length(option_code), self.promise_unit)

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.content.steps

    @property
    def materials(self) -> tuple[Material, ...]:
        return self.content.materials

    @property
    def options(self) -> tuple[OptionText, ...]:
        return self.content.options

    @property
    def result(self) -> Result:
        return self.content.result

    @property
    def is_instant(self) -> bool:
        """Whether it is done on the spot (即办件)."""
        return self.case_kind == "1"

    @property
    def needs_four_eyes(self) -> bool:
        """Whether somebody else than the one who decides must have looked before (承诺件)."""
        return self.case_kind == "2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide(Terms):
    """The current version of an item as people read it."""

    catalog_code: str
    department_name: str
    department_name_en: str
    board: str
    topics: tuple[str, ...]
    effective_from: date
    effective_to: date | None
    short_code: str
    accepted_faults: tuple[int, ...] = ()
    files: Mapping[UUID, GuideFile] = field(default_factory=dict)

    @property
    def department(self) -> str:
        return in_language(self.department_name, self.department_name_en)

    @property
    def can_start(self) -> bool:
        """Whether it can be applied for from home, its last day left out of account."""
        return self.is_open and self.accepts_online

    def is_over(self, today: date) -> bool:
        """Tell whether its last day has passed, although nobody has closed it yet."""
        return self.is_open and self.effective_to is not None and self.effective_to < today


def _said(version: ItemVersion) -> dict[str, Any]:
    """Return what every view of a version says."""
    item = version.item
    return {
        "item_id": item.id, "code": item.code, "name": item.name, "name_en": item.name_en,
        "department_code": item.department_code, "status": version.status, "case_kind": version.case_kind,
        "promise_length": version.promise_length, "promise_unit": version.promise_unit, "levels": tuple(version.levels),
        "receiving_levels": tuple(version.content.get("receiving_levels", ())),
        "accepts_online": version.accepts_online, "is_complete": version.is_complete,
    }  # fmt: skip


def _terms(version: ItemVersion) -> dict[str, Any]:
    """Return what casework must know of a version, with what every view says."""
    return _said(version) | {
        "version_id": version.id, "item_type": version.item.item_type, "number": version.number,
        "legal_length": version.legal_length, "legal_unit": version.legal_unit, "content": Content.from_json(version.content),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteOffer:
    """The place where an agency receives; it can be asked for its hours (``network.queries.open_state``)."""

    id: UUID
    code: str
    name: str
    address: str
    phone: str
    hours_code: str
    is_open: bool
    latitude: float | None = None
    longitude: float | None = None

    @property
    def has_position(self) -> bool:
        """Whether it is known where it lies."""
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class ServiceOffer:
    """One agency that implements an item, with the places where it receives."""

    service_item_id: UUID
    agency_id: UUID
    agency_name: str
    agency_name_en: str
    credit_code: str
    level: str
    region: str
    region_name: str
    task_code: str
    sites: tuple[SiteOffer, ...]

    @property
    def agency(self) -> str:
        """The name of the agency in the language of the moment."""
        return in_language(self.agency_name, self.agency_name_en)

    def covers(self, region: str) -> bool:
        """Return whether a region lies in the agency's."""
        return region.startswith(self.region[: REGION_DIGITS[self.level]])


@dataclass(frozen=True, slots=True)
class Facets:
    """By what a list of items is narrowed; empty says nothing."""

    board: str = ""
    topic: str = ""
    department: str = ""
    level: str = ""
    online: bool = False
    who: str = ""
    instant: bool = False

    def marks(self) -> list[str]:
        """Return what an entry of the search index must have (``services.search_index.marks_of``)."""
        given = {"b": self.board, "t": self.topic, "d": self.department, "l": self.level, "w": self.who}
        marks = [f"{kind}:{value}" for kind, value in given.items() if value]
        return marks + ["online"] * self.online + ["instant"] * self.instant

    @property
    def is_empty(self) -> bool:
        return self == Facets()


def edition() -> int:
    """Return the number of the catalogue's edition; it grows with every publication. One statement by primary key."""
    # By hand: building the query costs four times as much as asking it, and every page asks.
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM catalog_edition WHERE id = 1")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def published_guide(code: str, *, edition_number: int | None = None) -> Guide:
    """Return the guide of an item's current version, cancelled and suspended ones too. One statement warm, two cold.

    :raises NotFound: when there is no such item.
    """
    number = edition() if edition_number is None else edition_number
    guide = _kept.get(number, ("guide", code), lambda: _guide(code))
    if guide is None:
        raise NotFound(gettext("There is no service with the code %(code)s. Please search for it by name.") % {"code": code[:50]})
    return guide


def _guide(code: str) -> Guide | None:
    version: Any = _published.row(code)
    if version is None:
        return None
    return guide_of(
        version, department=version.department or "", department_en=version.department_en or "", short_code=version.short or ""
    )


def guide_of(version: ItemVersion, *, department: str, department_en: str = "", short_code: str = "") -> Guide:
    """Return the guide of a version that was read with its item, with the name of its department. One statement if it names files."""
    terms = _terms(version)
    return Guide(
        **terms,
        catalog_code=version.item.catalog_code,
        department_name=department,
        department_name_en=department_en,
        board=version.item.board,
        topics=tuple(version.item.topics),
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        short_code=short_code,
        accepted_faults=tuple(version.accepted_faults),
        files=files_of(terms["content"], version.item.code),
    )


def version_content(version_id: UUID) -> Content:
    """Return what a version says. No statement when warm: a published version never changes.

    :raises NotFound: when there is no such version.
    """
    return _version(version_id).content


def version_form(version_id: UUID) -> Form:
    """Return the form of a version. No statement when warm.

    :raises NotFound: when there is no such version.
    """
    return _version(version_id).content.form


def case_terms(version_id: UUID) -> Terms:
    """Return the limits, steps and papers of a version. No statement when warm; ``status`` is as it was when first asked.

    :raises NotFound: when there is no such version.
    """
    return _version(version_id)


@lru_cache(maxsize=512)
def _version(version_id: UUID) -> Terms:
    version = ItemVersion.objects.select_related("item").filter(id=version_id).first()
    if version is None:
        raise NotFound
    return Terms(**_terms(version))


@dataclass(frozen=True, slots=True)
class OpenServiceItem:
    """A service item that can be applied for now, with the version that is in force."""

    service_item_id: UUID
    version_id: UUID
    item_code: str
    agency_id: UUID
    region: str
    case_kind: str
    accepts_online: bool
    agency: Agency


# An office implements an item as long as the version in force names its level.
IMPLEMENTED = Q(
    item__versions__status__in=CURRENT,
    item__versions__levels__contains=Func(F("agency__level"), function="to_jsonb", output_field=JSONField()),
)


def open_service_items(service_item_ids: Sequence[UUID], *, today: date) -> dict[UUID, OpenServiceItem]:
    """Return those of the service items that can be applied for on a day. One statement."""
    lasts = Q(item__versions__effective_to__isnull=True) | Q(item__versions__effective_to__gte=today)
    rows = (
        ServiceItem.objects.filter(
            lasts, IMPLEMENTED, pk__in=list(service_item_ids), is_open=True, item__versions__status=VersionStatus.PUBLISHED
        )
        .select_related("agency")
        .annotate(
            code=F("item__code"),
            version=F("item__versions__id"),
            kind=F("item__versions__case_kind"),
            online=F("item__versions__accepts_online"),
        )
        .order_by("id")
    )
    return {
        row.id: OpenServiceItem(
            row.id, row.version, row.code, row.agency_id, row.agency.region_id, row.kind, row.online, row.agency
        )
        for row in rows
    }


def is_open(version: ItemVersion, *, today: date) -> bool:
    """Tell whether a version, as it was just read, can still be applied under: in force, and its last day has not passed."""
    return version.status == VersionStatus.PUBLISHED and closed_since(version, today=today) is None


def closed_since(version: ItemVersion, *, today: date) -> date | None:
    """Return the last day of a version in force where that has passed: the job that closes items may be late, the day is not."""
    if version.status == VersionStatus.PUBLISHED and version.effective_to is not None and version.effective_to < today:
        return version.effective_to
    return None


def service_items_for(item_code: str, region: str | None = None, *, edition_number: int | None = None) -> list[ServiceOffer]:
    """Return who implements an item: all, the city first; or those in charge of ``region``, the nearest first.

    One statement warm, two cold. Empty where nobody implements the item (there).
    """
    number = edition() if edition_number is None else edition_number
    offers = _kept.get(number, ("offers", item_code), lambda: _offers(item_code))
    if region is None:
        return list(offers)
    return sorted((each for each in offers if each.covers(region)), key=lambda each: -LEVEL_ORDER[each.level])


def service_item_keys(agency_ids: Collection[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Return the keys of the service items of offices, by office and the item's code. One statement."""
    rows = ServiceItem.objects.filter(agency__in=agency_ids, is_open=True).values_list("agency_id", "item__code", "id")
    return {(agency, item): key for agency, item, key in rows}


def service_offer(service_item_id: UUID) -> ServiceOffer:
    """Return one service item as an offer, one that was ended too: what was filed under it is finished. One statement.

    :raises NotFound: when there is none.
    """
    for row in ServiceItem.objects.select_related("agency__region", "agency__site").filter(id=service_item_id):
        return _offer(row)
    raise NotFound


def offers_of(codes: Sequence[str], agency_ids: Collection[UUID]) -> list[tuple[ItemLine, ServiceOffer]]:
    """Return what offices offer of items that can be applied for, in the order of the codes. Two statements."""
    rows = _service_items().filter(item__code__in=codes, agency__in=agency_ids).select_related("item").order_by("agency__code")
    offers: dict[str, list[ServiceOffer]] = {}
    for row in rows:
        offers.setdefault(row.item.code, []).append(_offer(row))
    return [(line, offer) for line in items_named(codes) if line.is_open for offer in offers.get(line.code, ())]


def _service_items() -> QuerySet[ServiceItem]:
    return _with_places().filter(IMPLEMENTED)


def _with_places() -> QuerySet[ServiceItem]:
    return ServiceItem.objects.filter(is_open=True).select_related("agency__region", "agency__site")


def _offers(item_code: str) -> tuple[ServiceOffer, ...]:
    offers = (_offer(row) for row in _implementing.rows(item_code))
    return tuple(sorted(offers, key=lambda each: (LEVEL_ORDER[each.level], each.region)))


def _offer(row: ServiceItem) -> ServiceOffer:
    agency, site = row.agency, row.agency.site
    sites = () if site is None else (site_offer(site),)
    return ServiceOffer(
        service_item_id=row.id,
        agency_id=agency.id,
        agency_name=agency.name,
        agency_name_en=agency.name_en,
        credit_code=agency.credit_code,
        level=agency.level,
        region=agency.region_id,
        region_name=agency.region.name,
        task_code=row.task_code,
        sites=sites,
    )


def passing_on(found: Version, region: str, *, edition_number: int) -> list[tuple[str, SiteOffer]]:
    """Return the places for a region that take an item in only to pass it on, with their levels, the nearest first.

    No statement when warm, one cold; none where no level passes it on.
    """
    levels = tuple(each for each in found.receiving_levels if found.is_passed_on_at(each))
    if not levels:
        return []
    key = ("passing on", region, levels)
    return _kept.get(edition_number, key, lambda: [(each.level, site_offer(each)) for each in network.sites_for(region, levels)])


def site_offer(site: Any) -> SiteOffer:
    """Return a place of the network as guides name it."""
    return SiteOffer(
        site.id, site.code, site.name, site.address, site.phone, site.hours_code, site.is_open,
        None if site.latitude is None else float(site.latitude), None if site.longitude is None else float(site.longitude),
    )  # fmt: skip


def department_names() -> dict[str, str]:
    """Return the names of the city's departments by their codes."""
    return {each.department_code: in_language(each.name, each.name_en) for each in network.departments()}


def home_categories() -> tuple[BoardView, ...]:
    """Return the two boards with their kinds of things; each has ``name``, ``icon`` and ``url``. No statement."""
    return BOARDS


@dataclass(frozen=True, slots=True)
class CatalogueFigures:
    """How much the catalogue holds: items that can be applied for, and the departments that have them."""

    items: int
    departments: int


def figures(*, edition_number: int | None = None) -> CatalogueFigures:
    """Return how many items and departments there are. One statement warm, two cold."""
    number = edition() if edition_number is None else edition_number
    return _kept.get(number, "figures", _figures)


def _figures() -> CatalogueFigures:
    found = ItemVersion.objects.filter(status=VersionStatus.PUBLISHED).values_list("item__department_code", flat=True)
    departments = list(found)
    return CatalogueFigures(len(departments), len(set(departments)))


def departments_with_items(*, edition_number: int | None = None) -> list[tuple[str, str, int]]:
    """Return code, name and number of items of each department that has some. One statement warm, three cold."""
    number = edition() if edition_number is None else edition_number
    counted = _kept.get(number, "departments", _department_counts)
    names = _kept.get(number, ("names", in_language("zh", "en")), department_names)
    return [(code, names.get(code, code), count) for code, count in counted]


def _department_counts() -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    rows = CatalogItem.objects.filter(versions__status=VersionStatus.PUBLISHED).order_by("department_code")
    for code in rows.values_list("department_code", flat=True):
        counts[code] = counts.get(code, 0) + 1
    return tuple(counts.items())


def items_page(facets: Facets, *, after: str = "", size: int = PAGE_SIZE) -> Page[ItemLine]:
    """Return a page of current items in the order of their codes, from behind the code ``after``. One statement."""
    narrowed = {} if facets.is_empty else {"item__searchentry__facets__contains": facets.marks()}
    rows = _current().filter(item__code__gt=after, **narrowed).order_by("item__code")[: size + 1]
    return first_page([item_line(row) for row in rows], size)


def items_named(codes: Sequence[str]) -> list[ItemLine]:
    """Return items by their codes, in the order given; unknown codes are left out. One statement."""
    found = {row.item.code: item_line(row) for row in _current().filter(item__code__in=codes)}
    return [found[code] for code in codes if code in found]


def item_line(version: ItemVersion) -> ItemLine:
    """Return a version with its item as a line of a list."""
    return ItemLine(**_said(version), plain_name=version.content.get("plain_name", ""))


def _current() -> QuerySet[ItemVersion]:
    return ItemVersion.objects.filter(status__in=CURRENT).select_related("item")


def topic_name(code: str) -> Text:
    """Return the name of a kind of thing or of a board, empty where there is none."""
    if code in TOPIC_BY_CODE:
        return TOPIC_BY_CODE[code].name
    return BOARD_BY_CODE[code].name if code in BOARD_BY_CODE else ""


def short_code_target(code: str) -> tuple[str, UUID] | None:
    """Return kind and id of what a short code stands for, None where there is no such code. One statement."""
    return ShortCode.objects.filter(code=code).values_list("target_kind", "target_id").first()


def short_codes_of(kind: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the short codes of targets of one kind. One statement."""
    return dict(ShortCode.objects.filter(target_kind=kind, target_id__in=ids).values_list("target_id", "code"))


def item_code(item_id: UUID) -> str | None:
    """Return the code of an item by its id. One statement."""
    return CatalogItem.objects.filter(id=item_id).values_list("code", flat=True).first()


def implemented_by(agency_id: UUID) -> list[str]:
    """Return the codes of the items that an agency implements, in order. One statement."""
    found = ServiceItem.objects.filter(IMPLEMENTED, agency=agency_id, is_open=True).order_by("item__code")
    return list(found.values_list("item__code", flat=True))


def _published_version(code: str) -> QuerySet[ItemVersion]:
    short = ShortCode.objects.filter(target_kind="catalog.item", target_id=OuterRef("item_id")).values("code")[:1]
    department = network.departments().filter(department_code=OuterRef("item__department_code"))
    return (
        _current()
        .filter(item__code=code)
        .annotate(short=Subquery(short), department=Subquery(department.values("name")[:1]))
        .annotate(department_en=Subquery(department.values("name_en")[:1]))
    )


_published: Prepared[ItemVersion] = Prepared(_published_version, "an item's code")
_implementing: Prepared[ServiceItem] = Prepared(
    lambda code: _service_items().filter(item__code=code).order_by("agency__region_id", "id"), "an item's code"
)
