"""A job of the store as people and programs want to see it."""

from datetime import datetime

from service.jobs.model import Progress
from service.store.jobs import Job


def progress_of(job: Job) -> Progress:
    """What the worker of ``job`` said last."""
    return Progress.model_validate(dict(job.progress)) if job.progress else Progress()


def runs_for_s(job: Job, now: datetime) -> float:
    """Seconds since ``job`` was first taken up, or of the whole run if it has ended."""
    if job.started_at is None:
        return 0.0
    return max(0.0, ((job.finished_at or now) - job.started_at).total_seconds())
