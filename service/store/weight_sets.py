"""Named weights of the need index, for each account its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select

from service.store.engine import Transactions
from service.store.errors import ConflictError
from service.store.tables_weights import WeightSetRow
from service.store.types import utc_now

LONGEST_NAME = 60
MOST = 40


@dataclass(frozen=True, slots=True)
class WeightSet:
    """Weights 0..100 by component code; ``name`` is the owner's own."""

    id: int
    owner: str
    name: str
    weights: Mapping[str, float]
    saved_at: datetime


class WeightSets:
    """Repository of named weights. A set is of one account and nobody else sees it."""

    def __init__(self, transactions: Transactions) -> None:
        self._tx = transactions

    def save(self, owner: str, name: str, weights: Mapping[str, float]) -> None:
        """Keep ``weights`` under ``name``; a set of that name is replaced.

        Raises:
            ValueError: no name, or no weights.
            ConflictError: the account has forty sets already.

        """
        name = name.strip()[:LONGEST_NAME]
        if not name or not weights:
            raise ValueError("a set of weights needs a name and weights")
        mine = WeightSetRow.owner == owner
        with self._tx.write() as connection:
            connection.execute(delete(WeightSetRow).where(mine, WeightSetRow.name == name))
            held = connection.execute(select(func.count()).where(mine)).scalar_one()
            if held >= MOST:
                raise ConflictError(f"{owner} has {MOST} sets of weights; remove one first")
            connection.execute(
                insert(WeightSetRow).values(
                    owner=owner, name=name, weights=dict(weights), saved_at=utc_now()
                )
            )

    def list(self, owner: str) -> list[WeightSet]:
        """The sets of an account by name."""
        query = (
            select(WeightSetRow.__table__)
            .where(WeightSetRow.owner == owner)
            .order_by(WeightSetRow.name)
        )
        with self._tx.read() as connection:
            return [WeightSet(**row) for row in connection.execute(query).mappings()]

    def remove(self, owner: str, set_id: int) -> None:
        """Forget a set; one of somebody else's, or none, stays what it is."""
        with self._tx.write() as connection:
            connection.execute(
                delete(WeightSetRow).where(WeightSetRow.owner == owner, WeightSetRow.id == set_id)
            )
