"""Texts in the language of the moment."""

from __future__ import annotations

from django.utils.translation import get_language, gettext


def in_language(chinese: str, english: str) -> str:
    """Return the text in the language of the moment, Chinese where there is no English."""
    return chinese if not english or (get_language() or "zh").startswith("zh") else english


def limit_text(length: int, unit: str) -> str:
    """Return a limit for people: ``5 个工作日``, ``当场``."""
    if length == 0:
        return gettext("On the spot")
    words = {
        "working-days": gettext("%(n)d working days"),
        "natural-days": gettext("%(n)d days"),
        "months": gettext("%(n)d months"),
        "years": gettext("%(n)d years"),
        "working-hours": gettext("%(n)d working hours"),
        "hours": gettext("%(n)d hours"),
    }
    return words[unit] % {"n": length}
