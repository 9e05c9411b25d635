"""What a test does and takes back."""

from __future__ import annotations

from django.db import transaction

from onedoor.look import kept


class Undone:
    """A transaction that is always rolled back and inside which durable acts are allowed, as in Django's own test cases."""

    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic._from_testcase = True  # type: ignore[attr-defined]
        self.atomic.__enter__()

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        kept.forget_all()
