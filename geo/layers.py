"""The Layer: one value per area and period, with everything one must know to read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pandas as pd

from geo.places import Level, Source, Standing

SEVERE_GROUP = "severe"
"""Stands in ``Layer.category`` for all severe categories together; ``None`` is all of them."""


_TRUST = (
    Standing.OFFICIAL,
    Standing.GENERALISED,
    Standing.REPORTED,
    Standing.ESTIMATED,
    Standing.SYNTHETIC,
)


def least_trusted(standings: Iterable[str]) -> Standing:
    """The least trustworthy of several; ``reported`` for none."""
    known = [Standing(one) for one in standings]
    return max(known, key=_TRUST.index, default=Standing.REPORTED)


class Clearance(StrEnum):
    """From which figures a layer was made, and so who may see it; see ``geo.privacy``."""

    RELEASED = "released"  # counts in bands, calendar windows: for everybody who may sign in
    EXACT = "exact"  # counts as they are: for those whose duty needs them


class LayerCode(StrEnum):
    """Layers that maps, exports and the optimizer know by name."""

    INCIDENT_RATE = "incident_rate"
    INCIDENT_DENSITY = "incident_density"
    INFLUX = "influx"
    GROWTH = "growth"
    RESIDENTS = "residents"
    NEED = "need"
    INCIDENT_SURFACE = "incident_surface"
    HOTSPOTS = "hotspots"
    TREND = "trend"
    NEAR_REPEAT = "near_repeat"


AREA_LAYERS: tuple[LayerCode, ...] = (
    LayerCode.NEED,
    LayerCode.INCIDENT_RATE,
    LayerCode.INCIDENT_DENSITY,
    LayerCode.INFLUX,
    LayerCode.GROWTH,
    LayerCode.RESIDENTS,
)
"""Made together, for every sub-district and district (``geo.build``); the others when asked for."""


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
        """Length for yearly rates: whole months count a twelfth each, other days 1/365.25."""
        if self.start.day == self.end.day == 1:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            return months / 12
        return (self.end - self.start).days / 365.25

    @property
    def middle(self) -> date:
        """The day that residents are counted for."""
        return self.start + (self.end - self.start) / 2

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


@dataclass(frozen=True, slots=True)
class Layer:
    """Values of one kind at one level.

    ``values`` is indexed by area code (name ``code``) with at least the column ``value``
    (float, NaN = no data) and, where they make sense, ``low`` and ``high`` (90 % interval),
    ``raw`` (the figure before shrinkage), ``count`` and ``exposure``. More columns are a layer's
    own and named in its ``method``. ``unit`` is the unit of ``value``. ``reaches`` is the last day
    that its figures tell of, where that is known.
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
    clearance: Clearance = Clearance.EXACT
    reaches: date | None = None


@dataclass(frozen=True, slots=True)
class LayerSet:
    """All layers of one period, made together; those of incidents may stand at an earlier one."""

    layers: tuple[Layer, ...]
    period: Period
    clearance: Clearance

    def find(self, code: LayerCode, level: Level, category: str | None = None) -> Layer | None:
        """The layer of a kind, level and category (``None``: all), if it could be made."""
        for layer in self.layers:
            if (layer.code, layer.level, layer.category) == (code, level, category):
                return layer
        return None

    def get(self, code: LayerCode, level: Level, category: str | None = None) -> Layer:
        """As ``find``; raises ``KeyError``."""
        layer = self.find(code, level, category)
        if layer is None:
            raise KeyError(f"{code} {level} {category or 'all'}")
        return layer
