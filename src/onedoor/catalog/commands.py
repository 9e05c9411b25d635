"""The commands ``onedoor import items FILE`` and ``onedoor export items FILE``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from onedoor.catalog.exchange.faults import Fault
    from onedoor.catalog.exchange.records import ItemRecord

MOST_PRINTED = 200


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of the catalogue."""
    kinds = subparsers.add_parser("import", help="take over files").add_subparsers(required=True, metavar="KIND")
    items = kinds.add_parser("items", help="put a file of items into force, all or nothing")
    items.add_argument(
        "file", type=Path, help="the items: XLSX, CSV in UTF-8 or GB 18030, or JSON, with the columns of docs/catalog.md"
    )
    items.add_argument("--guides", type=Path, help="full guides of some of the items: JSON")
    items.add_argument(
        "--basis",
        default="",
        help="on what this rests, and why guides that break rules are published; needed unless it is a dry run",
    )
    items.add_argument("--dry-run", action="store_true", help="check and report, change nothing")
    items.add_argument("--report", type=Path, help="where to write a workbook in which the mistakes are marked")
    items.set_defaults(run=_import_items, needs="database")
    kinds = subparsers.add_parser("export", help="take out files").add_subparsers(required=True, metavar="KIND")
    items = kinds.add_parser("items", help="take out the items in force with all they say")
    items.add_argument("file", type=Path, help="where to; its name ends in .xlsx, .csv or .json")
    items.add_argument(
        "--profile", choices=("own", "exchange"), default="own", help="our names of the columns, or the national ones"
    )
    items.set_defaults(run=_export_items, needs="database")
    kinds = subparsers.add_parser("print", help="print the catalogue").add_subparsers(required=True, metavar="KIND")
    book = kinds.add_parser("book", help="print guides and guidance norms as a book: PDF, one A4 for each guide")
    book.add_argument("file", type=Path, help="where to; its name ends in .pdf")
    book.add_argument("--agency", default="", metavar="CODE", help="only the items of this department, such as YJ")
    parts = book.add_mutually_exclusive_group()
    parts.add_argument("--public", action="store_true", help="only the guides, which are for everybody")
    parts.add_argument("--norms", action="store_true", help="only the guidance norms, which are for those at the desk")
    book.set_defaults(run=_print_book, needs="database")


def _import_items(arguments: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from onedoor.catalog import services
    from onedoor.kernel.actor import system_actor

    with ExitStack() as stack:
        try:
            items = stack.enter_context(arguments.file.open("rb"))
            guides = stack.enter_context(arguments.guides.open("rb")) if arguments.guides else None
        except OSError as error:
            print(_("%(file)s cannot be read: %(reason)s") % {"file": error.filename, "reason": error.strerror}, file=sys.stderr)
            return 1
        try:
            report = services.import_items(
                items=items,
                guides=guides,
                name=arguments.file.name,
                basis=arguments.basis,
                by=system_actor("import"),
                at=timezone.now(),
                dry_run=arguments.dry_run,
                progress=stack.enter_context(_Bar(_("Checking and importing"))).show,
            )
        except services.FaultyFile as refusal:
            _tell_faults(refusal.faults, refusal.count)
            if arguments.report:
                _write_marked(arguments.report, items, arguments.file.name, refusal.faults)
            return 1
        except services.NeedsBasis as refusal:
            print(refusal, "(--basis)", file=sys.stderr)
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
    if report.faulty:
        print(
            _("%(n)d guides break rules of good guides and say so (%(rules)s).")
            % {"n": report.faulty, "rules": _rules(report.rules)}
        )
    if report.dry_run:
        print(_("This was a trial: nothing was changed."))
    return 0


def _rules(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{rule}: {counts[rule]}" for rule in sorted(counts, key=int))


class _Bar:
    """A bar on the terminal, shown where there is one."""

    def __init__(self, title: str) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=100, desc=title, unit="%", disable=None, leave=False, bar_format="{desc} {percentage:3.0f}% |{bar}|")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()

    def show(self, share: float) -> None:
        """Show how much is done, from 0 to 1."""
        self._bar.update(max(0, round(share * 100) - self._bar.n))

    def counting(self, records: Iterable[ItemRecord], total: int) -> Iterator[ItemRecord]:
        """Yield the records and show how many of them went by."""
        for number, record in enumerate(records, start=1):
            yield record
            self.show(number / max(1, total))


def _tell_faults(faults: Sequence[Fault], count: int) -> None:
    from django.utils.translation import gettext as _

    for fault in faults[:MOST_PRINTED]:
        print(f"{fault.place}: {fault.reason}" if fault.place else fault.reason, file=sys.stderr)
    if count > MOST_PRINTED:
        print("…", file=sys.stderr)
    print(_("%(n)d mistakes. Nothing was taken over.") % {"n": count}, file=sys.stderr)


def _write_marked(path: Path, items: Any, name: str, faults: Sequence[Fault]) -> None:
    from onedoor.catalog.exchange.marking import write_marked

    with path.open("wb") as out:
        write_marked(items, name, faults, out)


def _export_items(arguments: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from onedoor.catalog import records
    from onedoor.catalog.exchange.kinds import Profile
    from onedoor.catalog.exchange.writing import WRITERS
    from onedoor.kernel.errors import Refused

    kind = arguments.file.suffix.lower().lstrip(".")
    if kind not in WRITERS:
        print(_("The name of the file must end in .xlsx, .csv or .json."), file=sys.stderr)
        return 1
    total = records.count_current()
    part = arguments.file.with_name(arguments.file.name + ".part")
    try:
        with part.open("wb") as out, _Bar(_("Exporting")) as bar:
            WRITERS[kind](bar.counting(records.current_records(), total), out, Profile(arguments.profile))
        part.replace(arguments.file)
    except (OSError, Refused) as error:
        part.unlink(missing_ok=True)
        print(error, file=sys.stderr)
        return 1
    print(_("%(n)d items were written to %(file)s.") % {"n": total, "file": arguments.file})
    return 0


def _print_book(arguments: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from onedoor.catalog.book.making import Book, NothingToPrint, make_book
    from onedoor.kernel.clock import local_date
    from onedoor.look import strip

    if arguments.file.suffix.lower() != ".pdf":
        print(_("The name of the file must end in .pdf."), file=sys.stderr)
        return 1
    book = Book(
        day=local_date(timezone.now()),
        with_guides=not arguments.norms,
        with_norms=not arguments.public,
        department=arguments.agency,
        is_sample=bool(strip.sample.get()),
    )
    part = arguments.file.with_name(arguments.file.name + ".part")
    try:
        with part.open("wb") as out, _Bar(_("Printing")) as bar:
            made = make_book(book, out, progress=bar.show)
        part.replace(arguments.file)
    except (OSError, NothingToPrint) as error:
        part.unlink(missing_ok=True)
        print(error, file=sys.stderr)
        return 1
    words = {"pages": made.pages, "guides": made.guides, "norms": made.norms, "file": arguments.file}
    print(_("%(pages)d pages were written to %(file)s: %(guides)d guides, %(norms)d norms.") % words)
    return 0
