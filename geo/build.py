"""All layers of a period at once, from the canonical tables: the entry point of ``geo``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.basis import Basis, table_sources
from geo.boundaries import upward
from geo.choices import LayerChoices
from geo.counting import IncidentRows, LeafCounter, LeafCounts
from geo.growth import carried, growth_table
from geo.incident_rates import members_of, rates_of, reporting_note
from geo.incidents import CATEGORIES
from geo.influx import influx_table
from geo.layers import SEVERE_GROUP, Clearance, Layer, LayerCode, LayerSet, Period, least_trusted
from geo.need import NeedRules
from geo.need_layer import need_layer
from geo.notes import Note, said
from geo.places import Level, Source, Standing
from geo.tally import Tally

_FEW_AREAS = 8
_FEBRUARY = 2
_DAY = timedelta(days=1)
_LEVELS = (Level.DISTRICT, Level.SUBDISTRICT)
_INCIDENTS = frozenset({LayerCode.INCIDENT_RATE, LayerCode.INCIDENT_DENSITY})


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a set's layers: some kinds at one level, those of incidents of some categories.

    A line through a year of months needs one layer of each: all layers would take many times
    as long.
    """

    level: Level
    codes: frozenset[LayerCode]
    categories: frozenset[str | None] = frozenset()

    @classmethod
    def of(cls, code: LayerCode, level: Level, category: str | None, rules: NeedRules) -> "Part":
        """The part that holds one layer; ``rules`` name what need is made of."""
        if code is LayerCode.NEED:
            made_of = frozenset(one.layer for one in rules.components)
            counted = (one for one in rules.components if one.layer in _INCIDENTS)
            return cls(level, made_of | {code}, frozenset(one.category for one in counted))
        return cls(level, frozenset({code}), frozenset({category} if code in _INCIDENTS else ()))

    def holds(self, other: "Part") -> bool:
        """Whether all of another part's layers are in this one."""
        same = self.level is other.level and other.codes <= self.codes
        return same and other.categories <= self.categories


@dataclass(frozen=True, slots=True)
class _Stage:
    """What every layer of a level needs."""

    basis: Basis
    level: Level
    period: Period
    choices: LayerChoices
    clearance: Clearance
    data_version: str
    people: pd.DataFrame

    def at(self, period: Period) -> "_Stage":
        """The same areas at another period, with its residents."""
        if period == self.period:
            return self
        return replace(self, period=period, people=self.basis.residents(self.level, period))

    @property
    def areas(self) -> pd.Index:
        return self.basis.areas(self.level)

    @property
    def area_km2(self) -> pd.Series:
        area: pd.Series = self.basis.at(self.level)["area_km2"]
        return area

    @property
    def residents(self) -> pd.Series:
        return self.people["value"]

    @property
    def residents_note(self) -> Standing:
        """How far the figures of residents may be trusted: a carried one is an estimate."""
        carried_on = (self.people["as_of"] != self.people["figure_as_of"]).any()
        known = self.people["standing"].dropna()
        return least_trusted([*known, Standing.ESTIMATED] if carried_on and len(known) else known)


