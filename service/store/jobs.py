"""Jobs: rows that are stored before they are answered for, and leases that hold them.

A runner claims the next job with a lease and keeps renewing it. A lease that ran out is an
orphan: the next claim takes it up again, ``attempts`` times in all, then it is failed. Every later
write names the attempt: a runner that was presumed dead can't write over its successor.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from service.store.engine import Transactions
from service.store.errors import ConflictError, UnknownError
from service.store.tables_work import JobRow
from service.store.types import utc_now


class JobStatus(StrEnum):
    """The states of OGC API - Processes."""

    ACCEPTED = "accepted"  # stored, waits for a runner
    RUNNING = "running"  # a runner holds its lease
    SUCCESSFUL = "successful"
    FAILED = "failed"  # ``message`` says why
    DISMISSED = "dismissed"  # somebody cancelled it

    @property
    def is_final(self) -> bool:
        return self in {JobStatus.SUCCESSFUL, JobStatus.FAILED, JobStatus.DISMISSED}


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work. ``request`` and ``result`` are JSON texts of the process."""

    id: str
    sequence: int
    process: str
    status: JobStatus
    owner: str
    idempotency_key: str | None
    request: str
    data_version: str
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None
    attempt: int
    worker: str | None
    leased_until: datetime | None
    cancel_requested: bool
    progress: Mapping[str, Any]
    message: str
    result: str | None
    plan_id: str | None


