"""The shape of the house: what the import linter does not see."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from checks.first_migrations import FIRST, folded
from onedoor.config import env, settings_page
from onedoor.config.doors import opening_for

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "onedoor"
WRITES = {"create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}
WRITES_OF_QUERYSETS = {"update", "delete"}


def modules() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def is_services(path: Path) -> bool:
    return path.name == "services.py" or "services" in path.relative_to(SOURCE).parts[:-1]


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Find ``….objects…create()`` and the like, ``row.save(…)`` and ``row.delete()``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, receiver = node.func.attr, ast.unparse(node.func.value)
        on_manager = ".objects" in receiver
        if (name in WRITES | WRITES_OF_QUERYSETS and on_manager) or (name == "save" and "storage" not in receiver):
            yield node.lineno, f"{receiver}.{name}"


# Saves what is no row: a QR code or a photo into memory, a book into a file.
NO_ROWS = {
    "documents/binding.py",
    "documents/layout.py",
    "documents/page_binding.py",
    "documents/pictures.py",
    "documents/watermark.py",
    "sample/uploads.py",
}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_services_write(path: Path) -> None:
    if is_services(path) or str(path.relative_to(SOURCE)) in NO_ROWS:
        return
    assert [f"{line}: {what}" for line, what in writes(ast.parse(path.read_text()))] == []


def acts() -> list[tuple[str, ast.FunctionDef]]:
    found: list[tuple[str, ast.FunctionDef]] = []
    for path in filter(is_services, modules()):
        public = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
        found += [(f"{path.relative_to(SOURCE)}:{node.name}", node) for node in public]
    return found


@pytest.mark.parametrize("act", [node for _, node in acts()], ids=[name for name, _ in acts()])
def test_public_services_say_what_they_do(act: ast.FunctionDef) -> None:
    assert ast.get_docstring(act), "a public service has a docstring"
    decorators = [ast.unparse(decorator) for decorator in act.decorator_list]
    if any("durable=True" in decorator for decorator in decorators):
        assert len(act.args.args) <= 1, "an act takes keywords, save what it is about"


FLOORS = [
    [room.strip(" ()") for room in line.split("|")]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
]
FLOOR = {room: len(FLOORS) - number for number, rooms in enumerate(FLOORS) for room in rooms}


def test_foreign_keys_point_down() -> None:
    upwards = []
    for model in apps.get_models():
        if not model.__module__.startswith("onedoor."):
            continue
        room = model._meta.app_label
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model is not None:
                other = field.related_model
                if not other.__module__.startswith("onedoor.") or other._meta.app_label == room:
                    continue
                if FLOOR[other._meta.app_label] >= FLOOR[room]:
                    upwards.append(f"{room}.{model.__name__}.{field.name} → {other._meta.app_label}")
    assert upwards == []


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern


def test_every_address_says_who_may_enter() -> None:
    undeclared = [path for path, pattern in patterns(get_resolver()) if opening_for(pattern.callback) is None]
    assert undeclared == [], "declare it at the view: @door(Door.…) from onedoor.kernel.doors"


def test_settings_page_is_that_of_the_settings() -> None:
    assert env.DECLARED, "settings were read"
    assert (ROOT / "docs" / "settings.md").read_text() == settings_page.page(), "onedoor settings > docs/settings.md"


def test_commands_need_no_django_to_be_listed() -> None:
    """A command like ``onedoor calendar due`` answers in about a second: listing commands loads nothing heavy."""
    program = "import sys; from onedoor.config.cli import _parser; _parser(); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"django", "psycopg", "cryptography", "weasyprint", "granian", "openpyxl", "rjieba"}
    assert heavy & set(loaded) == set()


def test_first_migrations_make_each_table_whole() -> None:
    """Made by ``python -m checks.first_migrations ROOM…``: each step that adds to a table costs an empty database time."""
    for path in sorted(SOURCE.glob(f"*/migrations/{FIRST}.py")):
        operations = import_module(f"onedoor.{path.parts[-3]}.migrations.{FIRST}").Migration.operations
        assert len(operations) == len(folded(operations)), path.parts[-3]
