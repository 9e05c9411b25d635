from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from onedoor.kernel.actor import Actor
    from onedoor.look import strip


class WorkdaysConfig(AppConfig):
    name = "onedoor.workdays"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from onedoor.look import rail, strip
        from onedoor.workdays import acts  # noqa: F401 registers the sentences of the journal

        rail.register(
            _("Working days"), "workdays:calendar", lambda actor: actor.is_staff, icon="calendar-clock", group="house", order=40
        )
        strip.register_desk_notice(_provisional)


def _provisional(_now: datetime) -> strip.DeskNotice | None:
    """Return what the desk has to know while running limits reach into a year whose holidays nobody has announced here."""
    from django.utils.text import format_lazy
    from django.utils.translation import gettext_lazy as _

    from onedoor.look import strip
    from onedoor.workdays import queries

    years = queries.provisional_years()
    if not years:
        return None
    text = _("The holidays of {years} are not entered yet: dates that reach into that time are provisional.")
    return strip.DeskNotice(format_lazy(text, years="、".join(map(str, years))), partial(_where_to_look, years[0]))


def _where_to_look(year: int, actor: Actor) -> tuple[str, object]:
    from django.urls import reverse
    from django.utils.translation import gettext_lazy as _

    from onedoor.workdays import permissions

    if permissions.may_enter_notice(actor):
        return reverse("workdays:notice"), _("Enter the notice")
    return reverse("workdays:year", args=[year]), _("See the calendar")
