"""What is done when a virus is found in a file of a subject: the room that owns the subject names a job, here, at start-up."""

from __future__ import annotations

_jobs: dict[str, str] = {}


def register(subject_kind: str, job: str) -> None:
    """Let ``job`` be queued with ``file_id`` for each infected file of a subject of ``subject_kind``.

    :raises ValueError: when another job was registered for the kind.
    """
    if _jobs.setdefault(subject_kind, job) != job:
        raise ValueError(f"two jobs for infected files of {subject_kind}")


def job_for(subject_kind: str) -> str | None:
    """Return the job that the owner of such subjects registered, if any."""
    return _jobs.get(subject_kind)
