"""Festivals and amounts of time in people's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from onedoor.workdays.arithmetic import Unit

FESTIVALS: dict[str, Promise] = {
    "元旦": _("New Year's Day"),
    "春节": _("Spring Festival"),
    "清明节": _("Tomb-Sweeping Day"),
    "劳动节": _("Labour Day"),
    "端午节": _("Dragon Boat Festival"),
    "中秋节": _("Mid-Autumn Festival"),
    "国庆节": _("National Day"),
    "抗战胜利纪念日": _("Victory Day"),
}
"""The festivals of the State Council's notices, as they write them (全国年节及纪念日放假办法)."""


def festival(name: str) -> str:
    """Return a festival, or several parted by 、, in the language of the moment; an unknown one as it was announced."""
    if not name:
        return ""
    return pgettext("between words", ", ").join(str(FESTIVALS.get(each, each)) for each in name.split("、"))


def amount(unit: Unit, n: int) -> str:
    """Return ``n`` of a unit in words: ``2 working days``."""
    words = {
        Unit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", n),
        Unit.NATURAL_DAYS: ngettext("%(n)d natural day", "%(n)d natural days", n),
        Unit.MONTHS: ngettext("%(n)d month", "%(n)d months", n),
        Unit.YEARS: ngettext("%(n)d year", "%(n)d years", n),
        Unit.WORKING_HOURS: ngettext("%(n)d working hour", "%(n)d working hours", n),
        Unit.HOURS: ngettext("%(n)d hour", "%(n)d hours", n),
    }
    return words[unit] % {"n": n}
