"""Somebody at the desk, for tests: logged in, second factor passed, on the Monday of the situations."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from onedoor.casework.models import Application
from onedoor.kernel.actor import Actor
from onedoor.people.models import Account
from tests.casework.situations import MONDAY, all_checked
from tests.people.test_pages import step_in


def at_desk(actor: Actor, *, at: datetime = MONDAY) -> Client:
    """Return the browser of somebody at the desk."""
    client = Client()
    Account.objects.filter(pk=actor.account).update(password_changed_at=at, must_change_password=False)
    step_in(client, Account.objects.get(pk=actor.account))
    return client


def text_of(response: Any) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(name: str, application: Application) -> str:
    """Return the address of a page or an act of the desk."""
    return reverse(f"casework:desk_{name}", args=[application.id])


def ticks(application: Application) -> dict[str, str]:
    """Return what the page sends when all papers are fine and everything is as the norm asks."""
    sent = {"all-met": "1"}
    for check in all_checked(application):
        sent |= {f"check-{check.key}": "ok", f"original-{check.key}": "on", f"copies-{check.key}": "1"}
    return sent


def beside_the_browser(work: Callable[[], object]) -> None:
    """Do work in a thread of its own, as the worker would: Playwright's loop runs in the thread of the test."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
