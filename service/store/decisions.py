"""Decisions about plans: who approved or rejected which plan, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from service.store.audit import AuditLog
from service.store.engine import Transactions
from service.store.errors import ConflictError, UnknownError
from service.store.tables_decisions import DecisionRow
from service.store.tables_work import PlanRow
from service.store.types import utc_now

MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Decision:
    """One act of a director. ``id`` grows; the newest decision about a plan holds."""

    id: int
    plan_id: str
    approved: bool
    reason: str
    actor: str
    at: datetime


class Decisions:
    """Repository of decisions; they are added, never changed."""

    def __init__(self, transactions: Transactions, audit: AuditLog) -> None:
        self._tx = transactions
        self._audit = audit

    def decide(
        self, plan_id: str, *, approved: bool, reason: str, actor: str, seen: int = 0
    ) -> Decision:
        """Approve or reject; the act and its entry in the audit log are one transaction.

        ``seen`` is the id of the newest decision that the director saw (0: none).

        Raises:
            ValueError: no reason was given.
            UnknownError: there is no such plan.
            ConflictError: somebody else decided meanwhile.

        """
        reason = reason.strip()[:MOST_REASON]
        if not reason:
            raise ValueError("a decision needs its reason")
        with self._tx.write() as connection:
            if connection.execute(select(PlanRow.id).where(PlanRow.id == plan_id)).scalar() is None:
                raise UnknownError(f"there is no plan {plan_id}")
            newest = connection.execute(
                select(func.max(DecisionRow.id)).where(DecisionRow.plan_id == plan_id)
            ).scalar()
            if (newest or 0) != seen:
                raise ConflictError(f"somebody else decided about the plan {plan_id}; look first")
            at = utc_now()
            found = connection.execute(
                insert(DecisionRow)
                .values(plan_id=plan_id, approved=approved, reason=reason, actor=actor, at=at)
                .returning(DecisionRow.id)
            ).scalar_one()
            # The reason is the director's own words and stays with the decision.
            self._audit.append(
                "plan_approved" if approved else "plan_rejected",
                actor=actor,
                subject=f"plan {plan_id}",
                details={"decision": found},
            )
            return Decision(found, plan_id, approved, reason, actor, at)

    def of(self, plan_id: str) -> list[Decision]:
        """All decisions about a plan, the newest first."""
        query = (
            select(DecisionRow.__table__)
            .where(DecisionRow.plan_id == plan_id)
            .order_by(DecisionRow.id.desc())
        )
        with self._tx.read() as connection:
            return [Decision(**row) for row in connection.execute(query).mappings()]

    def newest(self, plan_ids: Iterable[str]) -> dict[str, Decision]:
        """The decision that holds for each of these plans; undecided ones are left out."""
        query = (
            select(DecisionRow.__table__)
            .where(DecisionRow.plan_id.in_(list(plan_ids)))
            .order_by(DecisionRow.id)
        )
        with self._tx.read() as connection:
            rows = connection.execute(query).mappings().all()
        return {row["plan_id"]: Decision(**row) for row in rows}