def build_layers(
    units: gpd.GeoDataFrame,
    incidents: pd.DataFrame | Tally,
    arrivals: pd.DataFrame,
    population: pd.DataFrame,
    *,
    period: Period,
    choices: LayerChoices | None = None,
    clearance: Clearance = Clearance.EXACT,
    sources: Mapping[str, Source] | None = None,
    data_version: str = "",
    basis: Basis | None = None,
    covered: Period | None = None,
    counter: LeafCounter | None = None,
    incident_sources: Sequence[Source] | None = None,
    incidents_in: Period | None = None,
    arrivals_until: date | None = None,
    part: Part | None = None,
) -> LayerSet:
    """Residents, incident rates, densities, influx, growth, need: by sub-district and district.

    ``incidents`` is *placed* (``geo.locate.place_incidents``), or a tally by sub-district and
    month of more rows than one would keep (``geo.scale``); the other tables are canonical.
    With released clearance ``period`` must be whole calendar years, and every figure comes from
    bands (``geo.privacy``). With ``covered`` (the whole months that have data) other whole months
    can be asked for: incidents, and so need, are released by district only then
    (``geo.closed_list``). ``sources`` describes the names in the tables' ``source`` columns;
    ``basis`` is one of these tables that has been reckoned with before;
    ``incident_sources`` stands for those of the incidents (which files there are is no secret, of
    which an area has a case is). ``counter`` is one that has counted these incidents before.
    ``incidents_in`` is where incidents are counted if not in ``period`` itself: they may end
    earlier than what else is told, and their layers carry that period. ``arrivals_until`` is the
    day up to which arrivals are known: where the period goes on, the twelve months of the influx
    end with the month of that day. Need stands on the newest of each. With ``part`` its layers
    are made and no others; each is the same as in the whole set.
    Layers that can't be made (no population at all) hold NaN, with a caveat that says why.
    Raises ``FaultsError`` on a period that may not be released.
    """
    choices = choices or LayerChoices()
    if counter is None:
        rows = IncidentRows(incidents, leave_out_repeats=choices.leave_out_repeats)
        counter = LeafCounter(rows, units, population, clearance, covered)
    if basis is None:
        basis = Basis(units, arrivals, population, sources)
    then = incidents_in or period
    rows, counts = counter.rows, counter.leaves(then)
    layers: list[Layer] = []
    for level in _LEVELS:
        if not len(basis.areas(level)) or (part is not None and level is not part.level):
            continue
        people = basis.residents(level, period)
        stage = _Stage(basis, level, period, choices, clearance, data_version, people)
        wanted = frozenset(LayerCode) if part is None else part.codes
        if LayerCode.RESIDENTS in wanted:
            layers.append(_residents_layer(stage))
        if LayerCode.INFLUX in wanted:
            layers.append(_influx_layer(stage, arrivals_until))
        if LayerCode.GROWTH in wanted:
            layers.append(_growth_layer(stage))
        if counts.by_district and level is not Level.DISTRICT:
            continue
        if not wanted & {*_INCIDENTS, LayerCode.NEED}:
            continue
        given = incident_sources
        if given is None:
            given = table_sources(rows.frame, sources)
        categories = None if part is None else part.categories
        made = _incident_layers(stage.at(then), counts, rows.frame, given, categories)
        layers += [one for one in made if one.code in wanted]
        if LayerCode.NEED not in wanted:
            continue
        own = [layer for layer in layers if layer.level is level]
        layers.append(need_layer(own, stage.choices.need)[0])
    return LayerSet(tuple(layers), period, clearance)


def _standing(sources: tuple[Source, ...], *others: Standing) -> Standing:
    return least_trusted([s.standing for s in sources] + list(others))


def _layer(stage: _Stage, code: LayerCode, values: pd.DataFrame, **rest: Any) -> Layer:
    values.index.name = "code"
    return Layer(
        code=code,
        level=stage.level,
        values=values,
        period=stage.period,
        data_version=stage.data_version,
        clearance=stage.clearance,
        **rest,
    )


def _residents_layer(stage: _Stage) -> Layer:
    values = stage.people.drop(columns="standing")
    values["per_km2"] = stage.residents / stage.area_km2
    sources = stage.basis.population_sources
    return _layer(
        stage,
        LayerCode.RESIDENTS,
        values,
        unit=said("persons"),
        method=Note(
            said("The figure nearest to {day}, carried there by growth; districts add up parts."),
            day=stage.period.middle.isoformat(),
        ),
        standing=_standing(sources, stage.residents_note),
        sources=sources,
        caveats=(*_missing_note(stage), *_sum_note(stage)),
    )


