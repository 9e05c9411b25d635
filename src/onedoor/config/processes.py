"""The processes of an installation: the web server and the worker."""

from __future__ import annotations

import os

from onedoor.config import ground, settings


def serve() -> int:
    """Serve the pages until told to stop. Migrations are applied first when the tables are behind."""
    _stand()
    return run_web()


def run_web() -> int:
    """Serve the pages on a database that stands."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ["DJANGO_SETTINGS_MODULE"] = "onedoor.config.settings"
    Granian(
        "onedoor.config.wsgi:application",
        address=settings.ONEDOOR_HOST,
        port=settings.ONEDOOR_PORT,
        interface=Interfaces.WSGI,
        workers=settings.ONEDOOR_WEB_WORKERS,
        blocking_threads=settings.ONEDOOR_WEB_THREADS,
        backlog=1024,
        backpressure=settings.ONEDOOR_WEB_THREADS * 2,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def work() -> int:
    """Do queued and periodic work until told to stop."""
    _stand()
    return run_worker()


def run_worker() -> int:
    """Do the work on a database that stands."""
    import django

    django.setup()
    from onedoor.config import worker

    worker.run(jobs=settings.ONEDOOR_WORKER_JOBS)
    return 0


def _stand() -> None:
    ground.start_database()
    if not ground.is_migrated():
        import django

        django.setup()
        ground.migrate(verbosity=1)
