"""Texts of this room's own: one-time codes."""

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
    register(
        "notify.member_code",
        _("Acting for an organisation"),
        _(
            "%(organisation)s would like you to act for it. If you agree, tell its legal representative the code %(code)s, "
            "valid for %(minutes)s minutes. If not, do nothing."
        ),
        secret=True,
    )