class Jobs:
    """Repository of jobs."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def submit(
        self,
        process: str,
        request: str,
        *,
        owner: str,
        idempotency_key: str | None = None,
        data_version: str = "",
    ) -> Job:
        """Store a job; the same key of the same owner gives the job that is there.

        Raises:
            ConflictError: the key was used for another request.

        """
        with self._tx.write() as connection:
            if idempotency_key is not None:
                query = select(JobRow.id).where(
                    JobRow.owner == owner, JobRow.idempotency_key == idempotency_key
                )
                known = connection.execute(query).scalar()
                if known is not None:
                    job = self.get(known)
                    if (job.process, job.request) != (process, request):
                        raise ConflictError("this idempotency key was used for another request")
                    return job
            now = utc_now()
            job_id = str(uuid.uuid4())
            last = connection.execute(select(func.max(JobRow.sequence))).scalar() or 0
            connection.execute(
                insert(JobRow).values(
                    id=job_id,
                    sequence=last + 1,
                    process=process,
                    status=JobStatus.ACCEPTED.value,
                    owner=owner,
                    idempotency_key=idempotency_key,
                    request=request,
                    data_version=data_version,
                    created_at=now,
                    updated_at=now,
                )
            )
            return self.get(job_id)

    def get(self, job_id: str) -> Job:
        with self._tx.read() as connection:
            query = select(JobRow.__table__).where(JobRow.id == job_id)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UnknownError(f"there is no job {job_id}")
        return _job(row)

    def list(
        self,
        *,
        owner: str | None = None,
        statuses: Collection[JobStatus] | None = None,
        processes: Collection[str] | None = None,
        limit: int = 100,
        before: int | None = None,
    ) -> list[Job]:
        """Jobs, newest first; ``before`` is a sequence to page on from."""
        query = select(JobRow.__table__).order_by(JobRow.sequence.desc()).limit(limit)
        if processes is not None:
            query = query.where(JobRow.process.in_(processes))
        if owner is not None:
            query = query.where(JobRow.owner == owner)
        if statuses is not None:
            query = query.where(JobRow.status.in_([s.value for s in statuses]))
        if before is not None:
            query = query.where(JobRow.sequence < before)
        with self._tx.read() as connection:
            return [_job(row) for row in connection.execute(query).mappings()]

    def newest_keyed(self, start: str) -> Job | None:
        """The newest job whose idempotency key begins with ``start``, whoever asked for it."""
        query = (
            select(JobRow.__table__)
            .where(JobRow.idempotency_key.startswith(start, autoescape=True))
            .order_by(JobRow.sequence.desc())
            .limit(1)
        )
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _job(row)

    def claim(
        self,
        worker: str,
        lease_s: float,
        *,
        attempts: int = 3,
        processes: Collection[str] | None = None,
        most: int | None = None,
    ) -> Job | None:
        """Take the next job, or None.

        The owner with the fewest running jobs comes first, then the one who was served longest
        ago, then whoever asked first: a hundred jobs of one owner don't keep another waiting.
        Only jobs of ``processes``; only of owners of whom fewer than ``most`` of these run.
        """
        if not self.anything_to_do():
            return None
        wanted = [JobRow.process.in_(processes)] if processes is not None else []
        with self._tx.write() as connection:
            now = utc_now()
            self._fail_lost(now, attempts)
            running = (
                select(JobRow.owner, func.count().label("n"))
                .where(JobRow.status == JobStatus.RUNNING.value, JobRow.leased_until > now, *wanted)
                .group_by(JobRow.owner)
                .subquery()
            )
            served = (
                select(JobRow.owner, func.max(JobRow.started_at).label("at"))
                .where(*wanted)
                .group_by(JobRow.owner)
                .subquery()
            )
            query = (
                select(JobRow.id)
                .outerjoin(running, running.c.owner == JobRow.owner)
                .outerjoin(served, served.c.owner == JobRow.owner)
                .where(
                    or_(
                        JobRow.status == JobStatus.ACCEPTED.value,
                        (JobRow.status == JobStatus.RUNNING.value) & (JobRow.leased_until <= now),
                    ),
                    *wanted,
                    *([func.coalesce(running.c.n, 0) < most] if most is not None else []),
                )
                .order_by(
                    func.coalesce(running.c.n, 0), served.c.at.asc().nulls_first(), JobRow.sequence
                )
                .limit(1)
            )
            job_id = connection.execute(query).scalar()
            if job_id is None:
                return None
            job = self.get(job_id)
            connection.execute(
                update(JobRow)
                .where(JobRow.id == job_id)
                .values(
                    status=JobStatus.RUNNING.value,
                    attempt=job.attempt + 1,
                    worker=worker,
                    leased_until=now + timedelta(seconds=lease_s),
                    started_at=job.started_at or now,
                    updated_at=now,
                )
            )
            return self.get(job_id)

    def renew(self, job: Job, lease_s: float) -> Job | None:
        """Keep the lease; the job as it is now, or None when the lease is lost."""
        until = utc_now() + timedelta(seconds=lease_s)
        return self.get(job.id) if self._held(job, leased_until=until) else None

    def report(self, job: Job, progress: Mapping[str, Any], message: str = "") -> bool:
        """Say how far it is; False when the lease is lost."""
        return self._held(job, progress=dict(progress), message=message, updated_at=utc_now())

    def finish(
        self,
        job: Job,
        status: JobStatus,
        *,
        message: str = "",
        result: str | None = None,
        plan_id: str | None = None,
    ) -> bool:
        """End a job; False when the lease is lost and somebody else works on it."""
        now = utc_now()
        return self._held(
            job,
            status=status.value,
            message=message,
            result=result,
            plan_id=plan_id,
            finished_at=now,
            updated_at=now,
            leased_until=None,
        )

    def release(self, job: Job, *, counts: bool = False, message: str = "") -> bool:
        """Hand a job back unfinished.

        The attempt is not counted when a runner stops in order, and ``counts`` when its work was
        lost; who hands back the last attempt must ``finish`` the job instead.
        """
        return self._held(
            job,
            status=JobStatus.ACCEPTED.value,
            attempt=job.attempt if counts else job.attempt - 1,
            message=message,
            worker=None,
            leased_until=None,
            updated_at=utc_now(),
        )

    def expire(self, worker_prefix: str) -> int:
        """End the leases of workers whose name starts so; returns how many that were.

        For a runner that starts and knows that these are gone; the next claim takes them up.
        """
        with self._tx.write() as connection:
            found = connection.execute(
                update(JobRow)
                .where(
                    JobRow.status == JobStatus.RUNNING.value,
                    JobRow.worker.startswith(worker_prefix, autoescape=True),
                )
                .values(leased_until=utc_now())
            )
            return found.rowcount

    def waiting(self, owner: str) -> int:
        """How many jobs of an owner have not ended."""
        open_states = (JobStatus.ACCEPTED.value, JobStatus.RUNNING.value)
        query = select(func.count()).where(JobRow.owner == owner, JobRow.status.in_(open_states))
        with self._tx.read() as connection:
            return connection.execute(query).scalar() or 0

    def cancel(self, job_id: str) -> Job:
        """Ask for its end: a waiting job ends now, a running one when its runner sees it."""
        with self._tx.write() as connection:
            job = self.get(job_id)
            now = utc_now()
            values: dict[str, Any] = {"cancel_requested": True, "updated_at": now}
            if job.status is JobStatus.ACCEPTED:
                values |= {"status": JobStatus.DISMISSED.value, "finished_at": now}
            if not job.status.is_final:
                connection.execute(update(JobRow).where(JobRow.id == job_id).values(**values))
            return self.get(job_id)

    def _held(self, job: Job, **values: Any) -> bool:
        with self._tx.write() as connection:
            done = connection.execute(
                update(JobRow)
                .where(
                    JobRow.id == job.id,
                    JobRow.status == JobStatus.RUNNING.value,
                    JobRow.attempt == job.attempt,
                    JobRow.worker == job.worker,
                )
                .values(**values)
            )
            return done.rowcount == 1

    def anything_to_do(self) -> bool:
        """A look without the write lock: most looks of an idle runner find nothing."""
        waits = JobRow.status == JobStatus.ACCEPTED.value
        lost = (JobRow.status == JobStatus.RUNNING.value) & (JobRow.leased_until <= utc_now())
        with self._tx.read() as connection:
            query = select(JobRow.id).where(or_(waits, lost)).limit(1)
            return connection.execute(query).scalar() is not None

    def _fail_lost(self, now: datetime, attempts: int) -> None:
        lost = (
            JobRow.status == JobStatus.RUNNING.value,
            JobRow.leased_until <= now,
        )
        end = {"finished_at": now, "updated_at": now, "leased_until": None}
        with self._tx.write() as connection:
            connection.execute(
                update(JobRow)
                .where(*lost, JobRow.cancel_requested.is_(True))
                .values(status=JobStatus.DISMISSED.value, **end)
            )
            connection.execute(
                update(JobRow)
                .where(*lost, JobRow.attempt >= attempts)
                .values(
                    status=JobStatus.FAILED.value,
                    message=f"its worker was lost {attempts} times",
                    **end,
                )
            )


def _job(row: Mapping[Any, Any]) -> Job:
    job = Job(**row)
    return replace(job, status=JobStatus(job.status))
