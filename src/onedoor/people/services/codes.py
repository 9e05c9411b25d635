"""Codes by text message: sent, good once, for one purpose, for ten minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from onedoor.kernel import vault
from onedoor.kernel.errors import Refused
from onedoor.kernel.identity import normalise
from onedoor.people import codes, queries
from onedoor.people.models import TextCode
from onedoor.people.services.tries import forgive_tries, spend_try
from onedoor.people.states import CodePurpose

SENDS_AN_HOUR = 5
SENDS_AN_HOUR_FROM_ONE_ADDRESS = 60
SECONDS_BETWEEN_SENDS = 60
WRONG_CODES = 5
FOR_ANYBODY = frozenset({CodePurpose.REGISTER, CodePurpose.PHONE, CodePurpose.EMAIL})


class WrongTextCode(Refused):
    """The code is not the one that was sent, or it was used, or it is older than ten minutes."""

    code = "wrong_text_code"
    http_status = 422
    default = _("This code is not right, or it has run out. Compare it with the message, or have a new one sent.")


@dataclass(frozen=True, slots=True)
class ForOrganisation:
    """The organisation for which a code is good: a code for one opens no other."""

    id: UUID
    name: str


def send_code(*, phone: str, purpose: CodePurpose, address: str, at: datetime, organisation: ForOrganisation | None = None) -> None:
    """Send a new code to a phone; unless for registering or a new address only where an account has it.

    :raises TooManyTries: when codes were asked for too often, for this phone or from this network address.
    """
    spend_try(key=f"send:{address}", limit=SENDS_AN_HOUR_FROM_ONE_ADDRESS, window_seconds=3600, at=at)
    spend_try(key=f"send-hour:{phone}", limit=SENDS_AN_HOUR, window_seconds=3600, at=at)
    spend_try(key=f"send:{phone}:{purpose}", limit=1, window_seconds=SECONDS_BETWEEN_SENDS, at=at)
    _make_and_send(phone, purpose, at, organisation)


@transaction.atomic(durable=True)
def _make_and_send(phone: str, purpose: CodePurpose, at: datetime, organisation: ForOrganisation | None) -> None:
    account = queries.account_by_phone(phone)
    if account is None and purpose not in FOR_ANYBODY:
        return
    code = f"{secrets.randbelow(10**codes.CODE_DIGITS):0{codes.CODE_DIGITS}d}"
    made = TextCode(
        key=_key(phone, purpose),
        code_hash=_code_hash(phone, purpose, code, organisation.id if organisation else None),
        expires_at=at + timedelta(minutes=codes.CODE_MINUTES),
    )
    TextCode.objects.bulk_create([made], update_conflicts=True, unique_fields=["key"], update_fields=["code_hash", "expires_at"])
    named = organisation.name if organisation else ""
    codes.hand_over(codes.CodeMessage(phone, code, purpose.value, codes.CODE_MINUTES, account.id if account else None, named), at)


def use_code(*, phone: str, purpose: CodePurpose, code: str, at: datetime, organisation_id: UUID | None = None) -> None:
    """Use up the code that was sent to a phone, for one organisation where it was sent for one.

    :raises WrongTextCode: when it is not the one that was sent, was used already, or has run out.
    :raises TooManyTries: after five wrong ones within ten minutes.
    """
    tries = f"code:{purpose}:{phone}"
    spend_try(key=tries, limit=WRONG_CODES, window_seconds=codes.CODE_MINUTES * 60, at=at)
    if not _take(phone, purpose, normalise(code), at, organisation_id):
        raise WrongTextCode
    forgive_tries(keys=[tries])


def _take(phone: str, purpose: CodePurpose, code: str, at: datetime, organisation_id: UUID | None) -> bool:
    digest = _code_hash(phone, purpose, code, organisation_id)
    good = TextCode.objects.filter(key=_key(phone, purpose), code_hash=digest, expires_at__gt=at)
    return good.delete()[0] == 1


def forget_old_codes(*, at: datetime) -> int:
    """Delete codes that have run out, and return how many."""
    return TextCode.objects.filter(expires_at__lte=at).delete()[0]


def _key(phone: str, purpose: CodePurpose) -> bytes:
    return vault.keyed_hash(f"{purpose}:{phone}", purpose="text-code-key")


def _code_hash(phone: str, purpose: CodePurpose, code: str, organisation_id: UUID | None) -> bytes:
    scope = f":{organisation_id}" if organisation_id else ""
    return vault.keyed_hash(f"{purpose}:{phone}:{code}{scope}", purpose="text-code")
