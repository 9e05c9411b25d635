"""Writing entries: always in the act's own transaction, always in one statement."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from onedoor.journal.acts import REFUSE, Act, UnregisteredAct, registered
from onedoor.journal.canonical import json_text, personal_hash
from onedoor.kernel import vault
from onedoor.kernel.actor import Actor
from onedoor.kernel.errors import Text
from onedoor.kernel.ids import new_id
from onedoor.kernel.subjects import Subject

_SALT_BYTES = 32


class OutsideTransaction(RuntimeError):
    """An act was to be recorded outside its transaction, where it could be kept while the act is lost."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one act did to one subject; facts must be JSON (ids, moments and decimals are spelled out)."""

    subject: Subject
    facts: Mapping[str, Any] = field(default_factory=dict)
    on_behalf_of: UUID | None = None


# Entries, their personal facts and their places in the sealer's queue in one statement: an act pays one round trip.
_INSERT = """
WITH given AS (
    SELECT * FROM unnest(%(id)s::uuid[], %(kind)s::text[], %(subject)s::uuid[], %(behalf)s::uuid[], %(facts)s::text[],
                         %(hash)s::bytea[], %(salt)s::bytea[], %(personal)s::bytea[])
        AS given(id, subject_kind, subject_id, on_behalf_of, facts, hash, salt, personal)
), entries AS (
    INSERT INTO journal_entry (id, act, subject_kind, subject_id, at, recorded_at, account_id, posting_id, on_behalf_of,
                               site_id, region, client, actor_label, request_id, facts, personal_hash)
    SELECT id, %(act)s, subject_kind, subject_id, %(at)s, clock_timestamp(), %(account)s::uuid, %(posting)s::uuid, on_behalf_of,
           %(site)s::uuid, %(region)s, %(client)s, %(label)s, %(request)s::uuid, facts::jsonb, hash
    FROM given
), kept_apart AS (
    INSERT INTO journal_personalfacts (entry_id, salt, facts) SELECT id, salt, personal FROM given WHERE hash IS NOT NULL
)
INSERT INTO journal_unsealed (entry_id) SELECT id FROM given
"""


def record(
    act: Act,
    *,
    subject: Subject,
    by: Actor,
    at: datetime,
    on_behalf_of: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> UUID:
    """Record one act and return the key of its entry. One statement.

    :raises OutsideTransaction: when no transaction is open.
    :raises UnregisteredAct: when the act was not registered.
    """
    return record_many(act, [Record(subject, facts or {}, on_behalf_of)], by=by, at=at)[0]


def record_many(act: Act, records: Sequence[Record], *, by: Actor, at: datetime) -> list[UUID]:
    """Record one act on many subjects and return the keys of the entries, in their order. One statement.

    ``at`` is when it happened; when it was recorded is taken from the database's clock.

    :raises OutsideTransaction: when no transaction is open.
    :raises UnregisteredAct: when the act was not registered.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(act.code)
    if registered(act.code) is not act:
        raise UnregisteredAct(act.code)
    if not records:
        return []
    ids = [new_id() for _ in records]
    split = [_split(act, each.facts) for each in records]
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "id": ids,
                "kind": [each.subject.kind for each in records],
                "subject": [each.subject.id for each in records],
                "behalf": [each.on_behalf_of for each in records],
                "facts": [each.plain for each in split],
                "hash": [each.hash for each in split],
                "salt": [each.salt for each in split],
                "personal": [each.personal for each in split],
                "act": act.code,
                "at": at,
                **_who(by),
            },
        )
    return ids


@transaction.atomic(durable=True)
def record_refusal(act: Act, *, subject: Subject, by: Actor, at: datetime, reason: Text) -> UUID:
    """Record that an act was refused, in a transaction of its own: the act's own has been rolled back.

    Raises RuntimeError inside another transaction, whose roll-back would take the record with it.
    """
    return record(REFUSE, subject=subject, by=by, at=at, facts={"act": act.code, "reason": str(reason)})


@dataclass(frozen=True, slots=True)
class _Split:
    plain: str
    hash: bytes | None = None
    salt: bytes | None = None
    personal: bytes | None = None


def _split(act: Act, facts: Mapping[str, Any]) -> _Split:
    personal = {name: value for name, value in facts.items() if name in act.personal}
    if not personal:
        return _Split(json_text(facts))
    plain = {name: value for name, value in facts.items() if name not in act.personal}
    salt = os.urandom(_SALT_BYTES)
    return _Split(json_text(plain), personal_hash(salt, personal), salt, vault.encrypt(json_text(personal).encode()))


def _who(by: Actor) -> dict[str, Any]:
    # An official acts under his name; a citizen's name is personal and could not be shredded here: his account stands for him.
    is_citizen = not by.is_staff and (by.account is not None or by.person is not None)
    return {
        "account": by.account,
        "posting": by.posting,
        "site": by.site,
        "region": by.region,
        "client": by.client,
        "label": "" if is_citizen else by.label,
        "request": by.request,
    }
