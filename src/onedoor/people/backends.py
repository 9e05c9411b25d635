"""How a session finds its account again; passwords are checked by the acts, not here."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from onedoor.people import queries
from onedoor.people.models import Account

PATH = "onedoor.people.backends.AccountBackend"


class AccountBackend(BaseBackend):
    """Returns accounts by key; closed accounts are no longer logged in."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        account = queries.account_by_id(UUID(str(user_id)))
        return account if account is not None and account.is_active else None
