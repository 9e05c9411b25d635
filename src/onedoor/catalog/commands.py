"""The command ``onedoor import items FILE [--guides FILE] [--dry-run]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onedoor.catalog.importing import Fault


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the catalogue."""
    kinds = subparsers.add_parser("import", help="take over files").add_subparsers(required=True, metavar="KIND")
    items = kinds.add_parser("items", help="take over a table of items, all or nothing")
    items.add_argument("file", type=Path, help="the table: CSV in UTF-8 or GB 18030, with the columns of docs/catalog.md")
    items.add_argument("--guides", type=Path, help="full guides of some of the items: JSON")
    items.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
    items.set_defaults(run=_import_items, needs="database")


def _import_items(arguments: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from onedoor.catalog import services
    from onedoor.kernel.actor import system_actor

    try:
        items = arguments.file.read_bytes()
        guides = arguments.guides.read_bytes() if arguments.guides else None
    except OSError as error:
        print(_("%(file)s cannot be read: %(reason)s") % {"file": error.filename, "reason": error.strerror}, file=sys.stderr)
        return 1
    try:
        report = services.import_items(
            items=items, guides=guides, by=system_actor("import"), at=timezone.now(), dry_run=arguments.dry_run
        )
    except services.FaultyFile as refusal:
        _tell_faults(refusal.faults)
        return 1
    words = {
        "items": report.items,
        "complete": report.complete,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
    }
    print(
        _("%(items)d items, %(complete)d with a full guide: %(created)d new, %(changed)d changed, %(unchanged)d as before.") % words
    )
    if report.dry_run:
        print(_("This was a trial: nothing was changed."))
    return 0


def _tell_faults(faults: Sequence[Fault]) -> None:
    from django.utils.translation import gettext as _

    for fault in faults:
        place = _("row %(row)s") % {"row": fault.row} if fault.row.isdigit() else fault.row
        where = f"{place}, {fault.column}" if fault.column else place
        print(f"{where}: {fault.reason}", file=sys.stderr)
    print(_("%(n)d mistakes. Nothing was taken over.") % {"n": len(faults)}, file=sys.stderr)
