"""Jobs as OGC API - Processes tells of them, and how a list of them is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from service.jobs.model import MEANING, Kind
from service.jobs.views import progress_of, runs_for_s
from service.locale.words import Words
from service.ogc.errors import bad_request
from service.ogc.links import HTML_TYPE, RESULTS, link, two_views
from service.ogc.query import times
from service.ogc.wire import JSON
from service.store.jobs import Job, JobStatus

FILTERS = frozenset({"type", "processID", "status", "datetime", "minDuration", "maxDuration"})
LONGEST_PAGE = 1000
DEFAULT_PAGE = 100


@dataclass(frozen=True, slots=True)
class JobsQuery:
    """Which jobs are wanted; ``before`` is the sequence to page on from."""

    limit: int
    before: int | None
    processes: frozenset[str] | None
    statuses: frozenset[JobStatus] | None
    nothing: bool  # only other types were asked for
    begin: datetime | None
    end: datetime | None
    least_s: float | None
    most_s: float | None

    def wants(self, job: Job, now: datetime) -> bool:
        """What the store does not sort out: when it was made, how long it has been running."""
        runs = runs_for_s(job, now)
        return (
            (self.begin is None or job.created_at >= self.begin)
            and (self.end is None or job.created_at < self.end)
            and (self.least_s is None or (job.started_at is not None and runs >= self.least_s))
            and (self.most_s is None or (job.started_at is not None and runs <= self.most_s))
        )


def jobs_query(given: Mapping[str, str]) -> JobsQuery:
    """The parameters of a list of jobs. Raises ``OgcError`` (400)."""
    statuses = _listed(given, "status")
    kinds = _listed(given, "type")
    if statuses is not None and statuses - set(JobStatus):
        raise bad_request(f"status must be of {', '.join(JobStatus)}")
    begin, end = times(given.get("datetime"))
    return JobsQuery(
        limit=min(LONGEST_PAGE, _whole(given, "limit", DEFAULT_PAGE)),
        before=_whole(given, "before", 0) or None,
        processes=_listed(given, "processID"),
        statuses=None if statuses is None else frozenset(JobStatus(one) for one in statuses),
        nothing=kinds is not None and "process" not in kinds,
        begin=_moment_of(begin),
        end=_moment_of(end),
        least_s=_seconds(given, "minDuration"),
        most_s=_seconds(given, "maxDuration"),
    )


def _listed(given: Mapping[str, str], name: str) -> frozenset[str] | None:
    return frozenset(given[name].split(",")) if name in given else None


def _whole(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= 1):  # noqa: PLR2004 (nine digits)
        raise bad_request(f"{name} must be a whole number from 1 on")
    return int(text)


def _seconds(given: Mapping[str, str], name: str) -> float | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 (nine digits)
        raise bad_request(f"{name} must be a whole number of seconds")
    return float(text)


def _moment_of(moment: np.datetime64 | None) -> datetime | None:
    if moment is None:
        return None
    seconds = int(moment.astype("datetime64[s]").astype("int64"))
    return datetime.fromtimestamp(seconds, UTC)


def status_info(job: Job, root: str, words: Words, shown: str) -> dict[str, Any]:
    """statusInfo; ``goal`` and ``points`` are ours: the goal at work, the points answered."""
    progress = progress_of(job)
    here = f"{root}/jobs/{job.id}"
    done = job.status is JobStatus.SUCCESSFUL
    found: dict[str, Any] = {
        "jobID": job.id,
        "processID": job.process,
        "type": "process",
        "status": job.status.value,
        "message": job.message or words.say(MEANING[job.status.value]),
        "progress": 100 if done else round(99 * progress.share),
        "created": moment(job.created_at),
        "started": moment(job.started_at),
        "updated": moment(job.updated_at),
        "finished": moment(job.finished_at),
        "attempt": job.attempt,
        "links": two_views(here, shown),
    }
    if job.process == Kind.EXPLORE:
        found["points"] = {
            "stage": progress.stage.value,
            "answered": progress.points_done,
            "all": progress.points_total,
            "last": progress.point,
            "elapsed_s": progress.elapsed_s,
        }
    else:
        found["goal"] = {
            "stage": progress.stage.value,
            "name": progress.tier.value if progress.tier else None,
            "settled": progress.tiers_done,
            "all": progress.tiers_total,
            "value": progress.value,
            "bound": progress.bound,
            "gap": progress.gap,
            "elapsed_s": progress.elapsed_s,
            "best_saved": progress.best_saved,
        }
    if done:
        found["links"].append(link(f"{here}/results", RESULTS, JSON, "results"))
    if job.plan_id is not None:
        plan = f"{root.removesuffix('/ogc')}/plans/{job.plan_id}"
        found["links"].append(link(plan, "related", HTML_TYPE, "plan"))
    return {key: value for key, value in found.items() if value is not None}


def moment(when: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if when is None:
        return None
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
