"""What a layer book holds of one governorate: its units, rows and counts, each found once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.basis import Basis
from geo.build import Part, build_layers
from geo.choices import LayerChoices
from geo.counting import IncidentRows, LeafCounter
from geo.layers import Clearance, LayerSet, Period
from geo.places import Source
from service.cellbook import CellBook


@dataclass(frozen=True)
class Portion:
    """Canonical tables of one governorate, and what is counted in them with ``clearance``.

    ``sources`` are those of all incidents of the book, so that none tells where its cases are;
    ``covered`` the months that hold incidents in number.
    """

    units: gpd.GeoDataFrame
    incidents: pd.DataFrame
    arrivals: pd.DataFrame
    population: pd.DataFrame
    towns: Mapping[str, Any]
    choices: LayerChoices
    clearance: Clearance
    covered: Period
    arrivals_until: date | None
    sources: Sequence[Source]
    data_version: str

    @cached_property
    def counter(self) -> LeafCounter:
        rows = IncidentRows(self.incidents, leave_out_repeats=self.choices.leave_out_repeats)
        return LeafCounter(rows, self.units, self.population, self.clearance, self.covered)

    @cached_property
    def basis(self) -> Basis:
        return Basis(self.units, self.arrivals, self.population)

    @cached_property
    def cells(self) -> CellBook:
        return CellBook(
            self.units,
            self.incidents,
            self.population,
            self.towns,
            self.clearance,
            self.counter,
            self.sources,
            self.data_version,
        )

    def build(self, period: Period, incidents_in: Period, part: Part | None) -> LayerSet:
        """Layers of a period (``geo.build``), all of them or one ``part``."""
        return build_layers(
            self.units,
            self.incidents,
            self.arrivals,
            self.population,
            period=period,
            choices=self.choices,
            clearance=self.clearance,
            data_version=self.data_version,
            basis=self.basis,
            counter=self.counter,
            incident_sources=tuple(self.sources),
            incidents_in=incidents_in,
            arrivals_until=self.arrivals_until,
            part=part,
        )
