"""Builds the sample city in an empty database, through the acts, so that its journal and limits are as real as in use."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from onedoor.catalog import queries as catalog
from onedoor.kernel import jobs
from onedoor.kernel.actor import Actor
from onedoor.kernel.clock import local
from onedoor.sample import accounts, applicants, catalogue, offices, rights, services, staff
from onedoor.sample.cases import Cases
from onedoor.sample.catalogue import implementing
from onedoor.sample.office_time import OfficeTime
from onedoor.sample.reviewing import lay_reviews
from onedoor.sample.sources import Scale, Source, read
from onedoor.sample.walks import Crew
from onedoor.workdays.services import seed_calendar

HOUSE = Actor(
    client="system:sample",
    label="示例城市",
    duties=frozenset({"network.manage", "catalog.publish", "people.manage_accounts", "workdays.enter_notice"}),
)
FOUNDED_DAYS_AGO = 200
Progress = Callable[[str], None]


@dataclass(slots=True)
class City:
    """What was made, for whoever goes on with it."""

    source: Source
    founded: datetime
    agencies: dict[str, UUID]
    windows: dict[tuple[str, str], UUID]
    staff: staff.Staff


def build(progress: Progress, *, scale: Scale | None = None, now: datetime | None = None) -> City:
    """Build the city; what an interrupted run left is cleared away first.

    :raises HoldsData: when the database holds anything else.
    """
    began = time.monotonic()
    services.clear_half_built()
    services.begin_city(at=now or timezone.now())
    _trade_safety_for_speed()
    source = read(scale or Scale())
    known = accounts.new_secrets(source)
    city = found(source, known, now=now or timezone.now(), progress=progress)
    live(city, known, now=now or timezone.now(), progress=progress)
    services.finish_city(at=now or timezone.now())
    progress(f"The sample city stands after {time.monotonic() - began:.0f} s.")
    return city


def found(source: Source, known: accounts.Secrets, *, now: datetime, progress: Progress) -> City:
    """Make calendar, places, offices, items, posts, people and rights, as of some months ago."""
    at = local(now - timedelta(days=FOUNDED_DAYS_AGO)).replace(hour=9, minute=0, second=0, microsecond=0)
    seed_calendar(by=HOUSE, at=at)
    progress(f"  {len(list(source.places)) + 5} places with their windows and offices …")
    windows = offices.make_places(source, by=HOUSE, at=at)
    agencies = offices.agencies(source)
    keys = offices.make_agencies(agencies, by=HOUSE, at=at)
    progress("  the catalogue, its guides and who implements what …")
    catalogue.make_catalogue(source, agencies, keys, by=HOUSE, at=at)
    catalogue.make_short_codes([*keys.values()], [*windows.values()], by=HOUSE, at=at)
    progress("  posts, people and their rights …")
    people = staff.make_posts(source, by=HOUSE, at=at)
    staff.make_people(source, people, windows, known.officials, since=at, by=HOUSE, at=now)
    granted = rights.grant_all(source, people.posts, keys, by=HOUSE, at=at)
    progress(f"  {granted:,} rights given to {len(people.posts):,} posts …")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what comes now asks these tables thousands of times, and nobody has counted them yet
    return City(source, at, keys, windows, people)


def live(city: City, known: accounts.Secrets, *, now: datetime, progress: Progress) -> None:
    """Let citizens come and apply, up to now."""
    source, scale = city.source, city.source.scale
    progress("  citizens, organisations and their applications …")
    people = applicants.make_people(known.citizens, by=HOUSE, at=city.founded, size=scale.citizens, shops=scale.shops)
    crew = Crew(city.staff.accounts, city.staff.windows)
    by_key = {key: code for code, key in city.agencies.items()}
    offers = {(by_key[agency], item): key for (agency, item), key in catalog.service_item_keys([*by_key]).items()}
    accounts.open_demo(city.staff, people, source, known, by=HOUSE, at=now)
    made = Cases(source, offers, people, crew, OfficeTime(now), implementing(source))
    with jobs.queued_together():  # nobody works before the city stands
        made.by_the_clock()
        made.walk_ins(scale.walk_ins)
        made.shops()
        made.commitments(scale.finished)
        made.open_work()
        made.with_time()
        lay_reviews(made)
        made.of_demo_citizen()  # last, because the newest papers are sealed first


def _trade_safety_for_speed() -> None:
    """Let commits of this session return before they are on disk: a city lost half-way is made again anyway."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