def _sum_note(stage: _Stage) -> tuple[str, ...]:
    """Says where the areas of a governorate do not add up to its own figure of the same day."""
    basis = stage.basis
    tops = basis.areas(Level.GOVERNORATE)
    rates = growth_table(basis.population, tops)["value"]
    official = carried(basis.population, tops, rates, stage.period.middle)["value"]
    above = pd.Series(upward(basis.units, list(stage.areas), Level.GOVERNORATE), stage.areas)
    sums = stage.residents.groupby(above).sum(min_count=1)
    whole = stage.residents.notna().groupby(above).all()
    key = said("The areas add up to {sum} residents, the figure of {code} itself is {total}.")
    return tuple(
        Note(key, code=code, sum=f"{sums[code]:,.0f}", total=f"{official[code]:,.0f}")
        for code in sums.index[whole.reindex(sums.index)]
        if official.get(code, 0) > 0 and abs(sums[code] / official[code] - 1) > _FAR_OFF
    )


_FAR_OFF = 0.02


def _missing_note(stage: _Stage) -> tuple[str, ...]:
    absent = int(stage.residents.isna().sum())
    if not absent:
        return ()
    key = said("{n} of {total} areas have no figure of residents: no rate can be given there.")
    return (Note(key, n=absent, total=len(stage.areas)),)


def _incident_layers(
    stage: _Stage,
    counts: LeafCounts,
    rows: pd.DataFrame,
    given: Sequence[Source],
    wanted: frozenset[str | None] | None,
) -> list[Layer]:
    own = tuple(given)
    if stage.clearance is Clearance.RELEASED:
        # The day of the newest incident is a fact about one case.
        own = tuple(s.model_copy(update={"as_of": stage.period.end}) for s in own)
    sources = tuple(dict.fromkeys((*own, *stage.basis.population_sources)))
    near = stage.basis.near(stage.level) if stage.choices.spatial else None
    caveats = _incident_caveats(stage, rows)
    told = counts.by_area(stage.level, stage.areas)
    made = []
    for category in (None, SEVERE_GROUP, *CATEGORIES):
        if wanted is not None and category not in wanted:
            continue
        members = members_of(category)
        table = rates_of(told, members, stage.residents, stage.period, stage.choices, near)
        area_km2 = stage.area_km2.astype(float)
        per_km2 = pd.DataFrame({"value": table["count"] / area_km2 / stage.period.years})
        for column in ("count", "count_low", "count_high"):
            if column in table:
                per_km2[column] = table[column]
        if counts.bands is None and category is None:
            table = table.join(_flag_shares(rows, stage))
        made += [
            _layer(
                stage,
                LayerCode.INCIDENT_RATE,
                table,
                reaches=stage.period.end - _DAY,
                unit=said("incidents per 10,000 residents a year"),
                method=said("Empirical Bayes rate (Marshall 1991), 90% interval; raw beside it.")
                if near is None
                else said("Spatial empirical Bayes rate (Marshall 1991), 90% interval."),
                standing=_standing(sources, stage.residents_note),
                sources=sources,
                category=category,
                caveats=caveats + reporting_note(stage.choices, members) + _missing_note(stage),
            ),
            _layer(
                stage,
                LayerCode.INCIDENT_DENSITY,
                per_km2,
                reaches=stage.period.end - _DAY,
                unit=said("incidents per km2 a year"),
                method=said("Incidents over the area of the whole unit, desert and water too."),
                standing=_standing(own),
                sources=own,
                category=category,
                caveats=caveats,
            ),
        ]
    return made


