"""The Layer: one value per area and period, with everything one must know to read it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pandas as pd

from geo.places import Level, Source, Standing


class LayerCode(StrEnum):
    """Layers that maps, exports and the optimizer know by name."""

    INCIDENT_RATE = "incident_rate"
    INCIDENT_DENSITY = "incident_density"
    INFLUX = "influx"
    GROWTH = "growth"
    RESIDENTS = "residents"
    NEED = "need"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days from ``start`` (included) to ``end`` (excluded)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period ends after it starts: {self.start} .. {self.end}")

    @property
    def years(self) -> float:
        """Length in Julian years, for yearly rates."""
        return (self.end - self.start).days / 365.25

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Layer:
    """Values of one kind at one level.

    ``values`` is indexed by area code (name ``code``) with at least the column ``value``
    (float, NaN = no data) and, where they make sense, ``low`` and ``high`` (90 % interval),
    ``raw`` (the figure before shrinkage), ``count`` and ``exposure``. More columns are a layer's
    own and named in its ``method``. ``unit`` is the unit of ``value``.
    """

    code: LayerCode
    level: Level
    unit: str
    values: pd.DataFrame
    method: str
    standing: Standing
    sources: tuple[Source, ...]
    period: Period | None = None
    category: str | None = None
    data_version: str = ""
    caveats: tuple[str, ...] = field(default=())
