"""``onedoor journal``: prove the chain, seal now."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onedoor.journal.queries.verifying import Counts


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``onedoor journal verify`` and ``onedoor journal seal``."""
    journal = subparsers.add_parser("journal", help="prove that nothing recorded was changed")
    actions = journal.add_subparsers(title="actions", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="read the whole journal and name what was altered, dropped, inserted or back-dated")
    verify.add_argument("--roots", type=Path, metavar="FILE", help="roots somebody kept (default: those in the data folder)")
    verify.set_defaults(run=_verify, needs="database")
    seal = actions.add_parser("seal", help="seal now what waits for the worker")
    seal.set_defaults(run=_seal, needs="database")


def _verify(arguments: argparse.Namespace) -> int:
    from django.utils import timezone
    from tqdm import tqdm

    from onedoor.journal import roots
    from onedoor.journal.queries import Verification
    from onedoor.journal.queries.verifying import total

    file = arguments.roots or roots.folder() / "roots.txt"
    if arguments.roots and not (file.is_file() and roots.last(file)):
        print(f"No roots in {file}.", file=sys.stderr)
        return 2
    kept = roots.read(file) if file.is_file() else iter(())
    found = 0
    with tqdm(total=total(), unit=" entries", desc="verify", file=sys.stderr, disable=None) as bar:
        verification = Verification(kept=kept, now=timezone.now(), progress=bar.update)
        for finding in verification.findings():
            found += 1
            bar.write(str(finding), file=sys.stdout)
    _summarise(verification.counts, file, found)
    return 1 if found else 0


def _summarise(counts: Counts, file: Path, found: int) -> None:
    for gap in counts.standstills:
        print(f"note: nothing was sealed from {gap}")
    if counts.oldest_waiting:
        print(f"note: {counts.waiting} entries wait for their seal, the oldest since {counts.oldest_waiting:%Y-%m-%d %H:%M:%SZ}")
    print(f"{counts.entries} entries in {counts.batches} batches read; {counts.compared} roots compared with {file}", end="")
    print(f"; personal facts of {counts.shredded} entries shredded" if counts.shredded else "")
    if last := counts.last:
        print(f"newest root: {last.number} {bytes(last.root).hex()} {bytes(last.chained).hex()}")
    print(f"NOT as recorded: {found} findings" if found else "Everything is as it was recorded.")


def _seal(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from onedoor.journal import services

    del arguments
    print(f"{services.seal(at=timezone.now())} entries sealed")
    return 0
