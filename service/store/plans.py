"""Plans with the problems they answer, and saved scenarios. Exact JSON bytes are kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from optimizer.plan import Plan
from optimizer.problem import Problem
from service.store.engine import Transactions
from service.store.errors import ConflictError, UnknownError
from service.store.tables_work import PlanRow, ScenarioRow
from service.store.types import utc_now


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A plan's row without its documents, for lists."""

    id: str
    sequence: int
    scenario: str
    title: str
    method: str
    status: str
    owner: str
    job_id: str | None
    data_version: str
    problem_digest: str
    plan_digest: str
    created_at: datetime
    incumbent: bool


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan, its problem and the auditor's report (JSON text)."""

    head: PlanHead
    problem: Problem
    plan: Plan
    report: str | None


_HEAD = [
    getattr(PlanRow, name)
    for name in PlanHead.__dataclass_fields__  # one list of columns, written once
]


class Plans:
    """Repository of plans."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def save(
        self,
        problem: Problem,
        plan: Plan,
        *,
        owner: str = "",
        job_id: str | None = None,
        report: str | None = None,
        title: str = "",
        incumbent: bool = False,
    ) -> PlanHead:
        """Keep a plan. The same plan of the same problem by the same job is kept once.

        A job has at most one incumbent: a newer one, or the final plan, takes its place.
        """
        problem_text, plan_text = problem.model_dump_json(), plan.model_dump_json()
        digest = hashlib.sha256(plan_text.encode()).hexdigest()
        key = f"{problem.digest}:{digest}:{job_id or ''}"
        plan_id = hashlib.sha256(key.encode()).hexdigest()[:16]
        with self._tx.write() as connection:
            if job_id is not None:
                connection.execute(
                    delete(PlanRow).where(
                        PlanRow.job_id == job_id,
                        PlanRow.incumbent.is_(True),
                    )
                )
            known = connection.execute(select(PlanRow.id).where(PlanRow.id == plan_id)).scalar()
            if known is None:
                last = connection.execute(select(func.max(PlanRow.sequence))).scalar() or 0
                connection.execute(
                    insert(PlanRow).values(
                        id=plan_id,
                        sequence=last + 1,
                        scenario=problem.scenario,
                        title=title or problem.title,
                        method=plan.method,
                        status=plan.status.value,
                        owner=owner,
                        job_id=job_id,
                        data_version=problem.data_version,
                        problem_digest=problem.digest,
                        plan_digest=digest,
                        created_at=utc_now(),
                        incumbent=incumbent,
                        problem=problem_text,
                        document=plan_text,
                        report=report,
                    )
                )
            return self.head(plan_id)

    def head(self, plan_id: str) -> PlanHead:
        with self._tx.read() as connection:
            row = connection.execute(select(*_HEAD).where(PlanRow.id == plan_id)).mappings().first()
        if row is None:
            raise UnknownError(f"there is no plan {plan_id}")
        return PlanHead(**row)

    def get(self, plan_id: str) -> StoredPlan:
        query = select(PlanRow.problem, PlanRow.document, PlanRow.report).where(
            PlanRow.id == plan_id
        )
        with self._tx.read() as connection:
            head = self.head(plan_id)
            problem, plan, report = connection.execute(query).one()
        return StoredPlan(
            head, Problem.model_validate_json(problem), Plan.model_validate_json(plan), report
        )

    def texts(self, plan_id: str) -> tuple[str, str]:
        """The exact JSON of problem and plan, as they were saved."""
        query = select(PlanRow.problem, PlanRow.document).where(PlanRow.id == plan_id)
        with self._tx.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UnknownError(f"there is no plan {plan_id}")
        return row[0], row[1]

    def list(
        self,
        *,
        owner: str | None = None,
        scenario: str | None = None,
        incumbents: bool = False,
        limit: int = 100,
        before: int | None = None,
    ) -> list[PlanHead]:
        """Plans, newest first."""
        query = select(*_HEAD).order_by(PlanRow.sequence.desc()).limit(limit)
        if owner is not None:
            query = query.where(PlanRow.owner == owner)
        if scenario is not None:
            query = query.where(PlanRow.scenario == scenario)
        if not incumbents:
            query = query.where(PlanRow.incumbent.is_(False))
        if before is not None:
            query = query.where(PlanRow.sequence < before)
        with self._tx.read() as connection:
            return [PlanHead(**row) for row in connection.execute(query).mappings()]

    def of_job(self, job_id: str) -> PlanHead | None:
        """The newest plan of a job: its result, or its incumbent."""
        query = (
            select(*_HEAD)
            .where(PlanRow.job_id == job_id)
            .order_by(PlanRow.sequence.desc())
            .limit(1)
        )
        with self._tx.read() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else PlanHead(**row)

    def remove(self, plan_id: str) -> None:
        with self._tx.write() as connection:
            connection.execute(delete(PlanRow).where(PlanRow.id == plan_id))


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A scenario's JSON (``service.scenario.Scenario``) and which save it is."""

    name: str
    revision: int
    document: str
    owner: str
    created_at: datetime
    updated_at: datetime


class Scenarios:
    """Repository of saved scenarios."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def save(
        self, name: str, document: str, *, owner: str = "", revision: int | None = None
    ) -> SavedScenario:
        """Save under a name; ``revision`` is the one the editor saw (None: a new scenario).

        Raises:
            ConflictError: somebody saved meanwhile, or the name is taken.

        """
        with self._tx.write() as connection:
            now = utc_now()
            known = self.find(name)
            if known is None and revision is None:
                connection.execute(
                    insert(ScenarioRow).values(
                        name=name,
                        revision=1,
                        document=document,
                        owner=owner,
                        created_at=now,
                        updated_at=now,
                    )
                )
            elif known is None or known.revision != revision:
                raise ConflictError(f"somebody else saved the scenario {name}; look at it first")
            else:
                connection.execute(
                    update(ScenarioRow)
                    .where(ScenarioRow.name == name)
                    .values(
                        document=document, owner=owner, updated_at=now, revision=known.revision + 1
                    )
                )
            found = self.find(name)
            assert found is not None
            return found

    def find(self, name: str) -> SavedScenario | None:
        query = select(ScenarioRow.__table__).where(ScenarioRow.name == name)
        with self._tx.read() as connection:
            row: Mapping[Any, Any] | None = connection.execute(query).mappings().first()
        return None if row is None else SavedScenario(**row)

    def list(self) -> list[SavedScenario]:
        query = select(ScenarioRow.__table__).order_by(ScenarioRow.name)
        with self._tx.read() as connection:
            return [SavedScenario(**row) for row in connection.execute(query).mappings()]

    def remove(self, name: str) -> None:
        with self._tx.write() as connection:
            connection.execute(delete(ScenarioRow).where(ScenarioRow.name == name))
