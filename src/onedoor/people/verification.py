"""Whether a name and a number belong together: asked of the national identity service where the installation has one.

``ONEDOOR_IDENTITY_CHECK`` names the function that asks. The one that comes with OneDoor asks nobody and says so: it knows
only that the number checks out. ``ONEDOOR_ORGANISATION_CHECK`` does the same for organisations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from onedoor.people.states import Verified


@dataclass(frozen=True, slots=True)
class Answer:
    """What the identity service said. ``how`` is one of ``Verified`` where name and number belong together."""

    belongs_together: bool
    how: str


Check = Callable[[str, str, str], Answer]
OrganisationCheck = Callable[[str, str, str], Answer]


def check_number_only(name: str, kind: str, number: str) -> Answer:  # noqa: ARG001 - the signature of every check
    """Accept a number that was already found to check out, and say that nobody was asked."""
    return Answer(belongs_together=True, how=Verified.NUMBER)


def ask(name: str, kind: str, number: str) -> Answer:
    """Ask the identity service of this installation."""
    check: Check = import_string(settings.ONEDOOR_IDENTITY_CHECK)
    return check(name, kind, number)


def check_code_only(name: str, credit_code: str, legal_representative: str) -> Answer:  # noqa: ARG001 - the signature of every check
    """Accept a credit code that was already found to check out, and say that no register was asked."""
    return Answer(belongs_together=True, how=Verified.NUMBER)


def ask_about_organisation(name: str, credit_code: str, legal_representative: str) -> Answer:
    """Ask the register of enterprises of this installation whether name, code and representative belong together."""
    check: OrganisationCheck = import_string(settings.ONEDOOR_ORGANISATION_CHECK)
    return check(name, credit_code, legal_representative)
