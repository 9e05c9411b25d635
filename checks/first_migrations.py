"""Makes the first migrations of rooms anew, each table whole where it is made: ``python -m checks.first_migrations ROOM…``.

Until the first release each room has one generated ``0001_initial``. Django writes it as tables, to which fields, indexes and
constraints are added one by one; after each of these steps it builds the classes of all related tables again, which is most of
the time that an empty database takes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter

FIRST = "0001_initial"


def folded(operations: Sequence[Operation]) -> list[Operation]:
    """Return operations that make the same tables, each with all that is its own; what goes round in a circle is added after it."""
    tables = {each.name_lower: each for each in operations if isinstance(each, CreateModel)}
    added: dict[str, list[Any]] = {name: [] for name in tables}
    for each in operations:
        if not isinstance(each, CreateModel):
            added[each.model_name.lower()].append(each)  # type: ignore[attr-defined]
    made, waiting, result = set[str](), list(tables), list[Operation]()
    while waiting:
        name = next((each for each in waiting if _needs(tables[each], added[each], tables) <= made | {each}), None)
        if name is None:  # a circle: the table is made without what closes it
            name = next(each for each in waiting if _needs(tables[each], [], tables) <= made | {each})
        waiting.remove(name)
        made.add(name)
        result.append(_whole(tables[name], added[name], made, tables))
        result.extend(_ready(tables, added, made))
    result.extend(each for name in tables for each in added[name])
    return result


def _targets(name: str, field: Any, tables: dict[str, CreateModel]) -> Iterator[str]:
    """Give the tables of the same room to which a field leads, its own excepted."""
    target = getattr(getattr(field, "remote_field", None), "model", None)
    if isinstance(target, str):
        last = target.rpartition(".")[2].lower()
        if last in tables and last != name:
            yield last


def _needs(table: CreateModel, added: list[Any], tables: dict[str, CreateModel]) -> set[str]:
    fields = [field for _name, field in table.fields] + [each.field for each in added if isinstance(each, AddField)]
    return {target for field in fields for target in _targets(table.name_lower, field, tables)}


def _whole(table: CreateModel, added: list[Any], made: set[str], tables: dict[str, CreateModel]) -> CreateModel:
    """Return a table with what is added to it later, and take that from the list."""
    fields, options = [*table.fields], {**table.options}
    for each in [*added]:
        if isinstance(each, AddField) and set(_targets(table.name_lower, each.field, tables)) <= made:
            fields.append((each.name, each.field))
        elif isinstance(each, AddIndex | AddConstraint) and not any(isinstance(other, AddField) for other in added):
            key, value = ("indexes", each.index) if isinstance(each, AddIndex) else ("constraints", each.constraint)
            options[key] = [*options.get(key, ()), value]
        else:
            continue
        added.remove(each)
    return CreateModel(table.name, fields, options, table.bases, table.managers)


def _ready(tables: dict[str, CreateModel], added: dict[str, list[Any]], made: set[str]) -> Iterator[Operation]:
    """Give what stays to be added to tables that are made (triggers), as soon as the table of their history is there as well."""
    for name in [each for each in tables if each in made and not {f"{each}event"} & (tables.keys() - made)]:
        waiting, added[name] = added[name], []
        for each in waiting:
            closed = isinstance(each, AddField) and not set(_targets(name, each.field, tables)) <= made
            if closed or added[name]:
                added[name].append(each)
            else:
                yield each


def main(rooms: Sequence[str]) -> None:
    """Make the first migrations of some rooms anew; those of all others and the handwritten ones stay as they are."""
    django.setup()
    folders = {path.parent.name: path for path in Path("src/onedoor").glob("*/migrations")}
    with tempfile.TemporaryDirectory() as kept:
        for room, folder in folders.items():
            shutil.copytree(folder, Path(kept, room))
            for file in folder.glob("0*.py"):
                file.unlink()
        try:
            for room in folders:
                invalidate_caches()
                call_command("makemigrations", room, verbosity=0)
            _fold({room: folders[room] for room in rooms})
        finally:
            for room, folder in folders.items():
                for file in Path(kept, room).glob("0*.py"):
                    if room not in rooms or file.stem != FIRST:
                        shutil.copy(file, folder)


def _fold(folders: dict[str, Path]) -> None:
    for room, folder in folders.items():
        written: Migration = import_module(f"onedoor.{room}.migrations.{FIRST}").Migration(FIRST, room)
        written.operations = folded(written.operations)
        (folder / f"{FIRST}.py").write_text(MigrationWriter(written).as_string())


if __name__ == "__main__":
    main(sys.argv[1:])
