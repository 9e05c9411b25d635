"""Check that every message has its Chinese, that the Chinese keeps the placeholders, and that the compiled catalogues are fresh.

Reads sources and catalogues itself, so that a machine without gettext can check. ``--compile`` writes the compiled catalogues.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[1] / "src" / "onedoor"
CALLS = {
    "_": (0, 1, None),
    "gettext": (0, 1, None),
    "gettext_lazy": (0, 1, None),
    "gettext_noop": (0, 1, None),
    "ngettext": (0, 2, None),
    "ngettext_lazy": (0, 2, None),
    "pgettext": (1, 2, 0),
    "pgettext_lazy": (1, 2, 0),
    "npgettext": (1, 3, 0),
    "npgettext_lazy": (1, 3, 0),
}  # where the message begins and ends among the arguments, and where its context stands
LITERAL = r"""(?:[ur]?"(?:[^"\\]|\\.)*"|[ur]?'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^}]*\}")

Message = tuple[str, str]  # context, text


def in_python(path: Path) -> Iterator[tuple[Message, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else None for each in node.args]
            if found := _message(name, texts):
                yield found, node.lineno


def in_template(path: Path) -> Iterator[tuple[Message, int]]:
    source = templatize(path.read_text(), origin=str(path))
    for match in IN_TEMPLATE.finditer(source):
        texts = list(ast.literal_eval(f"[{match[2]}]"))
        if found := _message(match[1], texts):
            yield found, source.count("\n", 0, match.start()) + 1


def _message(name: str, texts: list[str | None]) -> Message | None:
    if name not in CALLS:
        return None
    begin, _, context = CALLS[name]
    if len(texts) <= begin or texts[begin] is None:
        return None
    return (texts[context] or "" if context is not None else "", texts[begin] or "")


def used() -> dict[Message, str]:
    """Return every message of the sources with the first place where it stands."""
    found: dict[Message, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            for message, line in in_python(path):
                found.setdefault(message, f"{path.relative_to(SOURCE)}:{line}")
    for path in sorted(
        [*SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt"), *SOURCE.rglob("templates/**/*.svg")]
    ):
        for message, line in in_template(path):
            found.setdefault(message, f"{path.relative_to(SOURCE)}:{line}")
    return found


def catalogues() -> list[Path]:
    return sorted(SOURCE.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"))


def problems() -> list[str]:
    told: list[str] = []
    known: dict[Message, tuple[str, str]] = {}
    for path in catalogues():
        room = path.relative_to(SOURCE).parts[0]
        catalogue = polib.pofile(str(path))
        told += _stale(path, catalogue, room)
        for entry in catalogue:
            if entry.obsolete:
                continue
            text = entry.msgstr or "\n".join(entry.msgstr_plural.values())
            message = (entry.msgctxt or "", entry.msgid)
            told += _flaws(entry, text, room)
            earlier = known.setdefault(message, (room, text))
            if earlier[1] != text:
                told.append(
                    f"{room}: {entry.msgid!r} is {text!r} here and {earlier[1]!r} in {earlier[0]}; only one is shown: use pgettext"
                )
    django_own = _of_django()
    for message, place in used().items():
        if message[1] and message not in known and message not in django_own:
            told.append(f"{place}: no Chinese for {message[1]!r}" + (f" ({message[0]})" if message[0] else ""))
    return told


def _stale(path: Path, catalogue: polib.POFile, room: str) -> list[str]:
    compiled = path.with_suffix(".mo")
    if not compiled.exists():
        return [f"{room}: the catalogue is not compiled (python -m checks.messages --compile)"]
    told = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in polib.mofile(str(compiled))}
    due = {(entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in catalogue if entry.translated()}
    return (
        [] if told == due else [f"{room}: the compiled catalogue is not that of the source (python -m checks.messages --compile)"]
    )


def _flaws(entry: polib.POEntry, text: str, room: str) -> Iterator[str]:
    if "fuzzy" in entry.flags:
        yield f"{room}: {entry.msgid!r} is marked fuzzy"
    if not text:
        yield f"{room}: {entry.msgid!r} has no Chinese"
    elif not _placeholders(text) <= _placeholders(entry.msgid + (entry.msgid_plural or "")):
        yield f"{room}: the Chinese of {entry.msgid!r} has a placeholder that the message has not"


def _placeholders(text: str) -> set[str]:
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(text)}


def _of_django() -> set[Message]:
    folder = Path(django.__file__).parent
    files = [folder / "conf/locale/zh_Hans/LC_MESSAGES/django.mo", *folder.glob("contrib/*/locale/zh_Hans/LC_MESSAGES/django.mo")]
    return {
        (entry.msgctxt or "", entry.msgid)
        for file in files
        for entry in polib.mofile(str(file))
        if entry.msgstr or entry.msgstr_plural
    }


def main() -> int:
    settings.configure(USE_I18N=False)
    if "--compile" in sys.argv:
        for path in catalogues():
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    told = problems()
    print("\n".join(told) or "complete")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
