"""Whether this installation is a sample, and what its page tells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection

from onedoor.kernel.errors import NotFound
from onedoor.sample.models import Mark, Role

if TYPE_CHECKING:
    from onedoor.people.models import Account


def is_sample(now: datetime) -> bool:
    """Tell whether the data of this installation are a sample, finished or being made; asked once a minute, see ``look.strip``."""
    del now
    return Mark.objects.exists()


def is_built() -> bool:
    """Tell whether the sample city is finished."""
    return Mark.objects.filter(built_at__isnull=False).exists()


def is_half_built() -> bool:
    """Tell whether somebody began the sample city and was interrupted."""
    return Mark.objects.filter(built_at__isnull=True).exists()


def holds_data() -> bool:
    """Tell whether anything was ever done in this database: every act leaves an entry in the journal.

    The calendar, which comes with the tables, does not count.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM journal_entry WHERE act NOT LIKE 'workdays.%')")
        return bool(cursor.fetchone()[0])


def require_built() -> None:
    """Let pages of the demonstration be there only where the database bears the mark of a finished sample.

    :raises NotFound: in every other installation.
    """
    if not is_built():
        raise NotFound


def account_of_role(code: str) -> Account:
    """Return the account that plays a role.

    :raises NotFound: when there is no such role.
    """
    role = Role.objects.select_related("account").filter(code=code).first()
    if role is None:
        raise NotFound
    return role.account


def cast() -> dict[str, Account]:
    """Return who plays which role."""
    return {role.code: role.account for role in Role.objects.select_related("account").order_by("place")}
