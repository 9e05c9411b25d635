"""Questions about the network: who acts, who may do what, and what is where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local_date
from onedoor.kernel.errors import NotAllowed, NotFound
from onedoor.kernel.prepared import Prepared
from onedoor.network import opening, overview
from onedoor.network.models import (
    Agency,
    Authorisation,
    Level,
    OpeningHours,
    Post,
    Posting,
    Region,
    Site,
    SiteKind,
    SpecialDay,
    Window,
)
from onedoor.network.opening import OpenState, Period, Schedule
from onedoor.network.regions import codes_above, digits_of
from onedoor.workdays.queries import calendar


class NotAuthorised(NotAllowed):
    """The post is not authorised for the item, stage and place (S03). Edges record it with ``record_unauthorised``."""

    code = "not_authorised"
    default = _("Your post is not authorised for this step of this item here. The head of the office in charge can give the right.")

    def __init__(self, stage: str, pairs: Collection[tuple[str, UUID]]) -> None:
        super().__init__(None, stage=stage, pairs=sorted(pairs, key=str))
        self.stage = stage
        self.pairs = frozenset(pairs)


class _HasHours(Protocol):
    @property
    def is_open(self) -> bool: ...
    @property
    def hours_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PostRights:
    """A post, the stages of one item it may do, and who holds it."""

    post: Post
    stages: frozenset[str]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostChoice:
    """A post of an office that can be given, and who holds it now."""

    code: str
    name: str
    site: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that an account holds, for choosing the one to act from."""

    posting: UUID
    post: str
    role: str
    agency: str
    site: str
    window: str


def actor_for(account_id: UUID, posting_id: UUID | None = None, client: str = "web", *, at: datetime | None = None) -> Actor:
    """Return the actor of a civil servant at the chosen post, or else the post held longest; one statement.

    Without a post the actor may do nothing. A posting that has ended or belongs to somebody else is passed over.
    """
    held = _held_now.rows(account_id) if at is None else list(_held(account_id, at))
    if not held:
        return Actor(client=client, account=account_id)
    posting = next((each for each in held if each.id == posting_id), held[0])
    post = posting.post
    site_id = posting.site_id or post.site_id
    return Actor(
        client=client,
        account=account_id,
        person=posting.account.person_id,
        posting=posting.id,
        post=post.id,
        agency=post.agency_id,
        site=site_id,
        region=posting.site.region_id if posting.site is not None else post.region,
        level=_level_of(posting),
        label=f"{posting.account.display_name}（{post.name}）",
        duties=frozenset(post.duties),
    )


def posts_of(account_id: UUID, at: datetime | None = None) -> list[HeldPost]:
    """Return the posts that an account holds, the one held longest first."""
    return [
        HeldPost(
            posting=each.id,
            post=each.post.name,
            role=each.post.role,
            agency=each.post.agency.name,
            site=_place_of(each),
            window=each.window.number if each.window else "",
        )
        for each in _held(account_id, at).select_related("post__agency", "post__site", "window", "site")
    ]


def posts_held(account_ids: Collection[UUID], at: datetime | None = None) -> dict[UUID, list[str]]:
    """Return the posts that each account holds now, as their offices call them, in one statement."""
    held = Posting.objects.filter(_running(at or Now()), account__in=account_ids).select_related("post__agency")
    found: dict[UUID, list[str]] = {}
    for posting in held.order_by("starts_at", "id"):
        found.setdefault(posting.account_id, []).append(f"{posting.post.agency.local_name}　{posting.post.name}")
    return found


def postings_of(account_id: UUID, limit: int = 100) -> list[Posting]:
    """Return the postings that an account has or had, those that run first, then the newest. One query."""
    found = Posting.objects.filter(account=account_id).select_related("post__agency", "post__site", "window", "site")
    return list(found.order_by(F("ends_at").desc(nulls_first=True), "-starts_at", "id")[:limit])


