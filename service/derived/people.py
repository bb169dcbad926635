"""Residents worked out: from a raster, from figures of an older map, and of another day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.areal import interpolate
from geo.boundaries import at_level, upward
from geo.checks import Fault, FaultsError
from geo.growth import carried, growth_table, reconcile
from geo.notes import said
from geo.places import Level, Standing
from geo.residents import inherited_growth
from service.derived import raster_child
from service.imports.boundaries import make_boundaries
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.sandbox import read_raw, run_child
from service.imports.table import refuse
from service.imports.values import parse_numbers
from service.scratch import scratch

_LEVELS = (Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT)
YEARS_AHEAD = 10
"""A projection by a constant rate says little beyond (an assumption)."""


@dataclass(frozen=True, slots=True)
class Figures:
    """``table``: fields of a population file. ``uncovered``: persons that found no unit.

    ``thin``: areas of which the raster has data for less than 99 %.
    """

    table: pd.DataFrame
    uncovered: float = 0.0
    thin: tuple[str, ...] = ()


def finest(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The sub-districts, or the finest level there is. Raises ``FaultsError`` without units."""
    for level in reversed(_LEVELS):
        if len(rows := at_level(units, level)):
            return rows
    raise refuse(
        said("No boundaries are loaded, so no area is known."),
        said("Import them first: mizan import boundaries FILE."),
    )


def from_raster(file: Path, units: gpd.GeoDataFrame, *, as_of: date, limits: Limits) -> Figures:
    """Persons of each finest unit from a GeoTIFF of persons, each pixel by its covered part.

    Read in a confined child process. Areas that the raster does not cover are left out. Raises
    ``FaultsError``.
    """
    leaves = finest(units)
    above = upward(units, [str(code) for code in leaves.index], Level.GOVERNORATE)
    with file.open("rb"):
        pass
    with scratch() as folder:
        areas = leaves[["geometry"]].assign(governorate=[code or "" for code in above])
        areas.rename_axis("code").reset_index().to_parquet(folder / "areas.parquet")
        orders = {"file": str(file.resolve()), "folder": str(folder), "limits": limits.to_dict()}
        done = run_child(raster_child, orders, folder, limits)
        if done.returncode:
            raise refuse(_BROKE_DOWN, _GIVE_LESS, code=done.returncode)
        zonal = pd.read_parquet(folder / "zonal.parquet").set_index("code")
    zonal = zonal[zonal["covered"] > 0]
    thin = zonal.index[zonal["covered"] < _WHOLE]
    return Figures(_table(zonal["sum"], as_of), thin=tuple(map(str, thin)))


_WHOLE = 0.99
_BROKE_DOWN = said("The reader broke down on this file (code {code}).")
_GIVE_LESS = said("It may be damaged or too large; give the part of it that shows the governorate.")


def from_older_map(
    figures: Path,
    boundaries: Path,
    units: gpd.GeoDataFrame,
    *,
    as_of: date,
    options: Options | None = None,
    limits: Limits | None = None,
) -> Figures:
    """Figures of units that are not loaded, shared out by area among today's finest units.

    ``figures`` has the columns ``area`` (codes of ``boundaries``) and ``residents``, or those that
    ``options.columns`` names. The covered sum is kept; what no unit of today covers is told.
    Raises ``FaultsError``.
    """
    limits, options = limits or Limits(), options or Options()
    _, old, _ = make_boundaries(read_raw(boundaries, limits), Options())
    known = finest(old)
    given = _given(figures, known, options, limits)
    ground = known[["geometry"]].assign(residents=given.reindex(known.index))
    ground = ground[ground["residents"].notna()]
    moved = interpolate(ground, finest(units).geometry, extensive=["residents"])
    people = moved.table["residents"]
    lost = float(moved.uncovered["amount"].to_numpy(float)[0])
    return Figures(_table(people[people > 0], as_of), uncovered=lost)


def _given(figures: Path, known: gpd.GeoDataFrame, options: Options, limits: Limits) -> pd.Series:
    raw = read_raw(figures, limits, options.sheet)
    names = {field: options.columns.get(field, field) for field in ("area", "residents")}
    absent = [header for header in names.values() if header not in raw.cells]
    if absent:
        raise refuse(
            said("No column for {field} was recognised."),
            said("Say which one holds it: --column {field}=HEADER. The file has: {headers}."),
            field=absent[0],
            headers=", ".join(raw.cells)[:600],
        )
    areas = [cell or "" for cell in raw.cells[names["area"]]]
    numbers = parse_numbers(raw.cells[names["residents"]])
    faults = [
        Fault(
            said("{value} is no area of the older map, or has no figure."),
            said("Give one row with a figure of residents for each of its codes."),
            {"value": area[:60]},
            "area",
            row,
            figures.name,
        )
        for area, number, row in zip(areas, numbers.figures, raw.rows, strict=True)
        if area not in known.index or not np.isfinite(number) or number < 0
    ]
    twice = pd.Series(areas).duplicated()
    faults += [
        Fault(
            said("{value} stands twice."),
            said("Keep the right one."),
            {"value": areas[n][:60]},
            "area",
            raw.rows[n],
            figures.name,
        )
        for n in np.flatnonzero(twice).tolist()
    ]
    if faults:
        raise FaultsError(faults)
    return pd.Series(numbers.figures, index=areas)


def _table(people: pd.Series, as_of: date) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": people.index.astype(str),
            "as_of": as_of.isoformat(),
            "residents": people.to_numpy(float),
            "standing": Standing.ESTIMATED.value,
        }
    )


def projected(
    population: pd.DataFrame,
    units: gpd.GeoDataFrame,
    governorate: str,
    to: date,
    *,
    total: float | None = None,
) -> pd.DataFrame:
    """Residents of a governorate's finest units on a day; each keeps its share of ``total``.

    ``population`` is canonical. The nearest dated figure of each unit, moved by its own growth,
    or that of the unit above. Index code; ``residents``, ``figure``, ``figure_as_of``, ``growth``
    (percent a year; NaN: not known, the figure stands). Raises ``FaultsError`` on a day more than
    ten years after the newest figure, and where no unit has a figure.
    """
    own = [code == governorate for code in upward(units, list(units.index), Level.GOVERNORATE)]
    mine = units[own]
    above: pd.Series | None = None
    for level in _LEVELS:
        areas = at_level(mine, level).index
        if not len(areas):
            continue
        inherited = inherited_growth(mine, areas, above)
        above = growth_table(population, areas, inherited=inherited)["value"]
    leaves = finest(mine).index
    assert above is not None, "the governorate itself is a unit"
    rows = carried(population, leaves, above.reindex(leaves), to)
    known = rows["figure_as_of"].dropna()
    if known.empty:
        raise refuse(
            said("No area of {code} has a figure of residents."),
            said("Load residents: mizan import population FILE"),
            code=governorate,
        )
    if (to - known.max().date()).days > YEARS_AHEAD * 366:
        raise refuse(
            said("{day} lies more than {years} years after the newest figure."),
            said("Choose an earlier day, or load a newer figure."),
            day=to.isoformat(),
            years=YEARS_AHEAD,
        )
    people = rows["value"]
    if total is not None:
        if people.isna().any():
            raise refuse(
                said("{n} of {total} areas have no figure: a total can't be divided."),
                said("Load a figure for every area first."),
                n=int(people.isna().sum()),
                total=len(people),
            )
        people = reconcile(people, total)
    return pd.DataFrame(
        {
            "residents": people,
            "figure": rows["figure"],
            "figure_as_of": rows["figure_as_of"],
            "growth": above.reindex(leaves),
        }
    )
