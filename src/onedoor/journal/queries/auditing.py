"""What an auditor looks for: refusals, failed log-ins, looks at masked data, changes of accounts. Reading only, without personal facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from onedoor.journal.acts import sentence_for
from onedoor.journal.models import Entry
from onedoor.journal.naming import names_of
from onedoor.kernel.errors import Text
from onedoor.kernel.ids import first_id_at, moment_of
from onedoor.kernel.paging import Page, first_page
from onedoor.kernel.subjects import Subject

PAGE_SIZE = 50
_ACCOUNT = "people.account"
# The acts are named here by their codes, because the index journal_entry_watched (migration 0002) lists the same ones.
WATCHED: dict[str, tuple[Text, tuple[str, ...]]] = {
    "refusals": (_("Refusals"), ("journal.refuse",)),
    "logins": (_("Failed log-ins"), ("people.fail_log_in", "people.lock")),
    "looks": (_("Looks at masked data"), ("people.unmask", "casework.unmask")),
    "accounts": (
        _("Changes of accounts"),
        (
            "people.create_staff", "people.lock_account", "people.unlock", "people.give_password",
            "people.reset_second_factor", "people.close_account",
        ),
    ),
    "systems": (_("Other systems"), ("people.create_client", "people.revoke_client")),
    "audits": (_("Looks at the journal"), ("journal.audit",)),
}  # fmt: skip
ALL_WATCHED = tuple(code for _name, codes in WATCHED.values() for code in codes)
# An auditor's own looks have a list of their own: among the others each look would push down what it looks for.
_WITHOUT_LOOKS = tuple(code for code in ALL_WATCHED if code not in WATCHED["audits"][1])


@dataclass(frozen=True, slots=True)
class WatchedEntry:
    """One entry as the auditor sees it: who, what, on what; names of citizens are masked, reasons are not shown."""

    id: UUID
    recorded_at: datetime
    text: str
    subject_kind: str
    subject: str
    detail: str
    client: str


def watched(
    kind: str, *, since: datetime, until: datetime, before: UUID | None = None, size: int = PAGE_SIZE
) -> Page[WatchedEntry]:
    """Return what was recorded in ``[since, until)``, newest first; ``kind`` is one of ``WATCHED`` or empty for all but the looks of auditors.

    The page after this one starts with ``before``, the key of its last row. Two statements, and one for each kind of subject.
    """
    codes = WATCHED[kind][1] if kind in WATCHED else _WITHOUT_LOOKS
    found = Entry.objects.filter(act__in=ALL_WATCHED, id__gte=first_id_at(since), id__lt=before or first_id_at(until))
    entries = list(found.filter(act__in=codes).order_by("-id")[: size + 1])
    names = names_of([*(Subject(each.subject_kind, each.subject_id) for each in entries), *_unlabelled(entries)])
    return first_page([_finding(each, names) for each in entries], size)


def _unlabelled(entries: Sequence[Entry]) -> list[Subject]:
    """Return the accounts of the citizens who acted: an official's name stands in the entry itself."""
    return [Subject(_ACCOUNT, each.account_id) for each in entries if each.account_id and not each.actor_label]


def _finding(entry: Any, names: Mapping[Subject, str]) -> WatchedEntry:
    facts = entry.facts
    actor = entry.actor_label or names.get(Subject(_ACCOUNT, entry.account_id), "") or gettext("Somebody without a post")
    tried = facts.get("act", "")
    return WatchedEntry(
        id=entry.pk,
        recorded_at=moment_of(entry.pk),
        text=sentence_for(entry.act, actor, facts),
        subject_kind=entry.subject_kind,
        subject=names.get(Subject(entry.subject_kind, entry.subject_id), str(entry.subject_id)[-12:]),
        detail=sentence_for(tried, actor, facts) if tried else _detail(facts),
        client=entry.client,
    )


def _detail(facts: Mapping[str, Any]) -> str:
    """Return which hidden field was looked at, or which days of the journal."""
    if "since" in facts:
        return f"{facts['since']} – {facts['until']}"
    return str(facts.get("field", ""))
