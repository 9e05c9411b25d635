"""The bytes that are hashed: one spelling of an entry and of its facts. Part of the format, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

BATCH_SIZE = 5000  # entries in a batch; a smaller batch says that nothing was left over when it was sealed


class EntryFields(NamedTuple):
    """All columns of an entry in the order of the table's own SELECT."""

    id: UUID
    act: str
    subject_kind: str
    subject_id: UUID
    at: datetime
    recorded_at: datetime
    account_id: UUID | None
    posting_id: UUID | None
    on_behalf_of: UUID | None
    site_id: UUID | None
    region: str
    client: str
    actor_label: str
    request_id: UUID
    facts: str
    personal_hash: bytes | None


COLUMNS = ", ".join(f"e.{name}" for name in EntryFields._fields)


def json_text(value: Any) -> str:
    """Return a JSON document in its one spelling: keys sorted, no blanks, no escapes that are not needed."""
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def moment_text(moment: datetime) -> str:
    """Return a moment in its one spelling: UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_text(entry: EntryFields) -> str:
    """Return an entry as the JSON text whose bytes are the leaf of the tree. It holds no personal facts, only their hash."""
    return json_text(
        {
            "id": entry.id.hex,
            "act": entry.act,
            "subject": [entry.subject_kind, entry.subject_id.hex],
            "at": moment_text(entry.at),
            "recorded_at": moment_text(entry.recorded_at),
            "account": _hex(entry.account_id),
            "posting": _hex(entry.posting_id),
            "on_behalf_of": _hex(entry.on_behalf_of),
            "site": _hex(entry.site_id),
            "region": entry.region,
            "client": entry.client,
            "actor": entry.actor_label,
            "request": entry.request_id.hex,
            "facts": json.loads(entry.facts),
            "personal": None if entry.personal_hash is None else bytes(entry.personal_hash).hex(),
        }
    )


def personal_hash(salt: bytes, facts: Mapping[str, Any]) -> bytes:
    """Return the hash that stays in the entry when its personal facts are shredded, salt included."""
    return hashlib.sha256(salt + json_text(facts).encode()).digest()


def _hex(key: UUID | None) -> str | None:
    return None if key is None else key.hex
