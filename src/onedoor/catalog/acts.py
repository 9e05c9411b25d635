"""The acts of the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

PUBLISH = register("catalog.publish", _("%(actor)s published version %(number)s of %(name)s"))
CHANGE_STATUS = register("catalog.change_status", _("%(actor)s set %(name)s to: %(status)s"))
CREATE_SERVICE_ITEMS = register("catalog.create_service_items", _("%(actor)s entered who implements what: %(count)s service items"))
MAKE_CODE = register("catalog.make_short_code", _("%(actor)s made the short code %(code)s"))