def _within(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    day = rows["date"]
    return rows[(day >= pd.Timestamp(period.start)) & (day < pd.Timestamp(period.end))]


def _flag_shares(rows: pd.DataFrame, stage: _Stage) -> pd.DataFrame:
    """Of each area's incidents: the share near a border, on a heap, and that repeat a row."""
    column = "subdistrict" if stage.level is Level.SUBDISTRICT else "district"
    now = _within(rows, stage.period).assign(border=lambda r: r["placement"] == "border")
    shares = now.groupby(column)[["border", "heap", "repeat"]].mean().reindex(stage.areas)
    return shares.rename(columns=lambda name: f"{name}_share")


def _incident_caveats(stage: _Stage, rows: pd.DataFrame) -> tuple[str, ...]:
    notes: list[str] = [
        Note(said("Reported incidents only: where trust is low, few are reported.")),
    ]
    if len(stage.areas) <= _FEW_AREAS:
        notes.append(Note(said("With {n} areas only, shrinkage knows little."), n=len(stage.areas)))
    if stage.clearance is Clearance.RELEASED:
        notes.append(
            Note(said("Counts are released in bands; the figure is what they let one expect."))
        )
        return tuple(notes)
    rows = _within(rows, stage.period)
    column = "subdistrict" if stage.level is Level.SUBDISTRICT else "district"
    absent = int(rows[column].isna().sum())
    facts = (
        (absent, said("{n} incidents have no place at this level and are not in it.")),
        (
            int((rows["placement"] == "border").sum()),
            said("{n} incidents lie near a border and may belong to the neighbour."),
        ),
        (
            int(rows["heap"].sum()),
            said("{n} incidents share few coordinates: a place name's stand-in, not a place."),
        ),
        (int(rows["repeat"].sum()), said("{n} incidents repeat an equal row of their file.")),
    )
    return (*notes, *(Note(key, n=n) for n, key in facts if n))


def _influx_layer(stage: _Stage, until: date | None) -> Layer:
    placed, lost = stage.basis.came(stage.level)
    year = _last_year(_end(stage.period, until))
    values = influx_table(
        placed,
        stage.residents,
        year,
        unregistered=stage.choices.unregistered,
    )
    sources = tuple(dict.fromkeys((*stage.basis.arrival_sources, *stage.basis.population_sources)))
    note = said("{n} arrivals name an area above this level and are not in it.")
    caveats: tuple[str, ...] = (Note(note, n=lost),) if lost else ()
    if "first" in placed and (firsts := _within(placed[placed["first"]], year)["area"].nunique()):
        first = said("In {n} areas a first count of those present stands for arrivals of its day.")
        caveats += (Note(first, n=firsts),)
    if set(stage.choices.unregistered) != {1.0}:
        factor = said("Assumed families for each registered one: {low} to {high}, {best} taken.")
        low, best, high = (f"{one:g}" for one in stage.choices.unregistered)
        caveats += (Note(factor, low=low, best=best, high=high),)
    if year.end != stage.period.end:
        ends = said("Its twelve months end on {day}: no later arrival is known.")
        caveats += (Note(ends, day=(year.end - _DAY).isoformat()),)
    return _layer(
        stage,
        LayerCode.INFLUX,
        values,
        reaches=None if until is None else min(until, year.end - _DAY),
        unit=said("persons arrived in 12 months per 1,000 residents"),
        method=said("Families x household size, over the residents of the area that hosts them."),
        standing=_standing(sources, stage.residents_note),
        sources=sources,
        caveats=caveats + _missing_note(stage),
    )


def _end(period: Period, until: date | None) -> date:
    """Where the twelve months of a period's influx end: with what is known, if it goes on.

    Files end inside their months: a period that lacks its last month only counts as known.
    """
    if until is None:
        return period.end
    known = (until.replace(day=1) + timedelta(days=31)).replace(day=1)
    return known if known + timedelta(days=31) < period.end else period.end


def _last_year(end: date) -> Period:
    """The twelve months that end with ``end`` (excluded)."""
    day = min(end.day, 28) if end.month == _FEBRUARY else end.day
    return Period(end.replace(year=end.year - 1, day=day), end)


def _growth_layer(stage: _Stage) -> Layer:
    population, growth = stage.basis.population, stage.basis.growth(stage.level)
    sources = stage.basis.population_sources
    inherited = int(growth["inherited"].sum())
    note = said(
        "{n} areas have fewer than two dated figures and take the growth of the unit above."
    )
    return _layer(
        stage,
        LayerCode.GROWTH,
        growth,
        reaches=None if population.empty else population["as_of"].max().date(),
        unit=said("percent a year"),
        method=said("Compound annual rate between the earliest and the latest figure."),
        standing=_standing(sources, stage.residents_note),
        sources=sources,
        caveats=(Note(note, n=inherited),) if inherited else (),
    )
