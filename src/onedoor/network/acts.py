"""What the journal may say of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal import acts

ENTER_REGIONS = acts.register("network.enter_regions", _("%(actor)s entered regions"))
OPEN_AGENCIES = acts.register("network.open_agencies", _("%(actor)s entered an office"))
OPEN_SITES = acts.register("network.open_sites", _("%(actor)s entered a place of service"))
SET_HOURS = acts.register("network.set_hours", _("%(actor)s set opening hours"))
OPEN_WINDOWS = acts.register("network.open_windows", _("%(actor)s entered a window"))
CREATE_POSTS = acts.register("network.create_posts", _("%(actor)s created a post"))
POST_PEOPLE = acts.register("network.post_people", _("%(actor)s gave somebody a post"))
END_POSTING = acts.register("network.end_posting", _("%(actor)s ended somebody's time in a post"))
GRANT = acts.register("network.grant_authorisations", _("%(actor)s authorised posts for items"))
WITHDRAW = acts.register("network.withdraw_authorisations", _("%(actor)s withdrew authorisations"))
UNAUTHORISED = acts.register("network.unauthorised", _("%(actor)s tried an act without authority and was refused"))
