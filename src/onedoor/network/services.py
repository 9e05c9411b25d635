"""Acts that build the network: places, offices, posts, people in posts, and their rights.

The acts take lists and use one statement for each table. What a trigger keeps of earlier versions names the actor.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onedoor.journal import services as journal
from onedoor.journal.acts import Act
from onedoor.journal.services import Record
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import AlreadyDone, NotAllowed, NotFound, WrongState
from onedoor.kernel.history import changed_by
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject
from onedoor.network import acts, opening
from onedoor.network.entries import (
    NewAgency,
    NewAuthorisation,
    NewHours,
    NewPost,
    NewPosting,
    NewRegion,
    NewSite,
    NewSpecialDay,
    NewWindow,
)
from onedoor.network.models import Agency, Authorisation, OpeningHours, Post, Posting, Region, Site, SpecialDay, Window
from onedoor.network.permissions import keeps_network, powers_of, require_authoriser, require_manager

M = TypeVar("M", bound=models.Model)
ONE_BY_ONE = 200
BATCH = 2000


class AlreadyThere(AlreadyDone):
    """A code, number or right of this kind is already in use."""

    code = "already_there"
    default = _("One of these is already there. Load the page again to see how it stands.")


class OwnPost(NotAllowed):
    """Nobody gives rights to a post that he holds himself."""

    code = "own_post"
    default = _("You hold this post yourself, so somebody else has to give it this right.")


class OwnAccount(NotAllowed):
    """Nobody gives himself a post or takes one of his own away."""

    code = "own_account"
    default = _("This is your own account, so somebody else has to change its posts.")


class SeparatedDuties(NotAllowed):
    """System, security and audit are never in one hand (domain.md 9.1)."""

    code = "separated_duties"
    default = _("Running the system, keeping the accounts and auditing are never in one hand. Please choose somebody else.")


@transaction.atomic(savepoint=False)
def create_regions(regions: Sequence[NewRegion], *, by: Actor, at: datetime) -> None:
    """Enter regions by their twelve digits.

    :raises NotAllowed: when the actor does not keep the network.
    :raises AlreadyThere: when a code is in use.
    """
    require_manager(by)
    rows = [
        Region(code=r.code, name=r.name, level=r.level, parent_id=r.parent, valid_from=r.valid_from, valid_to=r.valid_to)
        for r in regions
    ]
    _insert(Region, rows)
    facts = {"count": len(rows), "codes": [row.code for row in rows[:ONE_BY_ONE]]}
    journal.record(acts.ENTER_REGIONS, subject=Subject("network.regions", by.request), by=by, at=at, facts=facts)


@transaction.atomic(savepoint=False)
def create_sites(sites: Sequence[NewSite], *, by: Actor, at: datetime) -> dict[str, UUID]:
    """Enter places of service and return their keys by code.

    :raises NotAllowed: when the actor does not keep the network.
    :raises NotFound: when a parent is unknown.
    :raises AlreadyThere: when a code is in use.
    """
    require_manager(by)
    keys = _keys_of(Site, {s.parent for s in sites if s.parent} - {s.code for s in sites})
    rows = []
    for s in sites:
        row = Site(
            code=s.code, name=s.name, kind=s.kind, level=s.level, region_id=s.region, address=s.address, latitude=s.latitude,
            longitude=s.longitude, phone=s.phone, after_hours_contact=s.after_hours_contact, hours_code=s.hours_code,
            facilities=list(s.facilities), parent_id=_key(keys, s.parent),
        )  # fmt: skip
        keys[s.code] = row.id
        rows.append(row)
    _insert(Site, rows)
    _record(acts.OPEN_SITES, "network.site", {row.id: {"code": row.code} for row in rows}, by=by, at=at)
    return {row.code: row.id for row in rows}


@transaction.atomic(savepoint=False)
def create_agencies(agencies: Sequence[NewAgency], *, by: Actor, at: datetime) -> dict[str, UUID]:
    """Enter offices and return their keys by code.

    :raises NotAllowed: when the actor does not keep the network.
    :raises NotFound: when the place of a section is unknown.
    :raises AlreadyThere: when a code, or a department's code in its region, is in use.
    """
    require_manager(by)
    sites = _keys_of(Site, {a.site for a in agencies if a.site})
    rows = [
        Agency(
            code=a.code, name=a.name, name_en=a.name_en, short_name=a.short_name, credit_code=a.credit_code, nature=a.nature, level=a.level,
            region_id=a.region, department_code=a.department_code, site_id=_key(sites, a.site), section=a.section, remit=a.remit,
            paper_word=a.paper_word, phone=a.phone, complaint_phone=a.complaint_phone,
        )
        for a in agencies
    ]  # fmt: skip
    _insert(Agency, rows)
    _record(acts.OPEN_AGENCIES, "network.agency", {row.id: {"code": row.code, "name": row.name} for row in rows}, by=by, at=at)
    return {row.code: row.id for row in rows}


@transaction.atomic(savepoint=False)
def set_hours(hours: Sequence[NewHours], special: Sequence[NewSpecialDay] = (), *, by: Actor, at: datetime) -> None:
    """Replace the weekly hours of the codes named, and enter or replace their special days.

    :raises NotAllowed: when the actor does not keep the network.
    """
    require_manager(by)
    OpeningHours.objects.filter(code__in={h.code for h in hours}).delete()
    weekly = [
        OpeningHours(code=h.code, weekday=h.weekday, opens=h.opens, closes=h.closes, by_appointment=h.by_appointment) for h in hours
    ]
    _insert(OpeningHours, weekly)
    replaced = Q(pk__in=[])
    for code, day in {(s.code, s.date) for s in special}:
        replaced |= Q(code=code, date=day)
    SpecialDay.objects.filter(replaced).delete()
    _insert(
        SpecialDay,
        [
            SpecialDay(code=s.code, date=s.date, opens=s.opens, closes=s.closes, by_appointment=s.by_appointment, reason=s.reason)
            for s in special
        ],
    )
    opening.forget()
    codes = sorted({h.code for h in hours} | {s.code for s in special})
    facts = {"codes": codes, "special_days": sorted({s.date.isoformat() for s in special})}
    journal.record(acts.SET_HOURS, subject=Subject("network.hours", by.request), by=by, at=at, facts=facts)


@transaction.atomic(savepoint=False)
def create_windows(windows: Sequence[NewWindow], *, by: Actor, at: datetime) -> dict[tuple[str, str], UUID]:
    """Enter windows and return their keys by site code and number.

    :raises NotAllowed: when the actor does not keep the network.
    :raises NotFound: when a site is unknown.
    :raises AlreadyThere: when a number is in use at its site.
    """
    require_manager(by)
    sites = _keys_of(Site, {w.site for w in windows})
    rows = {
        (w.site, w.number): Window(site_id=sites[w.site], number=w.number, name=w.name, name_en=w.name_en, kind=w.kind)
        for w in windows
    }
    _insert(Window, list(rows.values()))
    told = {row.id: {"site": site, "number": number} for (site, number), row in rows.items()}
    _record(acts.OPEN_WINDOWS, "network.window", told, by=by, at=at)
    return {place: row.id for place, row in rows.items()}


@transaction.atomic(savepoint=False)
def create_posts(posts: Sequence[NewPost], *, by: Actor, at: datetime) -> dict[str, UUID]:
    """Create posts and return their keys by code.

    :raises NotAllowed: when the actor does not keep the network.
    :raises NotFound: when an office or place is unknown.
    :raises SeparatedDuties: when a post would have two of the three separated powers.
    :raises AlreadyThere: when a code is in use.
    """
    require_manager(by)
    if any(len(powers_of(p.duties)) > 1 for p in posts):
        raise SeparatedDuties
    agencies = {a.code: a for a in Agency.objects.filter(code__in={p.agency for p in posts}).only("code", "region_id")}
    sites = _keys_of(Site, {p.site for p in posts if p.site})
    rows = []
    for p in posts:
        if p.agency not in agencies:
            raise NotFound(_("There is no office %(code)s.") % {"code": p.agency})
        agency = agencies[p.agency]
        rows.append(
            Post(
                code=p.code, name=p.name, agency_id=agency.id, site_id=_key(sites, p.site), region=p.region or agency.region_id,
                role=p.role, duties=list(p.duties),
            )
        )  # fmt: skip
    _insert(Post, rows)
    _record(acts.CREATE_POSTS, "network.post", {row.id: {"code": row.code, "role": row.role} for row in rows}, by=by, at=at)
    return {row.code: row.id for row in rows}


@transaction.atomic(savepoint=False)
def post_people(postings: Sequence[NewPosting], *, by: Actor, at: datetime) -> list[UUID]:
    """Give people their posts and return the keys of the postings, in the order of the list.

    :raises NotAllowed: when the actor does not keep the network.
    :raises NotFound: when a post or place is unknown.
    :raises SeparatedDuties: when somebody would hold two of the three separated powers at one time.
    :raises AlreadyThere: when somebody already holds the post.
    """
    require_manager(by)
    posts = _keys_of(Post, {p.post for p in postings})
    _require_separated(postings, at=at)
    sites = _keys_of(Site, {p.site for p in postings if p.site})
    rows = [
        Posting(
            account_id=p.account, post_id=posts[p.post], window_id=p.window, site_id=_key(sites, p.site),
            starts_at=p.starts_at or at, ends_at=p.ends_at,
        )
        for p in postings
    ]  # fmt: skip
    _insert(Posting, rows)
    told = {row.id: {"post": str(row.post_id), "account": str(row.account_id)} for row in rows}
    _record(acts.POST_PEOPLE, "network.posting", told, by=by, at=at)
    return [row.id for row in rows]


@transaction.atomic(durable=True)
def give_post(*, posting: NewPosting, by: Actor, at: datetime) -> UUID:
    """Give one person a post and return the key of the posting; refuses as ``post_people`` does, nobody's own account.

    :raises OwnAccount: when the actor would give himself a post.
    """
    if by.account == posting.account:
        raise OwnAccount
    return post_people([posting], by=by, at=at)[0]


@transaction.atomic(durable=True)
def end_posting(*, posting: UUID, by: Actor, at: datetime) -> None:
    """End somebody's time in a post; the rights stay with the post.

    :raises NotAllowed: when the actor does not keep the network.
    :raises OwnAccount: when it is the actor's own.
    :raises WrongState: when the posting has ended before or does not exist.
    """
    require_manager(by)
    if by.account is not None and Posting.objects.filter(id=posting, account_id=by.account).exists():
        raise OwnAccount
    changed_by(by)
    if not Posting.objects.filter(id=posting, ends_at__isnull=True).update(ends_at=at):
        raise WrongState(_("This person does not hold the post any more."))
    journal.record(acts.END_POSTING, subject=Subject("network.posting", posting), by=by, at=at)


# One statement for tens of thousands of rights, without a row of Python for each.
_GRANT = """
INSERT INTO network_authorisation (id, post_id, agency_id, item_code, stage, starts_at, ends_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
"""


@transaction.atomic(savepoint=False)
def grant_authorisations(rights: Sequence[NewAuthorisation], *, by: Actor, at: datetime) -> list[UUID]:
    """Give posts their rights to items and stages (S03) and return the keys, in the order of the list.

    :raises NotAllowed: when the actor is neither head of the office nor keeps the network.
    :raises NotFound: when a post is unknown.
    :raises OwnPost: when the actor holds one of the posts.
    :raises AlreadyThere: when a post has one of the rights.
    """
    require_authoriser(by, {right.agency for right in rights})
    _require_within_reach(rights, by=by)
    _require_not_own({right.post for right in rights}, by=by, at=at)
    keys = [new_id() for _right in rights]
    with _unless_there(), connection.cursor() as cursor:
        columns = [[getattr(right, name) for right in rights] for name in ("post", "agency", "item_code", "stage")]
        cursor.execute(_GRANT, [keys, *columns, [right.starts_at or at for right in rights], [right.ends_at for right in rights]])
    _record_rights(acts.GRANT, [(each.agency, each.post, each.item_code, each.stage) for each in rights], by=by, at=at)
    return keys


@transaction.atomic(savepoint=False)
def withdraw_authorisations(authorisations: Collection[UUID], *, by: Actor, at: datetime) -> None:
    """Withdraw rights from ``at`` on; what was done before stays done.

    :raises NotAllowed: when the actor is neither head of the office nor keeps the network.
    :raises WrongState: when one of them was withdrawn before or does not exist.
    """
    rows = list(Authorisation.objects.select_for_update().filter(id__in=authorisations, ends_at__isnull=True).order_by("id"))
    require_authoriser(by, {row.agency_id for row in rows})
    if len(rows) != len(set(authorisations)):
        raise WrongState(_("One of these rights was withdrawn before. Load the page again to see how it stands."))
    changed_by(by)
    Authorisation.objects.filter(id__in=[row.id for row in rows]).update(ends_at=at)
    told = [(row.agency_id, row.post_id, row.item_code, row.stage) for row in rows]
    _record_rights(acts.WITHDRAW, told, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_authorisation(*, authorisation: UUID, by: Actor, at: datetime) -> None:
    """Withdraw one right from ``at`` on; refuses as ``withdraw_authorisations`` does."""
    withdraw_authorisations([authorisation], by=by, at=at)


@transaction.atomic(durable=True)
def change_authorisations(
    *,
    agency: UUID,
    item_code: str,
    grant: Collection[tuple[UUID, str]],
    withdraw: Collection[tuple[UUID, str]],
    by: Actor,
    at: datetime,
) -> None:
    """Give and withdraw rights to one item of one office in one go, each as post and stage.

    :raises NotAllowed: when the actor is neither head of the office nor keeps the network.
    :raises OwnPost: when the actor holds a post that would be given a right.
    :raises WrongState: when somebody else withdrew one of the rights meanwhile.
    :raises AlreadyThere: when somebody else gave one of the rights meanwhile.
    """
    require_authoriser(by, {agency})
    if withdraw:
        held = Authorisation.objects.filter(
            agency_id=agency, item_code=item_code, ends_at__isnull=True, post_id__in=_first(withdraw)
        )
        keys = {(post, stage): key for key, post, stage in held.values_list("id", "post_id", "stage")}
        if not set(withdraw) <= keys.keys():
            raise WrongState
        withdraw_authorisations([keys[pair] for pair in withdraw], by=by, at=at)
    if grant:
        rights = [NewAuthorisation(post, agency, item_code, stage) for post, stage in sorted(grant)]
        grant_authorisations(rights, by=by, at=at)


def record_unauthorised(
    *, subject: Subject, stage: str, pairs: Iterable[tuple[str, UUID]], by: Actor, at: datetime, reason: str = ""
) -> None:
    """Record that somebody without authority was refused, in a transaction of its own, after the act has rolled back (S03)."""
    told = "; ".join(f"{item} {agency}" for item, agency in sorted(pairs, key=str))
    journal.record_refusal(acts.UNAUTHORISED, subject=subject, by=by, at=at, reason=f"{stage}: {told} {reason}".strip())


def _insert(model: type[M], rows: Sequence[M]) -> None:
    with _unless_there():
        model._default_manager.bulk_create(rows, batch_size=BATCH)  # noqa: SLF001 - how generic code reaches a manager


@contextmanager
def _unless_there() -> Iterator[None]:
    """Tell people so when one of the rows that a block writes is there already."""
    try:
        yield
    except IntegrityError as error:
        if "already exists" not in str(error):
            raise
        raise AlreadyThere from error


def _keys_of(model: type[Any], codes: set[str] | set[str | None]) -> dict[str, UUID]:
    """Return the keys of rows by code.

    :raises NotFound: when there is no row of one of the codes.
    """
    found: dict[str, UUID] = dict(model.objects.filter(code__in=codes).values_list("code", "id")) if codes else {}
    missing = sorted(str(code) for code in codes if code not in found)
    if missing:
        raise NotFound(_("Unknown: %(codes)s.") % {"codes": ", ".join(missing)})
    return found


def _key(keys: Mapping[str, UUID], code: str | None) -> UUID | None:
    return None if code is None else keys[code]


def _first(pairs: Iterable[tuple[UUID, str]]) -> set[UUID]:
    return {first for first, _second in pairs}


def _require_within_reach(rights: Sequence[NewAuthorisation], *, by: Actor) -> None:
    """Let a head give rights to posts of the own office, and to those elsewhere that the centre has let work for it before."""
    offices = dict(Post.objects.filter(id__in={right.post for right in rights}).values_list("id", "agency_id"))
    if any(right.post not in offices for right in rights):
        raise NotFound
    elsewhere = {(right.post, right.agency) for right in rights if offices[right.post] != right.agency}
    if not elsewhere or keeps_network(by):
        return
    held = Authorisation.objects.filter(post__in={post for post, _agency in elsewhere}, ends_at__isnull=True)
    if not elsewhere <= set(held.values_list("post_id", "agency_id")):
        raise NotAllowed(_("Only the centre lets posts of another office work on your applications."))


def _require_separated(postings: Sequence[NewPosting], *, at: datetime) -> None:
    """Keep system, security and audit in three hands; costs nothing where no posting touches them.

    All who give such posts wait for each other: two of them could otherwise give one person two powers at once.
    """
    codes = {p.post for p in postings}
    powers = {code: powers_of(duties) for code, duties in Post.objects.filter(code__in=codes).values_list("code", "duties")}
    touched = [p for p in postings if powers.get(p.post)]
    if not touched:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('network.separated_duties'))")
    accounts = {p.account for p in touched}
    still = Posting.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), account_id__in=accounts)
    held = list(still.values_list("account_id", "post__duties", "starts_at", "ends_at"))
    times = [(account, powers_of(duties), starts, ends) for account, duties, starts, ends in held]
    for p in touched:
        starts = p.starts_at or at
        for account, others, other_starts, other_ends in times:
            if account == p.account and others - powers[p.post] and _overlap(starts, p.ends_at, other_starts, other_ends):
                raise SeparatedDuties
        times.append((p.account, powers[p.post], starts, p.ends_at))


def _overlap(start: datetime, end: datetime | None, other_start: datetime, other_end: datetime | None) -> bool:
    return (other_end is None or start < other_end) and (end is None or other_start < end)


def _require_not_own(posts: set[UUID], *, by: Actor, at: datetime) -> None:
    if by.account is None:
        return
    held = Posting.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), account_id=by.account, post_id__in=posts)
    if held.exists():
        raise OwnPost


def _record(act: Act, kind: str, told: Mapping[UUID, Mapping[str, Any]], *, by: Actor, at: datetime) -> None:
    """Record one entry for each row, or one for a load of very many."""
    if len(told) > ONE_BY_ONE:
        journal.record(act, subject=Subject(kind, by.request), by=by, at=at, facts={"count": len(told)})
        return
    journal.record_many(act, [Record(Subject(kind, key), facts=dict(facts)) for key, facts in told.items()], by=by, at=at)


def _record_rights(act: Act, rights: Iterable[tuple[UUID, UUID, str, str]], *, by: Actor, at: datetime) -> None:
    """Record rights, each as office, post, item and stage: one entry for each office; above ``ONE_BY_ONE`` it tells how many."""
    by_agency: dict[UUID, list[list[str]]] = {}
    for agency, post, item_code, stage in rights:
        by_agency.setdefault(agency, []).append([str(post), item_code, stage])
    records = []
    for agency, theirs in by_agency.items():
        facts: dict[str, Any] = {"count": len(theirs)}
        if len(theirs) <= ONE_BY_ONE:
            facts["rights"] = theirs
        records.append(Record(Subject("network.agency", agency), facts=facts))
    journal.record_many(act, records, by=by, at=at)
