"""The words of the code sets (domain.md 1.2 to 1.4), in the order in which people choose from them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from onedoor.kernel.errors import Text

Choices = tuple[tuple[str, Text], ...]

ITEM_TYPES: Choices = (
    ("01", _("Administrative licence")),
    ("05", _("Administrative payment")),
    ("07", _("Administrative confirmation")),
    ("08", _("Administrative reward")),
    ("09", _("Administrative ruling")),
    ("10", _("Other power")),
    ("20", _("Public service")),
    ("21", _("Intermediary service")),
    ("22", _("Convenience service")),
)
BOARDS: Choices = (("livelihood", _("For people")), ("enterprise", _("For enterprises")))
LEVELS: Choices = (
    ("city", pgettext_lazy("level", "City")),
    ("county", pgettext_lazy("level", "County")),
    ("township", pgettext_lazy("level", "Township")),
    ("village", pgettext_lazy("level", "Village")),
)
