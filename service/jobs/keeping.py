"""Plans of jobs go into the store together with the change of their job: both or neither."""

from typing import Any

import orjson

from service.jobs.messages import Said, Word
from service.jobs.model import Progress
from service.locale.conflict_words import explanation_members
from service.store.jobs import Job, JobStatus
from service.store.store import Store


class _LeaseLostError(Exception):
    """Rolls the transaction back: somebody else works on this job now."""


def keep_best(store: Store, job: Job, said: Said) -> bool:
    """Keep a legal plan that is not proven best; False if the lease is no longer ours."""
    if said.plan is None or said.problem is None:
        return True
    try:
        with store.write():
            if store.jobs.renew(job, _LEASE_WHILE_KEEPING_S) is None:
                raise _LeaseLostError  # noqa: TRY301 (only an exception rolls back)
            store.plans.save(
                said.problem,
                said.plan,
                owner=job.owner,
                job_id=job.id,
                report=_text(said.report),
                incumbent=True,
            )
    except _LeaseLostError:
        return False
    return True


def keep_end(
    store: Store, job: Job, said: Said, status: JobStatus, message: str, progress: Progress
) -> bool:
    """End ``job`` with what it brought; False if the lease is no longer ours.

    A job that brought no plan of its own keeps the best one that was saved while it ran.
    """
    try:
        with store.write():
            plan_id = _kept_plan(store, job, said, status)
            store.jobs.report(job, progress.model_dump(mode="json"), message)
            ended = store.jobs.finish(
                job, status, message=message, result=_result(said), plan_id=plan_id
            )
            if not ended:
                raise _LeaseLostError  # noqa: TRY301 (only an exception rolls back)
    except _LeaseLostError:
        return False
    return True


_LEASE_WHILE_KEEPING_S = 60.0


def _kept_plan(store: Store, job: Job, said: Said, status: JobStatus) -> str | None:
    outcome = said.outcome
    if outcome is not None and outcome.plan is not None and said.problem is not None:
        head = store.plans.save(
            said.problem,
            outcome.plan,
            owner=job.owner,
            job_id=job.id,
            report=_text(said.report),
            incumbent=status is not JobStatus.SUCCESSFUL,
        )
        return head.id
    best = store.plans.of_job(job.id)
    return None if best is None else best.id


def _result(said: Said) -> str | None:
    """What a job hands back besides its plan: status, reason, broken rules, why, faults."""
    found: dict[str, Any] = {}
    if said.outcome is not None:
        found["outcome"] = said.outcome.model_dump(mode="json", exclude={"plan"})
    if said.explored is not None and said.problem is not None:
        found["explored"] = said.explored
        found["problem"] = said.problem.model_dump(mode="json")
    if said.explanation is not None and said.problem is not None:
        found["explanation"] = explanation_members(said.problem, said.explanation)
    if said.faults:
        found["faults"] = [fault.model_dump(mode="json") for fault in said.faults]
    if said.word in {Word.REFUSED, Word.BROKEN} and said.reason:
        found["reason"] = said.reason
    return orjson.dumps(found).decode() if found else None


def _text(report: dict[str, Any] | None) -> str | None:
    return None if report is None else orjson.dumps(report).decode()
