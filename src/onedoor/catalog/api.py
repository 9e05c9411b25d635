"""The catalogue for other systems: items, their guides, and who implements them where. Open to everybody."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Path, Query, Router, Schema

from onedoor.catalog import conditions, content, finding, queries
from onedoor.people.tokens import Anyone

router = Router(tags=["catalogue"], auth=Anyone())

CODE = r"^[0-9A-Z][0-9A-Z-]{0,49}$"
WORD = r"^[0-9A-Za-z_-]{0,40}$"
ItemCode = Annotated[str, Path(pattern=CODE, description="Code of the item", examples=["130300-FG-10-0001"])]
Level = Literal["city", "county", "township", "village"]


class Limit(Schema):
    """A length of time; 0 means on the spot."""

    length: int = Field(examples=[5])
    unit: str = Field(description="working-days, natural-days, months, years, working-hours or hours", examples=["working-days"])


class ItemLine(Schema):
    """An item in a list."""

    code: str = Field(examples=["130300-FG-10-0001"])
    name: str = Field(description="Official name", examples=["企业投资项目备案"])
    name_en: str = Field(description="English name, empty where there is none")
    plain_name: str = Field(description="What people call it")
    department_code: str
    status: str = Field(description="published, suspended or cancelled")
    case_kind: str = Field(description="1 done on the spot, 2 within a promised time")
    promise: Limit = Field(description="Time within which the city promises to be done")
    levels: list[str] = Field(description="Levels at which it is done: city, county, township, village")
    receiving_levels: list[str] = Field(description="Levels that take applications in and pass them on to one at which it is done")
    accepts_online: bool = Field(description="Whether it can be applied for from home")
    is_complete: bool = Field(description="Whether its guide is complete")


class ItemPage(Schema):
    """A page of items."""

    items: list[ItemLine]
    next: str | None = Field(description="Hand it in as `after` for the next page; null on the last one")


class Material(Schema):
    """A paper that an application needs."""

    key: str = Field(description="Name it by this key when you hand it in", examples=["m1"])
    name: str
    name_en: str
    medium: str = Field(description="original, copy, original_and_copy, form, electronic, certificate or auto")
    kind: str
    necessity: str = Field(description="required, optional or tolerable")
    source: str
    copies_original: int
    copies_photo: int
    tolerable: bool = Field(description="Whether it may follow after acceptance (容缺)")
    tolerance_days: int
    note: str
    review_points: list[str]
    when: dict[str, Any] | None = Field(description="Condition over the answers under which it is needed; null for always")
    is_handed_in: bool = Field(description="Whether the applicant brings it; the others the city fetches or makes by itself")

    @staticmethod
    def resolve_when(obj: content.Material) -> dict[str, Any] | None:
        return _tree(obj.when)


class Step(Schema):
    """A step of handling."""

    name: str
    stage: str = Field(description="receive, handle, review, approve, issue or deliver")
    post: str
    limit: int
    unit: str
    standard: str
    result: str


class Choice(Schema):
    """A choice of a question."""

    value: str
    label: str
    label_en: str


class Validation(Schema):
    """What an answer must keep to; null and empty where nothing is asked."""

    max_length: int | None
    length: int | None
    pattern: str
    min: float | None
    max: float | None
    scale: int | None
    min_items: int | None
    min_rows: int | None
    max_rows: int | None
    level_min: str
    formats: list[str]
    max_mb: int | None


class Column(Schema):
    """A question, or a column of a repetition."""

    key: str = Field(description="Key of the answer", examples=["contact_phone"])
    label: str
    label_en: str
    type: str = Field(
        description="text, textarea, address, choice, multichoice, idcard, uscc, phone, region, number, money, date, file or repeat"
    )
    required: bool
    help: str
    validation: Validation
    choices: list[Choice]
    condition: dict[str, Any] | None = Field(description="Condition under which it is asked; null for always")

    @staticmethod
    def resolve_condition(obj: content.FormField) -> dict[str, Any] | None:
        return _tree(obj.condition)


class FormField(Column):
    """A question of the form."""

    columns: list[Column] = Field(description="The questions of each row of a repetition")


class Section(Schema):
    """A part of the form."""

    key: str
    title: str
    title_en: str
    fields: list[str] = Field(description="Keys of its questions, in the order in which they are asked")


class Form(Schema):
    """The questions of an application."""

    sections: list[Section]
    fields: list[FormField]


class Option(Schema):
    """A handling option."""

    code: str
    name: str
    when: str
    change: str


class Fee(Schema):
    """What something costs."""

    name: str
    amount_fen: int | None = Field(description="Fixed amount in fen (1 yuan = 100 fen); null where words say it")
    unit: str
    basis: str
    online: bool
    relief: str
    text: str


class LegalBasis(Schema):
    """An article of law on which the item rests."""

    law: str
    article: str


class SpecialProcedure(Schema):
    """A hearing, an expert review and the like."""

    kind: str
    name: str
    max_days: int
    unit: str
    counted: bool = Field(description="Whether the limit runs on meanwhile")
    note: str


class Result(Schema):
    """What the applicant gets."""

    name: str
    type: str
    validity: str


class Question(Schema):
    """A question that is often asked."""

    q: str
    a: str


class Place(Schema):
    """Where one can go."""

    level: str
    name: str
    address: str
    window: str


class Phones(Schema):
    """Whom one can call."""

    consult: str
    complain: str
    hotline: str


class Remedies(Schema):
    """What one can do against a decision."""

    reconsideration: str
    litigation: str
    complaint: str


class Content(Schema):
    """Everything a version says."""

    summary: str
    who_can: str
    keywords: list[str]
    objects: list[str]
    channels: list[str]
    visit_count: int = Field(description="How often one has to come")
    conditions: list[str]
    materials: list[Material]
    steps: list[Step]
    options: list[Option]
    form: Form
    fees: list[Fee]
    legal_bases: list[LegalBasis]
    special_procedures: list[SpecialProcedure]
    result: Result
    faqs: list[Question]
    hours: str
    places: list[Place]
    phones: Phones
    rights: list[str]
    remedies: Remedies
    disclaimer: str


class Guide(ItemLine):
    """The guide of an item as it is in force."""

    catalog_code: str
    item_type: str
    sub_type: str = Field(description="`filing` where an item of type 10 is an administrative filing (行政备案); empty otherwise")
    department_name: str
    department_name_en: str
    board: str
    topics: list[str]
    version: int = Field(description="Number of the version; an application stays under the version it was filed under")
    effective_from: str = Field(description="Day from which it holds", examples=["2026-01-01"])
    legal: Limit = Field(description="Time that the law gives")
    content: Content


class Site(Schema):
    """A place where an agency receives."""

    code: str
    name: str
    address: str
    phone: str
    is_open: bool = Field(description="Whether the place is in service at all; hours are on its page")


class ServiceItem(Schema):
    """One agency that implements an item."""

    id: UUID = Field(description="Hand it in as `service_item` to file with this agency")
    agency_name: str
    level: Level
    region: str = Field(description="Region code of twelve digits", examples=["130302000000"])
    region_name: str
    task_code: str
    sites: list[Site]


class PassingOn(Schema):
    """A place that takes applications in and passes them on to an agency that implements the item."""

    level: Level
    site: Site


class ServiceItems(Schema):
    """Who implements an item; `service_items` is empty where nobody does."""

    item: str
    service_items: list[ServiceItem]
    passing_on: list[PassingOn] = Field(description="Where the region's own places only take it in; empty without `region`")


def _tree(condition: conditions.Condition | None) -> dict[str, Any] | None:
    return None if condition is None else condition.to_json()


def _promise(line: queries.ItemLine | queries.Guide) -> dict[str, Any]:
    return {"length": line.promise_length, "unit": line.promise_unit}


def _line(line: queries.ItemLine) -> dict[str, Any]:
    shown = {name: getattr(line, name) for name in ItemLine.model_fields if name != "promise"}
    return {**shown, "promise": _promise(line)}


@router.get("/items", response=ItemPage, operation_id="list_items", summary="List or search items")
def list_items(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100, description="Words of everyday language; best match first", examples=["开饭店"])] = "",
    after: Annotated[str, Query(pattern=r"^[0-9A-Z-]{0,50}$", description="`next` of the page before")] = "",
    size: Annotated[int, Query(ge=1, le=100, description="Items on a page")] = 20,
    board: Annotated[str, Query(pattern=WORD)] = "",
    topic: Annotated[str, Query(pattern=WORD)] = "",
    department: Annotated[str, Query(pattern=WORD)] = "",
    level: Annotated[Literal["", "city", "county", "township", "village"], Query()] = "",
    online: Annotated[bool, Query(description="Only what can be applied for from home")] = False,  # noqa: FBT002
    who: Annotated[Literal["", "person", "organisation"], Query(description="Only what these may apply for")] = "",
    instant: Annotated[bool, Query(description="Only what is done on the spot")] = False,  # noqa: FBT002
) -> dict[str, Any]:
    """Return items in the order of their codes, a page at a time; with `q`, up to 60 that fit the words, on one page."""
    del request
    facets = queries.Facets(board=board, topic=topic, department=department, level=level, online=online, who=who, instant=instant)
    if q.strip():
        return {"items": [_line(each) for each in finding.search(q, facets).items], "next": None}
    page = queries.items_page(facets, after=after, size=size)
    return {"items": [_line(each) for each in page.rows], "next": page.rows[-1].code if page.has_more else None}


@router.get("/guides/{code}", response=Guide, operation_id="read_guide", summary="Read the guide of an item")
def read_guide(request: HttpRequest, code: ItemCode) -> dict[str, Any]:
    """Return everything that the guide in force says: papers, form, steps, limits, fees, law, remedies."""
    del request
    guide = queries.published_guide(code)
    given = {name: getattr(guide, name) for name in Guide.model_fields if hasattr(guide, name)}
    return given | {
        "plain_name": guide.content.plain_name,
        "sub_type": guide.content.sub_type,
        "version": guide.number,
        "effective_from": guide.effective_from.isoformat(),
        "promise": _promise(guide),
        "legal": {"length": guide.legal_length, "unit": guide.legal_unit},
    }


@router.get(
    "/items/{code}/service-items", response=ServiceItems, operation_id="list_service_items", summary="List who implements an item"
)
def list_service_items(
    request: HttpRequest,
    code: ItemCode,
    region: Annotated[
        str | None, Query(pattern=r"^[0-9]{12}$", description="Only those in charge of this region, the nearest first")
    ] = None,
) -> dict[str, Any]:
    """Return the agencies that implement an item, with the places where they receive."""
    del request
    number = queries.edition()
    guide = queries.published_guide(code, edition_number=number)
    offers = queries.service_items_for(code, region, edition_number=number)
    near = queries.passing_on(guide, region, edition_number=number) if region and offers else []
    fields = ("agency_name", "level", "region", "region_name", "task_code", "sites")
    rows = [{"id": each.service_item_id, **{name: getattr(each, name) for name in fields}} for each in offers]
    return {"item": code, "service_items": rows, "passing_on": [{"level": level, "site": site} for level, site in near]}
