"""Refusals: anticipated answers whose text is for people. Anything else is a bug and travels up with its traceback."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Refused(Exception):
    """An act that the rules do not let happen; ``str()`` says why and what to do next."""

    code = "refused"
    http_status = 409
    default: Text = _("This cannot be done now. Nothing was changed.")

    def __init__(self, message: Text | None = None, **details: object) -> None:
        super().__init__(message)
        self.message: Text = self.default if message is None else message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The actor's post, item, stage or place does not give the right; recorded where the act says so."""

    code = "not_allowed"
    http_status = 403
    default = _("Your post may not do this here. Ask the head of your office who may.")


class NotFound(Refused):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"
    http_status = 404
    default = _("There is nothing at this address, or you may not see it.")


class WrongState(Refused):
    """The subject is in a state in which this act has no place."""

    code = "wrong_state"
    default = _("Somebody was faster, or this step is already behind. Load the page again to see how it stands.")


class AlreadyDone(Refused):
    """The act was done before; ``details`` tell the earlier answer."""

    code = "already_done"
    default = _("This was already done.")


class Unreadable(Refused):
    """What was sent is not what its type says, or holds what no text holds."""

    code = "unreadable"
    http_status = 400
    default = _("Part of the address or of the form did not arrive. Go back and try once more.")


class Invalid(Refused):
    """What was handed in breaks a rule; ``errors`` says for each field what to do."""

    code = "invalid"
    http_status = 422
    default = _("Something needs to be put right.")

    def __init__(self, errors: Mapping[str, Text], message: Text | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors)


class TooManyTries(Refused):
    """A limit on tries was reached; ``seconds`` says how long until the next one counts."""

    code = "too_many_tries"
    http_status = 429
    default = _("Too many tries. Please wait a while and try again.")

    def __init__(self, message: Text | None = None, *, seconds: int = 60) -> None:
        super().__init__(message)
        self.seconds = seconds
