"""Setting the mark of the sample city: before anything is made, so that nothing of it is ever taken for real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from onedoor.kernel.errors import Refused
from onedoor.look import kept
from onedoor.sample import queries
from onedoor.sample.models import Mark, Role

VERSION = "1"


class HoldsData(Refused):
    """A sample city would be built over data that is there already."""

    code = "holds_data"
    default = _(
        "This database already holds data, so no sample city is built in it. Give the demonstration a database of its own "
        "(ONEDOOR_DATA or ONEDOOR_DATABASE_URL)."
    )


@transaction.atomic(durable=True)
def begin_city(*, at: datetime) -> None:
    """Mark an empty database as a sample.

    :raises HoldsData: when anything was done in it before.
    """
    if queries.holds_data() or queries.is_sample(at):
        raise HoldsData
    Mark.objects.create(version=VERSION, begun_at=at)
    kept.forget_all()


@transaction.atomic(durable=True)
def finish_city(*, at: datetime) -> None:
    """Note that the sample city is finished."""
    Mark.objects.update(built_at=at)
    kept.forget_all()


@transaction.atomic(savepoint=False)
def cast_roles(accounts: Mapping[str, UUID]) -> None:
    """Note which account plays which role of the demonstration, in the order in which they are shown."""
    Role.objects.bulk_create(Role(code=code, place=place, account_id=key) for place, (code, key) in enumerate(accounts.items()))


def clear_half_built() -> None:
    """Empty a database in which the making of a sample city was interrupted, and make its tables anew.

    Only what bears the mark of an unfinished sample is emptied, which was empty when the mark was set.
    """
    if not queries.is_half_built():
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    call_command("migrate", verbosity=0, interactive=False)
