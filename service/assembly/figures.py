"""Figures of a plan's areas: people, need, cases, newcomers, forums, requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo.growth import project
from geo.incidents import CATEGORIES
from geo.influx import persons
from geo.layers import Layer, LayerCode, LayerSet, Period
from geo.need import NeedRules
from geo.places import Level
from optimizer.demand_inputs import (
    AreaFigures,
    ArrivalLoad,
    CaseRate,
    DemandInputs,
    ForumLoad,
    RequestLoad,
)
from optimizer.problem import Assumption
from optimizer.staff import Shift, Unit
from service.layerbook import LayerBook
from service.scenario import Scenario

PER_10K = 10_000.0
MONTHS = 12.0
WOMEN_SHARE = 0.4978
"""Of Iraq's residents (census of November 2024); used where an area has no share of its own."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a plan is about: one governorate, its areas at one level, one period."""

    book: LayerBook
    governorate: str
    level: Level
    areas: tuple[str, ...]
    period: Period
    layers: LayerSet

    def layer(self, code: LayerCode, category: str | None = None) -> Layer:
        return self.layers.get(code, self.level, category)

    def column(self, layer: Layer, name: str) -> pd.Series:
        """A column of a layer over the scope's areas; NaN where it has none."""
        values = layer.values
        if name not in values.columns:
            return pd.Series(np.nan, index=list(self.areas))
        return pd.Series(values[name].reindex(list(self.areas)))

    def home_of(
        self, codes: Sequence[str | None], points: Sequence[tuple[float, float]]
    ) -> list[str | None]:
        """The scope's area of each place: by its code, else by its point."""
        rows = self.book.units(self.level, self.governorate)
        known = set(self.areas)
        found: list[str | None] = []
        for code, (lon, lat) in zip(codes, points, strict=True):
            if code in known:
                found.append(code)
                continue
            held = rows.index[rows.geometry.covers(shapely.Point(lon, lat))]
            found.append(min(map(str, held)) if len(held) else None)
        return found


@dataclass(frozen=True, slots=True)
class People:
    """Residents by area at the horizon; index the scope's areas."""

    residents: pd.Series
    women: pd.Series
    growth_factor: pd.Series
    assumptions: tuple[Assumption, ...]


def people(scope: Scope, scenario: Scenario) -> People:
    """Residents of the newest figure, carried to the horizon year by each area's own growth.

    Areas without a figure count as nobody, and an assumption says so.
    """
    layer = scope.layer(LayerCode.RESIDENTS)
    now = scope.column(layer, "value").astype(float)
    factor = pd.Series(1.0, index=now.index)
    notes: list[Assumption] = []
    if scenario.horizon_year is not None:
        pct = scope.column(scope.layer(LayerCode.GROWTH), "value").astype(float)
        as_of = pd.to_datetime(scope.column(layer, "as_of"))
        ahead = project(now, as_of, pct, date(scenario.horizon_year, 7, 1))
        factor = (ahead / now).where(now > 0).fillna(1.0).clip(lower=0.0)
        unknown = int((ahead.isna() & now.notna()).sum())
        if unknown:
            notes.append(
                _note("growth.unknown", unknown, "areas", "no growth is known: kept as today")
            )
    absent = int(now.isna().sum())
    if absent:
        notes.append(
            _note("residents.missing", absent, "areas", "no figure of residents: counted as none")
        )
    share = scope.column(layer, "women_share").astype(float)
    if share.isna().any():
        notes.append(
            Assumption(
                key="residents.women_share",
                value=WOMEN_SHARE,
                unit="share",
                reason="the national share stands in where an area has none of its own",
                source="CSO, Iraq census of 20-21 November 2024",
            )
        )
    residents = now.fillna(0.0) * factor
    return People(residents, residents * share.fillna(WOMEN_SHARE), factor, tuple(notes))


def need(scope: Scope, scenario: Scenario) -> tuple[pd.Series, tuple[Assumption, ...]]:
    """Need 0-10 by area, under the scenario's weights, with or without the incident layers.

    An area without an index takes the mean of the others, and an assumption says so.
    """
    rules = need_rules(scope.book.choices.need, scenario)
    table = scope.book.need(scope.governorate, scope.level, scope.period, rules).table
    index = table["value"].reindex(list(scope.areas)).astype(float)
    notes = [
        Assumption(key=f"need.weight.{part.code}", value=part.weight, reason=part.goalpost.reason)
        for part in rules.components
    ]
    missing = [str(code) for code in index.index[index.isna()]]
    mean = float(index.mean()) if len(missing) < len(index) else 0.0
    if missing:
        notes.append(
            Assumption(
                key="need.missing",
                value=mean,
                unit="index 0-10",
                reason="the mean of the others stands in where no need is known",
                source=", ".join(missing),
            )
        )
    return index.fillna(mean).clip(0.0, 10.0), tuple(notes)


def need_rules(rules: NeedRules, scenario: Scenario) -> NeedRules:
    """The rules of the index under a scenario. Raises ``KeyError`` on an unknown component."""
    if not scenario.use_incidents:
        rules = rules.without(LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY)
    known = {part.code for part in rules.components}
    for code in scenario.need_weights:
        if code not in known:
            raise KeyError(code)
    parts = tuple(
        part.model_copy(update={"weight": scenario.need_weights.get(part.code, part.weight)})
        for part in rules.components
        if scenario.need_weights.get(part.code, part.weight) > 0
    )
    return rules.model_validate({**rules.model_dump(), "components": parts})