def posts_in(agency_id: UUID) -> list[PostChoice]:
    """Return the posts of an office, with who holds each now. Two queries."""
    people: dict[UUID, list[str]] = {}
    held = Posting.objects.filter(_running(Now()), post__agency=agency_id).order_by("starts_at", "id")
    for post, name in held.values_list("post_id", "account__display_name"):
        people.setdefault(post, []).append(name)
    posts = Post.objects.filter(agency=agency_id).select_related("site").order_by("code")
    return [PostChoice(each.code, each.name, each.site.name if each.site else "", tuple(people.get(each.id, ()))) for each in posts]


def windows_at_posts(agency_id: UUID) -> list[Window]:
    """Return the open windows of the places where an office has posts, in the order of their numbers. One query."""
    sites = Post.objects.filter(agency=agency_id, site_id__isnull=False).values("site")
    found = Window.objects.filter(site__in=sites, is_open=True).select_related("site")
    return sorted(found, key=lambda window: (window.site.code, len(window.number), window.number))


def _level_of(posting: Posting) -> str:
    """Return the level of the place where somebody serves, that of the office where the post has none."""
    site = posting.site or posting.post.site
    return posting.post.agency.level if site is None else site.level


def _place_of(posting: Posting) -> str:
    site = posting.site or posting.post.site
    return "" if site is None else site.name


def post_ids_of(account_id: UUID, at: datetime | None = None) -> set[UUID]:
    """Return the keys of the posts that an account holds."""
    return set(Posting.objects.filter(_running(at or Now()), account=account_id).values_list("post_id", flat=True))


def may(actor: Actor, stage: str, item_code: str, agency_id: UUID, at: datetime | None = None) -> bool:
    """Tell whether the actor's post may do ``stage`` of an item for the applications of an agency; now, or at ``at``."""
    return _rights(actor, at).filter(stage=stage, item_code=item_code, agency_id=agency_id).exists()


def stages_of(actor: Actor, item_code: str, agency_id: UUID, at: datetime | None = None) -> frozenset[str]:
    """Return the stages of an item for which the actor's post is authorised in an agency."""
    return frozenset(_rights(actor, at).filter(item_code=item_code, agency_id=agency_id).values_list("stage", flat=True))


def rights_of_postings(
    postings: Collection[UUID], pairs: Collection[tuple[str, UUID]], at: datetime
) -> set[tuple[UUID, str, str, UUID]]:
    """Return what somebody's postings may do at a moment: posting, stage, item and agency, for the pairs asked for. One statement."""
    held = Posting.objects.filter(_running(at), id__in=postings, account__is_active=True)
    rights = Authorisation.objects.filter(
        _running(at), post__postings__in=held, item_code__in={item for item, _agency in pairs},
        agency_id__in={agency for _item, agency in pairs},
    )  # fmt: skip
    return set(rights.values_list("post__postings", "stage", "item_code", "agency_id"))


def works_on(actor: Actor, item_code: str, agency_id: UUID, at: datetime | None = None) -> bool:
    """Tell whether the actor's post works on an item of an agency at any stage, and so may see its applications."""
    return _rights(actor, at).filter(item_code=item_code, agency_id=agency_id).exists()


def require_authorised(actor: Actor, stage: str, pairs: Collection[tuple[str, UUID]], at: datetime) -> None:
    """Let only a post pass that may do ``stage`` of all the items and agencies in ``pairs``; one statement for any number.

    Source: 两集中、两到位 (S03): whoever decides is authorised for the item, the stage and the place.

    :raises NotAuthorised: when a right is missing; it names the pairs.
    """
    wanted = set(pairs)
    missing = wanted - _held_pairs(actor, stage, wanted, at)
    if missing or not wanted:
        raise NotAuthorised(stage, missing)


def authorised(
    actor: Actor, at: datetime | None = None, *, agency: str = "agency_id", item_code: str = "item_code", stage: str = "stage"
) -> Q:
    """Return the condition under which rows lie within the actor's rights; the names are those of the rows' own columns."""
    rights = _rights(actor, at).filter(agency_id=OuterRef(agency), item_code=OuterRef(item_code), stage=OuterRef(stage))
    return Q(Exists(rights))


