"""The table of named weights: what a reader of the map wants to come back to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.base import Base
from service.store.types import Moment


class WeightSetRow(Base):
    """Weights of the need's components (code -> 0..100) under a name of their owner's."""

    __tablename__ = "weight_set"
    __table_args__ = (UniqueConstraint("owner", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    owner: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60))
    weights: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(Moment)
