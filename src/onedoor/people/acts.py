"""What is done with persons and accounts, as the journal knows it. Names and numbers are always personal facts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

REGISTER = register("people.register", _("%(actor)s registered"))
ADD_PERSON = register("people.add_person", _("%(actor)s entered a person"), personal=("name", "identity", "phone"))
CORRECT_NAME = register("people.correct_name", _("%(actor)s corrected a name"), personal=("before", "after", "reason"))
VERIFY = register("people.verify", _("%(actor)s verified who the person is"))
ADD_ORGANISATION = register("people.add_organisation", _("%(actor)s entered an organisation"), personal=("legal_representative",))
ADD_MEMBER = register("people.add_member", _("%(actor)s gave an account the right to act for the organisation"))
END_MEMBER = register("people.end_member", _("%(actor)s ended the right of an account to act for the organisation"))
CREATE_STAFF = register("people.create_staff", _("%(actor)s created an account for a civil servant"))
CLOSE_ACCOUNT = register("people.close_account", _("%(actor)s closed the account"), personal=("reason",))
LOCK_ACCOUNT = register("people.lock_account", _("%(actor)s locked the account"), personal=("reason",))
GIVE_PASSWORD = register("people.give_password", _("%(actor)s gave the account a new first password"), personal=("reason",))
RESET_SECOND_FACTOR = register(
    "people.reset_second_factor", _("%(actor)s removed the second factor of the account"), personal=("reason",)
)
LOG_IN = register("people.log_in", _("%(actor)s logged in"))
FAIL_LOG_IN = register("people.fail_log_in", _("Somebody tried to log in with a wrong password or code"))
LOCK = register("people.lock", _("The account was locked for a while after too many wrong tries"))
UNLOCK = register("people.unlock", _("%(actor)s unlocked the account"), personal=("reason",))
LOG_OUT = register("people.log_out", _("%(actor)s logged out"))
CHANGE_PASSWORD = register("people.change_password", _("%(actor)s chose a new password"))
SET_SECOND_FACTOR = register("people.set_second_factor", _("%(actor)s set up the second factor"))
UNMASK = register("people.unmask", _("%(actor)s looked at masked data"), personal=("reason",))
CREATE_CLIENT = register("people.create_client", _("%(actor)s let another system use the API"))
REVOKE_CLIENT = register("people.revoke_client", _("%(actor)s took the API away from another system"))
OFFER_MANDATE = register("people.offer_mandate", _("%(actor)s offered somebody the right to act"))
ACCEPT_MANDATE = register("people.accept_mandate", _("%(actor)s agreed to act for somebody"))
CHANGE_PHONE = register("people.change_phone", _("%(actor)s proved another mobile number"))
LOSE_PHONE = register("people.lose_phone", _("The mobile number was taken from the account: somebody else has proved it"))
CHANGE_EMAIL = register("people.change_email", _("%(actor)s changed the e-mail address"))
EXPORT_DATA = register("people.export_data", _("%(actor)s took the own data along"))
CHOOSE_NEWS = register("people.choose_news", _("%(actor)s chose how to be told news"))
RECORD_MANDATE = register("people.record_mandate", _("%(actor)s entered a mandate on paper or a guardianship"))
RECORD_DEATH = register("people.record_death", _("%(actor)s entered that the person has died"), personal=("day", "reason"))
UNDO_DEATH = register(
    "people.undo_death", _("%(actor)s took back that the person had died: it was a mistake"), personal=("reason",)
)
MERGE_PERSONS = register("people.merge_persons", _("%(actor)s joined two entries of one person"), personal=("reason",))
MERGE_ORGANISATIONS = register("people.merge_organisations", _("%(actor)s entered that the organisation went up in another one"))
END_MANDATE = register("people.end_mandate", _("%(actor)s ended somebody's right to act"), personal=("reason",))
