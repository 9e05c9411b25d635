"""Texts of this room's own: one-time codes, and what people hear of their accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from onedoor.notify.templates import register


def register_all() -> None:
    """Register the texts; once for each process."""
    register(
        "notify.code",
        _("Your code"),
        _("Your code is %(code)s, valid for %(minutes)s minutes. Nobody from the city will ever ask you for it."),
        secret=True,
    )
    mandate = _("Acting for somebody else")
    register(
        "people.phone_taken",
        _("Your mobile number"),
        _(
            "Somebody else has proved with a code that the mobile number of your account is theirs now. Nothing more goes there. Log in "
            "with your identity number, and enter your new mobile number under “My account”; or come to a window with your identity card."
        ),
    )
    register(
        "people.phone_changed",
        _("Your mobile number"),
        _("The mobile number of your account was changed. If that was not you, call 12345 at once."),
    )
    register(
        "people.mandate_offered",
        mandate,
        _(
            "%(principal)s would like %(proxy)s to act for them until %(last_day)s. If that is you, log in and say under “My page” "
            "whether you agree. If not, do nothing."
        ),
    )
    register(
        "people.mandate_entered",
        mandate,
        _("A window entered that %(proxy)s acts for %(principal)s, until %(last_day)s."),
        kind="mandate",
    )
    register(
        "people.mandate_accepted", mandate, _("%(proxy)s agreed to act for %(principal)s, until %(last_day)s."), kind="mandate"
    )
    register(
        "people.mandate_ended",
        mandate,
        _("%(proxy)s does not act for %(principal)s any more. What was handed in before goes on."),
        kind="mandate",
    )
    register(
        "notify.member_code",
        _("Acting for an organisation"),
        _(
            "%(organisation)s would like you to act for it. If you agree, tell its legal representative the code %(code)s, "
            "valid for %(minutes)s minutes. If not, do nothing."
        ),
        secret=True,
    )
