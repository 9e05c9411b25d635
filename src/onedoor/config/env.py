"""Settings from the environment, each with its type and its explanation (docs/settings.md is made from them)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    help: str


class WrongSetting(Exception):
    """A setting that cannot be followed; the text is one line for the operator."""


DECLARED: dict[str, Setting] = {}


def text(name: str, default: str, explanation: str) -> str:
    """Return the setting ``name`` of the environment, or its default."""
    DECLARED[name] = Setting(name, default, explanation)
    return os.environ.get(name, default)


def number(name: str, default: int, explanation: str) -> int:
    """Return the setting ``name`` as a whole number.

    :raises WrongSetting: when it is none.
    """
    given = text(name, str(default), explanation)
    if not given.isdecimal():
        raise WrongSetting(f"{name} is not a whole number: {given!r}")
    return int(given)


def path(name: str, default: str, explanation: str) -> Path:
    """Return the setting ``name`` as an absolute path."""
    return Path(text(name, default, explanation)).expanduser().resolve()


def words(name: str, default: str, explanation: str) -> list[str]:
    """Return the setting ``name`` as a list of words parted by commas."""
    return [word.strip() for word in text(name, default, explanation).split(",") if word.strip()]
