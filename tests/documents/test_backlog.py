"""A heap of papers once kept the journal unsealed and messages unsent for as long as it lasted."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from onedoor.documents import services


@pytest.mark.django_db
def test_sealing_jobs_stand_behind_all_other_work() -> None:
    for _ in range(3):
        services.queue_sealing()
    jobs = ProcrastinateJob.objects.filter(task_name="documents.seal_papers").values_list("priority", "lock")
    # No lock: one whose end could not be written down, when the database died, would hold up all others for ever.
    assert list(jobs) == [(-10, None)] * 3
