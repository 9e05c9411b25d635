"""What machines ask: is the process alive, can it serve."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from onedoor.config import ground
from onedoor.kernel.doors import Door, door
from onedoor.kernel.errors import NotFound
from onedoor.look.refusals import refusal_page

_migrated = False


@door(Door.ANYONE)
def alive(_: HttpRequest) -> HttpResponse:
    """Answer that this process runs."""
    return HttpResponse("ok\n", content_type="text/plain")


@door(Door.ANYONE)
def ready(_: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and its tables are those of this release, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        behind = not _tables_stand()
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    if behind:
        return HttpResponse("migrations are missing\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def _tables_stand() -> bool:
    """Say whether all migrations are applied; once they are, this process does not ask again."""
    global _migrated  # noqa: PLW0603
    if not _migrated:
        _migrated = ground.is_migrated() or _nothing_is_planned()
    return _migrated


def _nothing_is_planned() -> bool:
    """Ask Django itself; needed where another machine applied the migrations."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def nothing_here(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    del exception
    return refusal_page(request, NotFound())
