"""What the journal may say of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal import acts

ENTER_REGIONS = acts.register("network.enter_regions", _("Regions were entered"))
OPEN_AGENCIES = acts.register("network.open_agencies", _("An office was entered"))
OPEN_SITES = acts.register("network.open_sites", _("A place of service was entered"))
SET_HOURS = acts.register("network.set_hours", _("Opening hours were set"))
OPEN_WINDOWS = acts.register("network.open_windows", _("A window was entered"))
CREATE_POSTS = acts.register("network.create_posts", _("A post was created"))
POST_PEOPLE = acts.register("network.post_people", _("Somebody was given a post"))
END_POSTING = acts.register("network.end_posting", _("Somebody left a post"))
GRANT = acts.register("network.grant_authorisations", _("Posts were authorised for items"))
WITHDRAW = acts.register("network.withdraw_authorisations", _("Authorisations were withdrawn"))
CHANGE = acts.register("network.change_authorisations", _("Authorisations for an item were changed"))
UNAUTHORISED = acts.register("network.unauthorised", _("An act was tried without authority and refused"))
