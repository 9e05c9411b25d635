"""Commands on the calendar. ``due`` answers from the release's calendar where no database runs, and loads no Django."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from onedoor.workdays.calendars import OfficeHours, WorkCalendar

UNITS = ("working-days", "natural-days", "months", "years", "working-hours", "hours")
HOURS = "08:30-12:00,13:30-17:30"
CONNECT_SECONDS = 2


class OneLine(argparse.ArgumentParser):
    """A parser that says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``onedoor calendar``."""
    calendar = subparsers.add_parser("calendar", help="working days: when a limit ends, and the State Council's notices")
    acts = calendar.add_subparsers(required=True, metavar="ACT", parser_class=OneLine)
    due = acts.add_parser("due", help="print when a limit ends")
    due.add_argument("start", metavar="DATE", type=_moment, help="day of the starting event, as 2026-02-13 or 2026-09-30T16:30")
    due.add_argument("length", metavar="N", type=_count, help="length of the limit")
    due.add_argument("--unit", choices=UNITS, default=UNITS[0])
    due.add_argument("--pause", metavar=("FROM", "TO"), nargs=2, type=_moment, action="append", default=[], help="does not count")
    due.add_argument("--extend", metavar="N", type=_count, action="append", default=[], help="the one extension, in the same unit")
    due.set_defaults(run=_due, needs="nothing")
    notice = acts.add_parser("notice", help="enter the State Council's notice and compute running limits anew")
    notice.add_argument("file", metavar="FILE", help="text of the notice; - reads standard input")
    notice.add_argument("--dry-run", action="store_true", help="only say what would change")
    notice.set_defaults(run=_notice, needs="database")
    acts.add_parser("seed", help="lay the release's calendar down in the database").set_defaults(run=_seed, needs="database")
    acts.add_parser("recompute", help="compute all running limits anew").set_defaults(run=_recompute, needs="database")


def _moment(text: str) -> tuple[datetime, bool]:
    """Return a local moment and whether the time of day was given."""
    from onedoor.kernel.clock import SHANGHAI

    try:
        moment = datetime.fromisoformat(text)
        with_time = not _is_date(text)
    except ValueError:
        message = f"{text!r} is no date; write 2026-02-13, or 2026-09-30T16:30 for hours"
        raise argparse.ArgumentTypeError(message) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)), with_time


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _count(text: str) -> int:
    if not text.isdecimal():
        message = f"{text!r} is no length; write a whole number, 0 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _due(chosen: argparse.Namespace) -> int:
    from onedoor.workdays.arithmetic import OutOfReach, OverlappingPauses, Pause, Unit, due

    moments = [chosen.start, *(each for pause in chosen.pause for each in pause)]
    unit = Unit(chosen.unit)
    if unit.counts_hours and not all(with_time for _, with_time in moments):
        return _wrong("hours run from a moment: give dates with a time, as 2026-09-30T16:30")
    if len(chosen.extend) > 1:
        return _wrong("a limit is extended once at most")
    try:
        calendar = _calendar()
        pauses = [Pause(start, end) for (start, _), (end, _) in chosen.pause]
        found = due(calendar, unit, chosen.length, chosen.start[0], pauses=pauses, extension=sum(chosen.extend))
    except OverlappingPauses:
        return _wrong("each pause must end after it starts, and pauses may not overlap")
    except OutOfReach:
        return _wrong("the limit must lie between the years 1950 and 2199")
    print(found.moment.isoformat(timespec="seconds"), "confirmed" if found.confirmed else f"provisional ({found.reason})")
    return 0


def _wrong(message: str) -> int:
    print(f"onedoor calendar due: {message}", file=sys.stderr)
    return 2


def _calendar() -> WorkCalendar:
    """Return the calendar of the database when one answers at once, else the release's."""
    from onedoor.workdays.calendars import OfficeHours
    from onedoor.workdays.release import release_calendar

    office = OfficeHours.parse(os.environ.get("ONEDOOR_OFFICE_HOURS", HOURS))
    if not os.environ.get("ONEDOOR_DATABASE_URL") and not Path(os.environ.get("ONEDOOR_DATA", "var")).exists():
        return release_calendar(office)
    try:
        return _database_calendar(office)
    except OSError as error:
        print(f"No database answers, so the calendar of the release is used. ({str(error).splitlines()[0]})", file=sys.stderr)
        return release_calendar(office)


def _database_calendar(office: OfficeHours) -> WorkCalendar:
    """Read the entered notices without loading the rooms.

    :raises OSError: when no database answers, or it has no such tables yet.
    """
    import psycopg
    from django.conf import settings
    from psycopg.conninfo import make_conninfo

    from onedoor.workdays.release import OFFICIAL, release_calendar, with_notices

    database: dict[str, Any] = settings.DATABASES["default"]
    parts = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    address = make_conninfo(
        "", **{name: str(database[key]) for name, key in parts.items() if database.get(key)}, **database["OPTIONS"]
    )
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            notices = connection.execute("SELECT number, year, source FROM workdays_notice").fetchall()
            days = connection.execute("SELECT date, kind, name FROM workdays_calendarday WHERE source = %s", [OFFICIAL]).fetchall()
    except psycopg.Error as error:
        raise OSError(str(error) or type(error).__name__) from error
    return with_notices(release_calendar(office), notices, days)


@contextmanager
def _refusals() -> Iterator[None]:
    """End with the refusal's one line."""
    from onedoor.kernel.errors import Refused

    try:
        yield
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        raise SystemExit(2 if refusal.http_status == 422 else 1) from refusal


def _notice(chosen: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from onedoor.kernel.actor import system_actor
    from onedoor.workdays.services import enter_notice, preview_notice
    from onedoor.workdays.states import DAY_KINDS

    try:
        text = sys.stdin.read() if chosen.file == "-" else Path(chosen.file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        print(f"onedoor calendar notice: {error}", file=sys.stderr)
        return 2
    with _refusals():
        outcome = preview_notice(text) if chosen.dry_run else enter_notice(text=text, by=system_actor("cli"), at=timezone.now())
    for each in outcome.changes:
        print(each.date.isoformat(), DAY_KINDS[each.before], "→", DAY_KINDS[each.after], each.name)
    counts = {"year": outcome.notice.year, "days": len(outcome.changes)} | {
        name: getattr(outcome.limits, name) for name in ("limits", "moved", "marked")
    }
    print(
        _("%(year)s is announced: %(days)s days change. Of %(limits)s running limits %(moved)s move, %(marked)s become certain.")
        % counts
    )
    if chosen.dry_run:
        print(_("Nothing was changed: this was only a look."))
    return 0


def _seed(_: argparse.Namespace) -> int:
    from django.utils import timezone

    from onedoor.kernel.actor import system_actor
    from onedoor.workdays.services import seed_calendar

    with _refusals():
        print(seed_calendar(by=system_actor("cli"), at=timezone.now()))
    return 0


def _recompute(_: argparse.Namespace) -> int:
    from django.utils import timezone

    from onedoor.kernel.actor import system_actor
    from onedoor.workdays.services import renew_due_dates

    with _refusals():
        done = renew_due_dates(by=system_actor("cli"), at=timezone.now())
    print(done.limits, done.moved)
    return 0
