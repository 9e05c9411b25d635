"""Looking through the journal is an act as well: who watches is recorded like everybody else."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from onedoor.journal import acts, permissions
from onedoor.journal.services.recording import record
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import NotAllowed
from onedoor.kernel.subjects import Subject

ACCOUNT = "people.account"


@transaction.atomic(durable=True)
def note_audit(*, kind: str, since: date, until: date, by: Actor, at: datetime) -> None:
    """Record that an auditor reads the journal of some days, before it is shown.

    Source: GB/T 22239 8.1.4.3, the audit is audited.

    :raises NotAllowed: when the actor has no such duty.
    """
    if not permissions.may_audit(by) or by.account is None:
        raise NotAllowed
    facts = {"kind": kind, "since": since.isoformat(), "until": until.isoformat()}
    record(acts.AUDIT, subject=Subject(ACCOUNT, by.account), by=by, at=at, facts=facts)
