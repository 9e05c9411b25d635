"""The acts of the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

PUBLISH = register("catalog.publish", _("%(actor)s published version %(number)s of %(name)s"))
CHANGE_STATUS = register("catalog.change_status", _("%(actor)s set %(name)s to: %(status)s"))
CREATE_SERVICE_ITEMS = register("catalog.create_service_items", _("%(actor)s entered who implements what: %(count)s service items"))
ADD_OFFICE = register("catalog.add_office", _("%(actor)s let %(office)s implement %(name)s (%(basis)s)"))
END_OFFICE = register("catalog.end_office", _("%(actor)s ended that %(office)s implements %(name)s (%(basis)s)"))
REOPEN_OFFICE = register("catalog.reopen_office", _("%(actor)s let %(office)s implement %(name)s again (%(basis)s)"))
MAKE_CODE = register("catalog.make_short_code", _("%(actor)s made the short code %(code)s"))
BEGIN_DRAFT = register("catalog.begin_draft", _("%(actor)s began version %(number)s of %(name)s"))
CREATE_ITEM = register("catalog.create_item", _("%(actor)s entered the item %(name)s"))
SAVE_PART = register("catalog.save_part", _("%(actor)s edited %(part)s of %(name)s"))
REBASE_DRAFT = register("catalog.rebase_draft", _("%(actor)s brought the draft of %(name)s up to the version in force"))
SUBMIT_FOR_REVIEW = register("catalog.submit_for_review", _("%(actor)s handed in version %(number)s of %(name)s for review"))
SEND_BACK = register("catalog.send_back", _("%(actor)s sent back version %(number)s of %(name)s: %(reason)s"))
TAKE_BACK = register("catalog.take_back", _("%(actor)s took back version %(number)s of %(name)s to work on it"))
APPROVE = register("catalog.approve", _("%(actor)s approved version %(number)s of %(name)s from %(effective_from)s"))
DISCARD_DRAFT = register("catalog.discard_draft", _("%(actor)s discarded the draft of %(name)s"))
DECIDE_CHANGE = register("catalog.decide_change", _("%(actor)s decided for %(name)s: %(kind)s from %(effective_on)s (%(basis)s)"))
REVOKE_CHANGE = register("catalog.revoke_change", _("%(actor)s revoked the planned change of %(name)s"))
ADD_SYNONYM = register("catalog.add_synonym", _("%(actor)s let “%(word)s” be found as %(meaning)s"))
CHANGE_SYNONYM = register(
    "catalog.change_synonym", _("%(actor)s let “%(word)s” be found as %(meaning)s, before: “%(old_word)s” as %(old_meaning)s")
)
REMOVE_SYNONYM = register("catalog.remove_synonym", _("%(actor)s took “%(word)s” for %(meaning)s out of the search"))
HAND_IN_FILE = register("catalog.hand_in_file", _("%(actor)s handed in the file of items %(file)s"))
ASK_FOR_FILE = register("catalog.ask_for_file", _("%(actor)s asked for the catalogue as a file (%(file)s)"))
CHECK_FILE = register("catalog.check_file", _("%(actor)s had %(items)s items of %(file)s checked: no mistakes"))
TAKE_OVER_FILE = register("catalog.take_over_file", _("%(actor)s took over %(items)s items from %(file)s"))
PUBLISH_FILE = register("catalog.publish_file", _("%(actor)s put %(items)s items from %(file)s into force: %(basis)s"))
PROPOSE_FILE = register("catalog.propose_file", _("%(actor)s handed in %(items)s items of %(file)s for approval"))
APPROVE_FILE = register("catalog.approve_file", _("%(actor)s approved what %(file)s brings"))
RETURN_FILE = register("catalog.return_file", _("%(actor)s sent back %(file)s: %(reason)s"))
WRITE_FILE = register("catalog.write_file", _("%(actor)s took %(items)s items out to %(file)s"))
REFUSE_FILE = register("catalog.refuse_file", _("%(actor)s: %(file)s was not taken: %(reason)s"))
PRINT_BOOK = register("catalog.print_book", _("The book %(file)s was printed as %(actor)s had asked"))