def demand_inputs(
    scope: Scope,
    scenario: Scenario,
    folk: People,
    need_index: pd.Series,
    shifts: tuple[Shift, ...],
) -> DemandInputs:
    """Everything counted that demand is made of, for the scope's areas."""
    today = folk.residents / folk.growth_factor.where(folk.growth_factor > 0, 1.0)
    arrivals = _arrivals(scope, scenario)
    newcomers = _stock_persons(scope)
    return DemandInputs(
        areas=tuple(
            AreaFigures(
                area=code,
                residents=float(today[code]),
                need=float(need_index[code]),
                growth_factor=float(folk.growth_factor[code]),
                migrant_share=_share(newcomers.get(code, 0.0), float(today[code])),
            )
            for code in scope.areas
        ),
        shifts=shifts,
        cases=_cases(scope, scenario, today),
        forums=_forums(scope),
        requests=_requests(scope),
        arrivals=arrivals,
    )


def _cases(scope: Scope, scenario: Scenario, residents: pd.Series) -> tuple[CaseRate, ...]:
    """Shrunken rates times residents; plain yearly counts where residents are unknown."""
    found = []
    for category in CATEGORIES:
        layer = scope.layer(LayerCode.INCIDENT_RATE, category)
        # What stays unreported comes with the demand (kappa); it must not be in the rate as well.
        factor = scope.book.choices.reporting.get(category, 1.0)
        rate = scope.column(layer, "value").astype(float) / factor
        count = scope.column(layer, "count").astype(float).fillna(0.0)
        yearly = (rate * residents / PER_10K).where(
            rate.notna() & (residents > 0), count / scope.period.years
        )
        found += [
            CaseRate(
                area=code,
                category=category,
                cases_year=float(yearly[code]) * scenario.incident_factor,
            )
            for code in scope.areas
            if yearly[code] > 0
        ]
    return tuple(found)


def _forums(scope: Scope) -> tuple[ForumLoad, ...]:
    forums = scope.book.forums()
    homes = scope.home_of([f.area for f in forums], [(f.lon, f.lat) for f in forums])
    return tuple(
        ForumLoad(
            area=home,
            meetings_month=forum.meetings_per_month,
            for_women=forum.for_women,
            chaired_by_woman=forum.chaired_by_woman,
        )
        for forum, home in zip(forums, homes, strict=True)
        if home is not None
    )


def _requests(scope: Scope) -> tuple[RequestLoad, ...]:
    """Sessions asked for in the last twelve months of requests, as a monthly mean."""
    rows = scope.book.requests()
    rows = rows[rows["area"].isin(scope.areas)]
    if rows.empty:
        return ()
    end = rows["date"].max()
    rows = rows[rows["date"] > end - pd.DateOffset(months=int(MONTHS))]
    hours = (rows["sessions"] * rows["hours"]).rename("total_h")
    grouped = rows.assign(total_h=hours).groupby(["area", "unit", "for_women"])
    sums = grouped[["sessions", "total_h"]].sum()
    return tuple(
        RequestLoad(
            area=str(area),
            unit=Unit(unit),
            sessions_month=float(row["sessions"]) / MONTHS,
            hours_session=float(row["total_h"] / row["sessions"]),
            for_women=bool(for_women),
        )
        for (area, unit, for_women), row in sums.iterrows()
        if row["sessions"] > 0 and row["total_h"] > 0
    )


def _arrivals(scope: Scope, scenario: Scenario) -> tuple[ArrivalLoad, ...]:
    """Families of the last twelve months of arrivals, and those the scenario adds."""
    rows = _last_year(_own_arrivals(scope))
    sums = rows.groupby(["area", "clan"], as_index=False)["families"].sum()
    loads = [
        ArrivalLoad(area=str(area), families=float(n) * scenario.arrival_factor, clan=bool(clan))
        for area, clan, n in sums.itertuples(index=False)
        if n > 0
    ]
    loads += [
        ArrivalLoad(area=one.area, families=one.families, clan=one.clan)
        for one in scenario.arrivals
    ]
    return tuple(loads)


def _own_arrivals(scope: Scope) -> pd.DataFrame:
    rows = scope.book.arrivals
    return rows[rows["area"].isin(scope.areas)]


def _last_year(rows: pd.DataFrame) -> pd.DataFrame:
    if rows.empty:
        return rows
    begun = pd.Timestamp(rows["date"].max()) - pd.DateOffset(months=int(MONTHS))
    return pd.DataFrame(rows[rows["date"] > begun])


def _stock_persons(scope: Scope) -> dict[str, float]:
    rows = _own_arrivals(scope)
    sums = persons(rows).groupby(rows["area"]).sum()
    return {str(area): float(n) for area, n in sums.items()}


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0


def _note(key: str, value: float, unit: str, reason: str) -> Assumption:
    return Assumption(key=key, value=value, unit=unit, reason=reason, source="assumption")
