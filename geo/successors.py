"""Units of another day and what they are today: series that stay comparable across a change.

Figures, arrivals and incidents keep the code they came with. Here each code finds its place among
the units that are valid on one day, before or after the change: the unit on the same ground where
there is one, else the parts of its ground, by residents where those are known, by area else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import pandas as pd

from geo.areal import overlaps
from geo.boundaries import at_level
from geo.crs import EQUAL_AREA, measured
from geo.growth import latest
from geo.places import Level, Standing
from geo.population import POPULATION

SAME_GROUND = 0.98
"""Units that share this much of both areas are one unit: editions of a map differ a little in their
lines (an assumption)."""
_MOST = 0.5
_SLIVER = 1e-4
_LEVELS = (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE)


@dataclass(frozen=True, slots=True)
class Successors:
    """What units that are not valid on a day are among those that are.

    ``same``: code -> unit on the same ground. ``leaves``: code -> finest units that lie on its
    ground for the most part. ``home``: code -> smallest unit that holds all of these (``None``:
    there is none). ``links``: ``source``, ``target`` (one level), ``share`` of the source's area,
    ``part`` of the target's.
    """

    same: Mapping[str, str] = field(default_factory=dict)
    leaves: Mapping[str, frozenset[str]] = field(default_factory=dict)
    home: Mapping[str, str | None] = field(default_factory=dict)
    links: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["source", "target", "share", "part"])
    )

    def code(self, given: str) -> str:
        """The unit on the same ground; a code that has none, or is valid, stays as it is."""
        return self.same.get(given, given)

    def holder(self, given: str) -> str | None:
        """The unit on the same ground, else the smallest that holds it all."""
        return self.same[given] if given in self.same else self.home.get(given, given)


def successors(units: gpd.GeoDataFrame, on: date) -> Successors:
    """Every unit of ``units`` (all days) that is not valid ``on`` a day, among those that are.

    By ground alone (areas in EPSG:6933): codes and names need not have anything in common, and the
    day may lie before the change as well as after it.
    """
    valid = valid_on(units, on)
    others = units[~units.index.isin(valid.index)]
    if others.empty or valid.empty:
        return Successors()
    finest = next(rows for level in _LEVELS if len(rows := at_level(valid, level)))
    links: list[pd.DataFrame] = []
    same: dict[str, str] = {}
    leaves: dict[str, frozenset[str]] = {}
    for level in _LEVELS:
        gone, now = at_level(others, level), at_level(valid, level)
        if gone.empty:
            continue
        pairs = _shares(gone, now)
        links.append(pairs)
        alike = pairs[(pairs["share"] >= SAME_GROUND) & (pairs["part"] >= SAME_GROUND)]
        same |= dict(zip(alike["source"], alike["target"], strict=True))
        within = _shares(gone, finest)
        within = within[within["part"] > _MOST]
        leaves |= {str(code): frozenset(rows["target"]) for code, rows in within.groupby("source")}
    home = {code: _home(valid, below) for code, below in leaves.items()}
    return Successors(same, leaves, home, pd.concat(links, ignore_index=True))


def valid_on(units: gpd.GeoDataFrame, on: date) -> gpd.GeoDataFrame:
    """The units of all levels that are valid on a day."""
    day = pd.Timestamp(on)
    begun = units["valid_from"].isna() | (units["valid_from"] <= day)
    lasting = units["valid_to"].isna() | (units["valid_to"] > day)
    return units[begun & lasting]


def _shares(source: gpd.GeoDataFrame, target: gpd.GeoDataFrame) -> pd.DataFrame:
    pairs = overlaps(source.geometry, target.geometry)
    areas = [measured(rows.geometry, EQUAL_AREA).area for rows in (source, target)]
    for column, key, area in zip(("share", "part"), ("source", "target"), areas, strict=True):
        pairs[column] = pairs["area_m2"] / pairs[key].map(area).astype(float)
    kept = (pairs["share"] > _SLIVER) | (pairs["part"] > _SLIVER)
    return pairs.loc[kept, ["source", "target", "share", "part"]]


def _home(valid: gpd.GeoDataFrame, leaves: frozenset[str]) -> str | None:
    """The smallest unit above, or of, all ``leaves``."""
    chains = [_chain(valid, leaf) for leaf in leaves]
    common = set(chains[0]).intersection(*chains[1:])
    return next((code for code in chains[0] if code in common), None)


def _chain(valid: gpd.GeoDataFrame, leaf: str) -> list[str]:
    chain: list[str] = []
    here: object = leaf
    while isinstance(here, str) and here in valid.index:
        chain.append(here)
        here = valid.loc[here, "parent"]
    return chain


def figures_in(
    population: pd.DataFrame, units: gpd.GeoDataFrame, found: Successors
) -> pd.DataFrame:
    """The canonical population table in ``units``, those of the day that ``found`` is about.

    A unit on the same ground takes a figure over. Other ground is divided: by the newest figures
    of the leaves where all of them have one, else by area; such a figure is an *estimate*. It is
    left out where parts of the new unit have none of that day (half a sum looks like a fall), and
    where the new unit has a figure of its own of that day. Sums of what is divided are kept.
    """
    if not found.leaves:
        return population
    renamed = population["area"].map(found.same).fillna(population["area"])
    rows = population.assign(area=renamed.astype("str"))
    split = rows["area"].isin(set(found.links["source"])) & ~rows["area"].isin(units.index)
    if not split.any():
        return rows
    parts = rows[split].merge(_weighed(rows, units, found), left_on="area", right_on="source")
    parts["residents"] *= parts["weight"]
    made_up = parts["standing"] == Standing.SYNTHETIC
    parts["standing"] = parts["standing"].where(made_up, Standing.ESTIMATED.value)
    keys = ["target", "as_of", "source_x"]
    whole = parts.groupby(keys).agg(
        residents=("residents", "sum"),
        women_share=("women_share", "first"),
        standing=("standing", "max"),
        part=("part", "sum"),
    )
    whole = whole[whole["part"] >= SAME_GROUND].reset_index()
    whole = whole.rename(columns={"target": "area", "source_x": "source"})
    own = pd.MultiIndex.from_frame(rows.loc[~split, ["area", "as_of"]])
    given = pd.MultiIndex.from_frame(whole[["area", "as_of"]]).isin(own)
    columns = list(population.columns)
    return POPULATION.check(pd.concat([rows[~split], whole.loc[~given, columns]]))


def _weighed(rows: pd.DataFrame, units: gpd.GeoDataFrame, found: Successors) -> pd.DataFrame:
    """``links`` with ``weight``: the share of a source's residents in each target."""
    links = found.links[found.links["part"] > _SLIVER].copy()
    people = latest(rows, units.index)["residents"]
    by_area = links["share"] / links.groupby("source")["share"].transform("sum")
    below = {str(code): _leaves_of(units, str(code)) for code in links["target"].unique()}
    counted = []
    for source, target in zip(links["source"], links["target"], strict=True):
        own = found.leaves.get(source, frozenset())
        all_of, here = people.reindex(sorted(own)), people.reindex(sorted(own & below[target]))
        known = len(own) > 0 and all_of.notna().all() and all_of.sum() > 0
        counted.append(float(here.sum() / all_of.sum()) if known else float("nan"))
    weight = pd.Series(counted, index=links.index)
    # Leaves that no target holds would be lost: then the areas decide.
    complete = weight.groupby(links["source"]).transform("sum").sub(1).abs() < _SLIVER
    return links.assign(weight=weight.where(complete, by_area))[
        ["source", "target", "part", "weight"]
    ]


def _leaves_of(units: gpd.GeoDataFrame, code: str) -> frozenset[str]:
    level = next(one for one in _LEVELS if (units["level"] == one.value).any())
    leaves = at_level(units, level).index
    return frozenset(str(leaf) for leaf in leaves if code in _chain(units, str(leaf)))
