"""A heap of papers once kept the journal unsealed and messages unsent for as long as it lasted."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from onedoor.documents import services


@pytest.mark.django_db
def test_sealing_jobs_run_in_turn_and_leave_hands_for_other_work() -> None:
    for _ in range(3):
        services.queue_sealing()
    locks = ProcrastinateJob.objects.filter(task_name="documents.seal_papers").values_list("lock", flat=True)
    assert list(locks) == ["documents.seal_papers"] * 3
