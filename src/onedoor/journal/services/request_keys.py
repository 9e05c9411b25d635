"""Idempotency keys: whoever sends the same request again gets the same answer and nothing is done twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from django.db import connection
from django.utils.translation import gettext_lazy as _

from onedoor.journal.canonical import json_text
from onedoor.journal.models import RequestKey
from onedoor.journal.services.recording import OutsideTransaction
from onedoor.kernel.errors import AlreadyDone, Refused
from onedoor.kernel.ids import new_id

KEPT_FOR = timedelta(hours=24)


class KeyReused(Refused):
    """The same key came with another body."""

    code = "key_reused"
    http_status = 409
    default = _("This request key was already used for another request. Send a new key with a new request.")


class AnsweredMeanwhile(AlreadyDone):
    """The same request was answered by another process in the meantime; ``answer`` is that answer."""

    code = "answered_meanwhile"
    default = _("This request was already answered. Send it again to get the same answer.")

    @property
    def answer(self) -> dict[str, Any]:
        """What was answered."""
        return cast("dict[str, Any]", self.details["answer"])


def answered(scope: str, key: str, body: bytes) -> dict[str, Any] | None:
    """Return the answer that was kept for this request, or None when there is none yet. One or two statements.

    Inside a transaction it also claims the key: the same request sent at the same time waits here for the end of that
    transaction, and then gets its answer. Outside it only looks.

    :raises KeyReused: when the key came with another body.
    """
    if connection.in_atomic_block and _claim(scope, key, body):
        return None
    found = RequestKey.objects.filter(scope=scope, key=key).values_list("body_hash", "answer").first()
    if found is None:
        return None
    if bytes(found[0]) != _hash(body):
        raise KeyReused
    return found[1]


def keep_answer(scope: str, key: str, body: bytes, answer: Mapping[str, Any], at: datetime) -> None:
    """Keep the answer to a request, in the transaction of the act that it answers. One statement.

    :raises OutsideTransaction: when no transaction is open: a crash between act and answer would do the act twice.
    :raises KeyReused: when the key was meanwhile used for another body.
    :raises AnsweredMeanwhile: when the same request was answered meanwhile; the act rolls back and ``answered`` tells.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO journal_requestkey AS kept (id, scope, key, body_hash, answer, answered_at)
            VALUES (%s, %s, %s, %s, %s::jsonb, %s)
            ON CONFLICT (scope, key) DO UPDATE SET answer = EXCLUDED.answer, answered_at = EXCLUDED.answered_at
            WHERE kept.answer IS NULL AND kept.body_hash = EXCLUDED.body_hash
            """,
            [new_id(), scope, key, _hash(body), json_text(answer), at],
        )
        if cursor.rowcount == 0:
            raise AnsweredMeanwhile(answer=answered(scope, key, body))


def sweep_request_keys(*, at: datetime) -> int:
    """Forget keys answered more than a day before ``at`` and return how many. One statement."""
    return RequestKey.objects.filter(answered_at__lt=at - KEPT_FOR).delete()[0]


def _claim(scope: str, key: str, body: bytes) -> bool:
    # Waits on the unique index while another transaction holds the same key; false once that one has committed.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO journal_requestkey (id, scope, key, body_hash, answer, answered_at)
            VALUES (%s, %s, %s, %s, NULL, clock_timestamp()) ON CONFLICT (scope, key) DO NOTHING
            """,
            [new_id(), scope, key, _hash(body)],
        )
        return bool(cursor.rowcount)


def _hash(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
