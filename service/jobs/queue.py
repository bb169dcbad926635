"""The queue: jobs as rows of the store, claimed by lease, fair between owners.

Everything that a runner on any machine needs to agree with the others stands in these few
statements. Times come from the caller's clock, order from the sequence: a clock that jumps can
end a lease early (the attempt number then fences off the late runner) but never loses a job.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select, update

from service.jobs.model import Job, Kind, Progress, State
from service.store.engine import Transactions
from service.store.errors import ConflictError, StoreError, UnknownError
from service.store.tables_work import JobRow
from service.store.types import utc_now

_JOB = cast("Table", JobRow.__table__)
_COLUMNS = [column for column in _JOB.c if column.name not in {"result", "data_version"}]
MAX_WAITING = 100
"""Jobs of one owner that may wait at once; more is a mistake or an attack."""

Clock = Callable[[], datetime]


class FullQueueError(StoreError):
    """Too many jobs of yours wait; cancel some, or try again when some have ended."""


class Queue:
    """Jobs of one store. ``attempts`` is how often a lost job is taken up in all."""

    def __init__(
        self, transactions: Transactions, *, attempts: int = 3, clock: Clock = utc_now
    ) -> None:
        self._tx = transactions
        self._attempts = attempts
        self._clock = clock

    def submit(
        self, kind: Kind, request: str, *, owner: str, idempotency_key: str | None = None
    ) -> Job:
        """Store a job before anybody is told of it.

        The same ``idempotency_key`` of the same owner gives the job that is already there; with
        another request it raises ``ConflictError``. Raises ``FullQueueError``.
        """
        with self._tx.write() as connection:
            known = self._by_key(connection, owner, idempotency_key)
            if known is not None:
                if known.request != request or known.kind is not kind:
                    raise ConflictError("this idempotency key was used for another request")
                return known
            waiting = connection.scalar(
                select(func.count())
                .select_from(_JOB)
                .where(_JOB.c.owner == owner, _JOB.c.status == State.QUEUED)
            )
            if (waiting or 0) >= MAX_WAITING:
                raise FullQueueError(f"{waiting} jobs of yours wait; cancel some of them")
            now = self._clock()
            job_id = str(uuid.uuid4())
            connection.execute(
                _JOB.insert().values(
                    id=job_id,
                    sequence=self._next_sequence(connection),
                    process=kind.value,
                    status=State.QUEUED.value,
                    owner=owner,
                    idempotency_key=idempotency_key,
                    request=request,
                    created_at=now,
                    updated_at=now,
                    progress=Progress().model_dump(mode="json"),
                )
            )
            return self._get(connection, job_id)

    def get(self, job_id: str) -> Job:
        """Read one job. Raises ``UnknownError``."""
        with self._tx.read() as connection:
            return self._get(connection, job_id)

    def list(
        self,
        *,
        owner: str | None = None,
        states: tuple[State, ...] = (),
        limit: int = 50,
        before: int | None = None,
    ) -> list[Job]:
        """Newest first; ``before`` is the sequence of the last one already seen."""
        query = _select().order_by(_JOB.c.sequence.desc()).limit(limit)
        if owner is not None:
            query = query.where(_JOB.c.owner == owner)
        if states:
            query = query.where(_JOB.c.status.in_([state.value for state in states]))
        if before is not None:
            query = query.where(_JOB.c.sequence < before)
        with self._tx.read() as connection:
            return [_job(row) for row in connection.execute(query)]

    def claim(self, worker: str, *, lease_s: float) -> Job | None:
        """Take the next job in fair order, or None.

        Fair: the owner with the fewest running jobs goes first, then the one who was served
        longest ago, then whoever asked first. Leases that ran out are swept before.
        """
        with self._tx.read() as connection:
            # Looking costs no write lock; most looks find nothing.
            if not self._anything_to_do(connection):
                return None
        with self._tx.write() as connection:
            self._sweep(connection)
            job_id = connection.execute(self._next_in_turn()).scalar_one_or_none()
            if job_id is None:
                return None
            now = self._clock()
            connection.execute(
                update(_JOB)
                .where(_JOB.c.id == job_id)
                .values(
                    status=State.RUNNING.value,
                    attempt=_JOB.c.attempt + 1,
                    worker=worker,
                    started_at=now,
                    updated_at=now,
                    leased_until=now + timedelta(seconds=lease_s),
                )
            )
            return self._get(connection, job_id)

    def renew(self, job: Job, *, lease_s: float, progress: Progress | None = None) -> bool:
        """Keep the lease, and say how far the work is; False if it is no longer ours."""
        now = self._clock()
        values: dict[str, Any] = {
            "leased_until": now + timedelta(seconds=lease_s),
            "updated_at": now,
        }
        if progress is not None:
            values["progress"] = progress.model_dump(mode="json")
        return self._change(_held(job), values)

    def cancel(self, job_id: str) -> Job:
        """Ask for the end: a waiting job ends at once, a running one when its runner sees it.

        A job that has ended stays as it is.
        """
        with self._tx.write() as connection:
            job = self._get(connection, job_id)
            now = self._clock()
            if job.state is State.QUEUED:
                values: dict[str, Any] = {
                    "status": State.CANCELLED.value,
                    "finished_at": now,
                    "message": "cancelled before it started",
                }
            elif job.state is State.RUNNING:
                values = {}
            else:
                return job
            connection.execute(
                update(_JOB)
                .where(_JOB.c.id == job_id)
                .values(cancel_requested=True, updated_at=now, **values)
            )
            return self._get(connection, job_id)

    def finish(
        self,
        job: Job,
        state: State,
        *,
        reason: str = "",
        plan_id: str | None = None,
        result: dict[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> bool:
        """End ``job``; False if the lease is no longer ours, and then nothing is changed.

        Call it inside ``transactions.write()`` together with what the end brings, so that a plan
        and its job are stored both or neither.
        """
        if not state.is_final:
            raise ValueError(f"{state} is no end")
        now = self._clock()
        values: dict[str, Any] = {
            "status": state.value,
            "message": reason,
            "plan_id": plan_id,
            "finished_at": now,
            "updated_at": now,
            "leased_until": None,
        }
        if result is not None:
            values["result"] = orjson.dumps(result).decode()
        if progress is not None:
            values["progress"] = progress.model_dump(mode="json")
        return self._change(_held(job), values)

    def keep_plan(self, job: Job, plan_id: str) -> bool:
        """Name the best plan so far of a running job; False if the lease is no longer ours."""
        return self._change(_held(job), {"plan_id": plan_id})

    def put_back(self, job: Job, *, reason: str, counts: bool) -> State:
        """Give up the lease: to wait again, or failed after the last attempt.

        ``counts=False`` is for a service that stops in order: no attempt is used up.
        """
        if not counts:
            held = {"attempt": job.attempt - 1} | _waiting(reason)
            self._change(_held(job), held)
            return State.QUEUED
        if job.attempt >= self._attempts:
            self.finish(job, State.FAILED, reason=_lost(job.attempt, reason))
            return State.FAILED
        self._change(_held(job), _waiting(reason))
        return State.QUEUED

    def sweep(self, *, worker_prefix: str | None = None) -> int:
        """Take running jobs from runners that are gone; returns how many.

        Leases that ran out, and with ``worker_prefix`` also those of workers whose name starts
        so: at its start a service knows that no runner of its own is left.
        """
        with self._tx.write() as connection:
            return self._sweep(connection, worker_prefix)

    def result(self, job_id: str) -> dict[str, Any] | None:
        """What the job handed back besides its plan, or None."""
        with self._tx.read() as connection:
            text = connection.scalar(select(_JOB.c.result).where(_JOB.c.id == job_id))
        return None if text is None else dict(orjson.loads(text))

    def _sweep(self, connection: Connection, worker_prefix: str | None = None) -> int:
        gone: ColumnElement[bool] = _JOB.c.leased_until < self._clock()
        if worker_prefix is not None:
            gone = gone | _JOB.c.worker.startswith(worker_prefix, autoescape=True)
        query = _select().where(_JOB.c.status == State.RUNNING.value, gone)
        orphans = [_job(row) for row in connection.execute(query)]
        for job in orphans:
            if job.cancel_requested:
                self._end(connection, job, State.CANCELLED, "cancelled; its worker was lost")
            elif job.attempt >= self._attempts:
                self._end(connection, job, State.FAILED, _lost(job.attempt, "its worker was lost"))
            else:
                values = _waiting("its worker was lost; it waits to be taken up again")
                connection.execute(update(_JOB).where(_JOB.c.id == job.id).values(values))
        return len(orphans)

    def _end(self, connection: Connection, job: Job, state: State, reason: str) -> None:
        now = self._clock()
        connection.execute(
            update(_JOB)
            .where(_JOB.c.id == job.id)
            .values(
                status=state.value,
                message=reason,
                finished_at=now,
                updated_at=now,
                leased_until=None,
            )
        )

    def _anything_to_do(self, connection: Connection) -> bool:
        waits = _JOB.c.status == State.QUEUED.value
        lost = (_JOB.c.status == State.RUNNING.value) & (_JOB.c.leased_until < self._clock())
        return connection.scalar(select(_JOB.c.id).where(waits | lost).limit(1)) is not None

    @staticmethod
    def _next_in_turn() -> Select[str]:
        others = _JOB.alias()
        running = (
            select(func.count())
            .where(others.c.owner == _JOB.c.owner, others.c.status == State.RUNNING.value)
            .scalar_subquery()
        )
        served = (
            select(func.max(others.c.started_at))
            .where(others.c.owner == _JOB.c.owner)
            .scalar_subquery()
        )
        return (
            select(_JOB.c.id)
            .where(_JOB.c.status == State.QUEUED.value)
            .order_by(running, served.asc().nulls_first(), _JOB.c.sequence)
            .limit(1)
        )

    def _change(self, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
        with self._tx.write() as connection:
            return connection.execute(update(_JOB).where(where).values(values)).rowcount == 1

    @staticmethod
    def _next_sequence(connection: Connection) -> int:
        # Writers come one at a time (see Transactions.write), so this can't give one twice.
        return (connection.scalar(select(func.max(_JOB.c.sequence))) or 0) + 1

    @staticmethod
    def _by_key(connection: Connection, owner: str, key: str | None) -> Job | None:
        if key is None:
            return None
        found = connection.execute(
            _select().where(_JOB.c.owner == owner, _JOB.c.idempotency_key == key)
        ).one_or_none()
        return None if found is None else _job(found)

    @staticmethod
    def _get(connection: Connection, job_id: str) -> Job:
        found = connection.execute(_select().where(_JOB.c.id == job_id)).one_or_none()
        if found is None:
            raise UnknownError(f"there is no job {job_id}")
        return _job(found)


def _select() -> Select[Any]:
    return select(*_COLUMNS)


def _held(job: Job) -> ColumnElement[bool]:
    """The row as its holder knows it: same attempt, still running."""
    return (
        (_JOB.c.id == job.id)
        & (_JOB.c.status == State.RUNNING.value)
        & (_JOB.c.attempt == job.attempt)
        & (_JOB.c.worker == job.worker)
    )


def _waiting(reason: str) -> dict[str, Any]:
    return {
        "status": State.QUEUED.value,
        "leased_until": None,
        "worker": None,
        "message": reason,
    }


def _lost(attempts: int, reason: str) -> str:
    return f"given up after {attempts} attempts: {reason}"


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        sequence=row.sequence,
        kind=Kind(row.process),
        request=row.request,
        owner=row.owner,
        state=State(row.status),
        progress=Progress.model_validate(row.progress or {}),
        attempt=row.attempt,
        idempotency_key=row.idempotency_key,
        cancel_requested=row.cancel_requested,
        worker=row.worker,
        lease_until=row.leased_until,
        plan_id=row.plan_id,
        reason=row.message,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
