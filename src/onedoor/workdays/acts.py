"""Acts of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

ENTER_NOTICE = register(
    "workdays.enter_notice",
    _("%(actor)s entered the holidays of %(year)s: %(changed)s days changed, %(moved)s of %(limits)s running limits moved."),
)
SEED_CALENDAR = register("workdays.seed_calendar", _("%(actor)s laid down the calendar of the release: %(days)s days."))
RENEW_DUE_DATES = register(
    "workdays.renew_due_dates", _("%(actor)s had %(limits)s running limits computed anew: %(moved)s of them moved.")
)
