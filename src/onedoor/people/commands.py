"""The commands ``onedoor client create|revoke|list``: other systems that use the API."""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, time


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands for other systems."""
    actions = subparsers.add_parser("client", help="other systems that use the API").add_subparsers(required=True, metavar="ACT")
    create = actions.add_parser("create", help="let a system in; its token is printed this once")
    create.add_argument("name", help="how the journal names it")
    create.add_argument(
        "--scopes", nargs="+", required=True, metavar="SCOPE", help="applications:write applications:read papers:read"
    )
    create.add_argument(
        "--agency", action="append", default=[], metavar="CODE", help="file with this agency only (may be repeated)"
    )
    create.add_argument("--region", default="", metavar="CODE", help="file within this region only: twelve digits")
    create.add_argument("--rate", type=int, default=120, help="requests in a minute (default: 120)")
    create.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day of the token (default: none)")
    create.set_defaults(run=_create, needs="database")
    revoke = actions.add_parser("revoke", help="shut a system out at once")
    revoke.add_argument("name")
    revoke.set_defaults(run=_revoke, needs="database")
    actions.add_parser("list", help="which systems were let in").set_defaults(run=_list, needs="database")


def _create(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from onedoor.kernel.actor import system_actor
    from onedoor.kernel.errors import Refused
    from onedoor.people import services

    try:
        _client, token = services.create_client(
            name=arguments.name, scopes=arguments.scopes, agencies=arguments.agency, region=arguments.region,
            rate_per_minute=arguments.rate, expires_at=_end_of(arguments.until), by=system_actor("client"), at=timezone.now(),
        )  # fmt: skip
    except Refused as refusal:
        return _tell(refusal)
    print(token)
    print("Keep this token: it is shown this once, and only its hash is stored.", file=sys.stderr)
    return 0


def _end_of(day: date | None) -> datetime | None:
    from datetime import timedelta

    from onedoor.kernel.clock import SHANGHAI

    return None if day is None else datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)


def _revoke(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from onedoor.kernel.actor import system_actor
    from onedoor.kernel.errors import Refused
    from onedoor.people import services

    try:
        client = services.revoke_client(name=arguments.name, by=system_actor("client"), at=timezone.now())
    except Refused as refusal:
        return _tell(refusal)
    print(f"{client.name} was shut out.")
    return 0


def _tell(refusal: Exception) -> int:
    print(refusal, file=sys.stderr)
    for field, text in getattr(refusal, "errors", {}).items():
        print(f"{field}: {text}", file=sys.stderr)
    return 1


def _list(arguments: argparse.Namespace) -> int:
    from onedoor.people import queries

    del arguments
    for each in queries.clients():
        end = (
            f"revoked {each.revoked_at:%Y-%m-%d}"
            if each.revoked_at
            else f"until {each.expires_at:%Y-%m-%d}"
            if each.expires_at
            else "open"
        )
        print(f"{each.name}\t{' '.join(each.scopes)}\t{each.rate_per_minute}/min\t{end}")
    return 0
