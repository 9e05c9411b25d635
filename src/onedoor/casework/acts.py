"""What is done with applications, as the journal knows it: code, sentence for people, which facts are personal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import register

OPEN_DRAFT = register("casework.open_draft", _("%(actor)s began an application"))
SUBMIT = register("casework.submit", _("%(actor)s submitted the application"))
RECEIVE = register("casework.receive", _("%(actor)s received the materials"))
CHECK = register("casework.check", _("%(actor)s went through the check list of the guidance norm"))
ASK_FOR_CORRECTION = register("casework.ask_for_correction", _("%(actor)s told in writing everything that is missing"))
CORRECT = register("casework.correct", _("%(actor)s handed in what was missing"))
LAPSE = register("casework.lapse", _("The application was closed: what was missing never came"))
DEEM_ACCEPTED = register(
    "casework.deem_accepted", _("The application counts as accepted: nobody answered within five working days")
)
ACCEPT = register("casework.accept", _("%(actor)s accepted the application"))
PROMISE_PAPERS = register("casework.promise_papers", _("%(actor)s promised to hand in the papers that are missing"))
TOLERATE = register(
    "casework.tolerate", _("%(actor)s accepted the application against the promise to hand in the papers that are missing")
)
FILL_GAP = register("casework.fill_gap", _("%(actor)s handed in the papers that were to follow"))
LAPSE_GAP = register("casework.lapse_gap", _("The application was closed: the promised papers did not come in time"))
BAR = register("casework.bar", _("%(actor)s barred somebody from what is had on a mere promise"), personal=("reason",))
LIFT_BAR = register("casework.lift_bar", _("%(actor)s lifted a bar"), personal=("reason",))
NOT_ACCEPT = register("casework.not_accept", _("%(actor)s did not accept the application"))
TAKE = register("casework.take", _("%(actor)s took the application in hand"))
ASSIGN = register("casework.assign", _("%(actor)s began to handle the application"))
PASS_STAGE = register("casework.pass_stage", _("%(actor)s finished a stage and passed the application on"), personal=("opinion",))
RETURN_STAGE = register(
    "casework.return_stage", _("%(actor)s sent the application back to the stage before"), personal=("opinion",)
)
CONSULT = register("casework.consult", _("%(actor)s asked %(office)s for its opinion"), personal=("question",))
ANSWER_CONSULTATION = register("casework.answer_consultation", _("%(actor)s gave the opinion of %(office)s"), personal=("opinion",))
RECALL_CONSULTATION = register(
    "casework.recall_consultation", _("%(actor)s took the question to another office back"), personal=("reason",)
)
ASK_SPECIAL = register("casework.ask_special", _("%(actor)s asked for a special procedure"), personal=("reason",))
START_SPECIAL = register("casework.start_special", _("%(actor)s approved the special procedure; the limits stand still"))
REFUSE_SPECIAL = register("casework.refuse_special", _("%(actor)s refused the special procedure"), personal=("reason",))
END_SPECIAL = register(
    "casework.end_special", _("%(actor)s entered the result of the special procedure; the limits run on"), personal=("result",)
)
REMIND = register("casework.remind", _("Somebody was reminded that a limit ends, or has ended: %(rule)s"))
CHANGE_SPECIAL_KIND = register("casework.change_special_kind", _("%(actor)s changed the kind of special procedure “%(name)s”"))
ASK_EXTENSION = register("casework.ask_extension", _("%(actor)s asked for more time"), personal=("reason",))
EXTEND = register("casework.extend", _("%(actor)s extended the legal limit as head of the agency"))
REFUSE_EXTENSION = register("casework.refuse_extension", _("%(actor)s refused more time"), personal=("reason",))
DECIDE = register("casework.decide", _("%(actor)s decided the application"), personal=("reason",))
CLOSE = register("casework.close", _("%(actor)s registered the result"))
DELIVER = register("casework.deliver", _("%(actor)s handed over the result"), personal=("recipient",))
COLLECT = register("casework.collect", _("%(actor)s collected the result online"))
WITHDRAW = register("casework.withdraw", _("%(actor)s withdrew the application"))
VOID = register("casework.void", _("%(actor)s declared the application void"), personal=("reason",))
ENTRY_ERROR = register("casework.entry_error", _("%(actor)s closed the application as entered by mistake"), personal=("reason",))
UNMASK = register("casework.unmask", _("%(actor)s looked at a hidden answer in full"), personal=("reason",))
OPEN_ORIGINAL = register("casework.open_original", _("%(actor)s opened an identity paper without its mark"), personal=("reason",))
TURN_AWAY_INFECTED = register(
    "casework.turn_away_infected", _("A virus was found in a paper of the application; it is asked for anew")
)
FOLLOW_VERSION = register("casework.follow_version", _("%(actor)s went on with the draft under the new guide"))
DROP_DRAFT = register("casework.drop_draft", _("The draft was dropped: nobody went on with it"))
WRITE_MESSAGE = register("casework.write_message", _("%(actor)s wrote a message about the application"), personal=("text",))
ANSWER_MESSAGE = register("casework.answer_message", _("%(actor)s answered a message about the application"), personal=("text",))
