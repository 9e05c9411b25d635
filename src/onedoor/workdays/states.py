"""Words of the room's tables, with their names for people."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onedoor.workdays.arithmetic import Unit
from onedoor.workdays.calendars import DayKind


class DaySource(TextChoices):
    PACKAGE = "package", _("Calendar of the release")
    OFFICIAL = "official", _("State Council notice")
    PROJECTED = "projected", _("Projection")


DAY_KINDS: dict[DayKind, Promise] = {
    DayKind.WORKDAY: _("Working day"),
    DayKind.WEEKEND: _("Weekend"),
    DayKind.HOLIDAY: _("Holiday"),
    DayKind.MAKEUP: _("Make-up working day"),
}
UNITS: dict[Unit, Promise] = {
    Unit.WORKING_DAYS: _("working days"),
    Unit.NATURAL_DAYS: _("natural days"),
    Unit.MONTHS: _("months"),
    Unit.YEARS: _("years"),
    Unit.WORKING_HOURS: _("working hours"),
    Unit.HOURS: _("hours"),
}