def works_anywhere(
    actor: Actor, at: datetime | None = None, *, agency: str = "agency_id", item_code: str = "item_code", stage: str = ""
) -> Q:
    """Return the condition under which the actor's post works on the item of a row's office, at any stage or at ``stage``."""
    rights = _rights(actor, at).filter(agency_id=OuterRef(agency), item_code=OuterRef(item_code))
    return Q(Exists(rights.filter(stage=stage) if stage else rights))


def stages_held(actor: Actor, at: datetime | None = None) -> frozenset[str]:
    """Return the stages for which the actor's post is authorised for any item at all."""
    if actor.posting is None or actor.account is None:
        return frozenset()
    if at is None:
        return frozenset(stage for (stage,) in _stages_now.tuples(actor.posting, actor.account))
    return frozenset(_rights(actor, at).order_by("stage").values_list("stage", flat=True).distinct())


def pairs_for(actor: Actor, stage: str, at: datetime | None = None) -> list[tuple[str, UUID]]:
    """Return the items and offices for which the actor's post may do ``stage``."""
    return list(_rights(actor, at).filter(stage=stage).values_list("item_code", "agency_id").distinct())


def holder_of(posting_id: UUID) -> str:
    """Return who stands behind a posting, as colleagues know them: name and post."""
    posting = Posting.objects.filter(id=posting_id).select_related("account", "post").first()
    return "" if posting is None else f"{posting.account.display_name}（{posting.post.name}）"


def account_of(posting_id: UUID) -> UUID | None:
    """Return the account behind a posting."""
    found: UUID | None = Posting.objects.filter(id=posting_id).values_list("account", flat=True).first()
    return found


def accounts_of(posting_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the account behind each posting. One statement."""
    return dict(Posting.objects.filter(id__in=list(posting_ids)).values_list("id", "account"))


def in_charge(wanted: Collection[tuple[str, str, UUID]], at: datetime) -> dict[tuple[str, str, UUID], list[UUID]]:
    """Return who may do a stage of an item for an office at a post of that office itself: accounts by stage, item and office.

    One statement for any number. Clerks who receive for an office elsewhere are not among them.
    """
    stages, items, offices = ({each[place] for each in wanted} for place in range(3))
    rights = Authorisation.objects.filter(
        _running(at), stage__in=stages, item_code__in=items, agency_id__in=offices, post__agency_id=F("agency_id")
    )
    held = Q(post__postings__starts_at__lte=at) & (Q(post__postings__ends_at__isnull=True) | Q(post__postings__ends_at__gt=at))
    rows = rights.filter(held, post__postings__account__is_active=True).order_by("post__postings__id")
    found: dict[tuple[str, str, UUID], list[UUID]] = {}
    for stage, item, office, account in rows.values_list("stage", "item_code", "agency_id", "post__postings__account"):
        found.setdefault((stage, item, office), []).append(account)
    return {key: accounts for key, accounts in found.items() if key in set(wanted)}


def holders_of(duty: str, agency_ids: Collection[UUID], at: datetime) -> dict[UUID, list[UUID]]:
    """Return who holds a post with a general duty at each of some offices: accounts by office. One statement."""
    held = Posting.objects.filter(_running(at), post__agency_id__in=list(agency_ids), post__duties__contains=[duty])
    found: dict[UUID, list[UUID]] = {}
    for office, account in held.filter(account__is_active=True).order_by("id").values_list("post__agency_id", "account"):
        found.setdefault(office, []).append(account)
    return found


def window_of(posting_id: UUID) -> UUID | None:
    """Return the window at which a posting serves, where it serves at one."""
    found: UUID | None = Posting.objects.filter(id=posting_id).values_list("window", flat=True).first()
    return found


def received_items(*, site_id: UUID | None = None, window_id: UUID | None = None, at: datetime | None = None) -> list[str]:
    """Return the codes of the items that are received at a site or at a window, in order."""
    now = at or Now()
    posts = Posting.objects.filter(_running(now))
    rights = Q()
    if window_id is not None:
        rights &= Q(post__in=posts.filter(window=window_id).values("post"))
    if site_id is not None:
        rights &= Q(post__site=site_id) | Q(post__in=posts.filter(site=site_id).values("post"))
    found = Authorisation.objects.filter(rights, _running(now), stage="receive")
    return list(found.order_by("item_code").values_list("item_code", flat=True).distinct())


def open_state(site: _HasHours, now: datetime) -> OpenState:
    """Return whether a site is open, from hours kept for a minute; no statement when warm."""
    if not site.is_open:
        return OpenState(is_open=False, asked_at=now, out_of_service=True)
    schedule = opening.schedules(_schedules).get(site.hours_code, Schedule())
    return opening.state(schedule, calendar(), now)


def main_hall_state(now: datetime) -> OpenState | None:
    """Return whether the city's own hall is open, for the strip above every page."""
    hall = overview.main_hall()
    return None if hall is None else open_state(hall, now)


def week_of(hours_code: str) -> Mapping[int, Sequence[Period]]:
    """Return the periods of each weekday (0 = Monday) of an hours code."""
    return opening.schedules(_schedules).get(hours_code, Schedule()).weekly


def special_days(hours_code: str, since: datetime) -> list[SpecialDay]:
    """Return the special days of an hours code from a moment on, in order."""
    return list(SpecialDay.objects.filter(code=hours_code, date__gte=local_date(since)).order_by("date", "opens"))


def regions_above(code: str) -> list[Region]:
    """Return the region and those it lies in, the city first."""
    return list(Region.objects.filter(code__in=codes_above(code)).order_by("code"))


def region_path(code: str) -> str:
    """Return the names from county down to the region, as in an address: 海港区文化路街道."""
    above = regions_above(code)
    return "".join(region.name for region in (above[1:] or above))


def region_choices(parent: str, on: date | None = None) -> list[tuple[str, str]]:
    """Return code and name of the regions right below ``parent`` that exist (on ``on``), in the order of their codes."""
    found = Region.objects.filter(parent=parent).filter(_existing(on))
    return list(found.order_by("code").values_list("code", "name"))


def agencies(*, level: str | None = None, region: str | None = None) -> QuerySet[Agency]:
    """Return the offices of a level or region that are open, in the order of their codes."""
    found = Agency.objects.filter(is_open=True).select_related("region")
    if level is not None:
        found = found.filter(level=level)
    if region is not None:
        found = found.filter(region=region)
    return found.order_by("code")


def departments() -> QuerySet[Agency]:
    """Return the departments of the city: its offices with a department's code."""
    return agencies(level="city").exclude(department_code="").select_related("site")


def agency_for(code: str) -> Agency:
    """Return an office by its code, or a department of the city by its department's code.

    :raises NotFound: when there is none.
    """
    named = Q(code=code) | Q(department_code=code, level="city")
    found = Agency.objects.filter(named).select_related("region", "site").order_by("code").first()
    if found is None:
        raise NotFound
    return found


def agency_by_id(agency_id: UUID) -> Agency:
    """Return an office by its key.

    :raises NotFound: when there is none.
    """
    found = Agency.objects.filter(id=agency_id).select_related("region", "site").first()
    if found is None:
        raise NotFound
    return found


def agencies_by_code(codes: Collection[str]) -> dict[str, Agency]:
    """Return offices by their codes; one statement for any number."""
    return {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}


def site_for(code: str) -> Site:
    """Return a site by its code.

    :raises NotFound: when there is none.
    """
    found = Site.objects.filter(code=code).select_related("region", "parent").first()
    if found is None:
        raise NotFound
    return found


def site_by_id(site_id: UUID) -> Site | None:
    """Return a site by its id, none where there is none."""
    return Site.objects.filter(id=site_id).first()


def sites_by_code(codes: Collection[str]) -> dict[str, Site]:
    """Return sites by their codes; one statement for any number."""
    return {site.code: site for site in Site.objects.filter(code__in=codes)}


def windows_of(site_id: UUID) -> list[Window]:
    """Return the windows of a site in the order of their numbers."""
    return sorted(Window.objects.filter(site=site_id, is_open=True), key=lambda window: (len(window.number), window.number))


def window_for(site_code: str, number: str) -> Window:
    """Return a window by its site's code and its number.

    :raises NotFound: when there is none.
    """
    found = Window.objects.filter(site__code=site_code, number=number).select_related("site__region").first()
    if found is None:
        raise NotFound
    return found


def window_by_id(window_id: UUID) -> Window:
    """Return a window with its site by its id.

    :raises NotFound: when there is none.
    """
    found = Window.objects.filter(id=window_id).select_related("site").first()
    if found is None:
        raise NotFound
    return found


def people_at(window_id: UUID, at: datetime | None = None) -> list[Posting]:
    """Return who serves at a window now, with post and office, for the sign that shows it."""
    found = Posting.objects.filter(_running(at or Now()), window=window_id)
    return list(found.select_related("account", "post__agency").order_by("starts_at", "id"))


def sites_offering(
    item_code: str, *, agency_ids: Collection[UUID] | None = None, region: str | None = None, limit: int = 200
) -> list[Site]:
    """Return the sites at which somebody is authorised to receive an item, the city's first.

    ``region`` keeps the sites inside it, ``agency_ids`` those that receive for these offices.
    """
    rights = Authorisation.objects.filter(_running(Now()), stage="receive", item_code=item_code)
    if agency_ids is not None:
        rights = rights.filter(agency_id__in=agency_ids)
    posts = rights.values("post")
    people = Posting.objects.filter(_running(Now()), site_id__isnull=False, post__in=posts)
    at_posts = Q(id__in=Post.objects.filter(id__in=posts, site_id__isnull=False).values("site"))
    found = Site.objects.filter(at_posts | Q(id__in=people.values("site")), is_open=True).select_related("region")
    if region is not None:
        found = found.filter(region__code__startswith=digits_of(region))
    order = Case(*(When(level=level, then=Value(place)) for place, level in enumerate(Level.values)), output_field=IntegerField())
    return list(found.order_by(order, "code")[:limit])


def authorised_posts(agency_id: UUID, item_code: str) -> list[PostRights]:
    """Return the posts that work or could work on an item of an office, with the stages each may do now.

    These are the office's own posts and those of others that have a right to one of its items, as general windows do.
    """
    now = Now()
    elsewhere = Authorisation.objects.filter(_running(now), agency=agency_id).values("post")
    posts = Post.objects.filter(Q(agency=agency_id) | Q(id__in=elsewhere)).select_related("agency", "site").order_by("code")
    rights: dict[UUID, set[str]] = {}
    held = Authorisation.objects.filter(_running(now), agency=agency_id, item_code=item_code)
    for post, stage in held.values_list("post_id", "stage"):
        rights.setdefault(post, set()).add(stage)
    people: dict[UUID, list[str]] = {}
    for post, name in Posting.objects.filter(_running(now), post__in=posts).values_list("post_id", "account__display_name"):
        people.setdefault(post, []).append(name)
    return [PostRights(post, frozenset(rights.get(post.id, ())), tuple(people.get(post.id, ()))) for post in posts]


def items_with_rights(agency_id: UUID) -> list[str]:
    """Return the codes of the items of an office for which some post has a right now."""
    found = Authorisation.objects.filter(_running(Now()), agency=agency_id)
    return list(found.order_by("item_code").values_list("item_code", flat=True).distinct())


def _held(account_id: UUID, at: datetime | None) -> QuerySet[Posting]:
    found = Posting.objects.filter(_running(at or Now()), account=account_id, account__is_active=True)
    return found.select_related("post__agency", "post__site", "account", "site").order_by("starts_at", "id")


def _rights(actor: Actor, at: datetime | None) -> QuerySet[Authorisation]:
    """Return the rights that the actor's posting gives; it must run itself and belong to the account that acts."""
    if actor.posting is None or actor.account is None:
        return Authorisation.objects.none()
    return _rights_of(actor.posting, actor.account, at or Now())


def _rights_of(posting: UUID, account: UUID, now: datetime | Now) -> QuerySet[Authorisation]:
    posts = Posting.objects.filter(_running(now), id=posting, account=account).values("post")
    return Authorisation.objects.filter(_running(now), post__in=posts)


_held_now = Prepared(lambda account: _held(account, None), UUID(int=1))
_stages_now = Prepared(
    lambda posting, account: _rights_of(posting, account, Now()).order_by("stage").values_list("stage").distinct(),
    UUID(int=1), UUID(int=2),
)  # fmt: skip
_right = Prepared(
    lambda posting, account, stage, item, agency, at: _rights_of(posting, account, at).filter(
        stage=stage, item_code=item, agency_id=agency
    ),
    UUID(int=1), UUID(int=2), "stage", "item", UUID(int=3), datetime.min.replace(tzinfo=UTC),
)  # fmt: skip


def _held_pairs(actor: Actor, stage: str, wanted: set[tuple[str, UUID]], at: datetime) -> set[tuple[str, UUID]]:
    """Return those of the pairs for which the actor's post may do ``stage``, and perhaps others."""
    if len(wanted) == 1 and actor.posting is not None and actor.account is not None:
        ((item, agency),) = wanted
        return wanted if _right.rows(actor.posting, actor.account, stage, item, agency, at) else set()
    rights = _rights(actor, at).filter(
        stage=stage, item_code__in={item for item, _agency in wanted}, agency_id__in={agency for _item, agency in wanted}
    )
    return set(rights.values_list("item_code", "agency_id"))


def _running(now: datetime | Now) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def _existing(on: date | None) -> Q:
    if on is None:
        return Q(valid_to__isnull=True)
    return (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _schedules() -> dict[str, Schedule]:
    """Return the hours of all codes: weekly ones, and special days from some days ago on; two statements."""
    weekly: dict[str, dict[int, list[Period]]] = {}
    for hours in OpeningHours.objects.order_by("code", "weekday", "opens"):
        weekly.setdefault(hours.code, {}).setdefault(hours.weekday, []).append(
            Period(hours.opens, hours.closes, hours.by_appointment)
        )
    special: dict[str, dict[date, list[Period]]] = {}
    for day in SpecialDay.objects.order_by("code", "date", "opens"):
        periods = special.setdefault(day.code, {}).setdefault(day.date, [])
        if day.opens is not None and day.closes is not None:
            periods.append(Period(day.opens, day.closes, day.by_appointment))
    return {code: Schedule(weekly.get(code, {}), special.get(code, {})) for code in weekly.keys() | special.keys()}


def region_tree(root: str) -> list[tuple[str, str]]:
    """Return the counties and townships below a city as choices, each with the name of its county before it; kept in the process."""
    found = _region_tree(root)
    if not found:
        _region_tree.cache_clear()  # a house that is still being furnished
    return list(found)


@lru_cache(maxsize=8)
def _region_tree(root: str) -> tuple[tuple[str, str], ...]:
    rows = Region.objects.filter(code__startswith=root[:4], level__in=[Level.COUNTY, Level.TOWNSHIP], valid_to__isnull=True)
    names = dict(rows.order_by("code").values_list("code", "name"))
    return tuple(
        (code, name if code.endswith("000000") else f"{names.get(code[:6] + '000000', '')}{name}") for code, name in names.items()
    )


def root_region() -> str:
    """Return the code of the city itself, empty in a house that is still being furnished; kept in the process."""
    found = _root_region()
    if not found:
        _root_region.cache_clear()
    return found


@lru_cache(maxsize=1)
def _root_region() -> str:
    return (
        Region.objects.filter(level=Level.CITY, parent__isnull=True).order_by("code").values_list("code", flat=True).first() or ""
    )


def sites_for(region: str, levels: Collection[str]) -> list[Site]:
    """Return the places of some levels for who lives in a region: those of the region itself and of what it lies in, lowest first.

    One statement.
    """
    found = Site.objects.filter(region__in=codes_above(region), level__in=levels, is_open=True).exclude(kind=SiteKind.BRANCH)
    return list(found.order_by("-region_id", "code"))
