"""Minutes from each office to each area: the imported table, else routes that can't swim."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.boundaries import at_level
from geo.landroutes import LandRules, centre_lines, land_travel
from geo.notes import said
from geo.places import Level, Office, OfficeKind
from geo.travel import travel_matrix
from optimizer.problem import AreaTravel, Assumption, Travel
from service.assembly.assumptions import Chosen
from service.assembly.figures import Scope
from service.scenario import Scenario

NEAR_DEG = 0.5
"""Rivers and crossings within about 50 km of the governorate matter to its ways."""


def travel(
    scope: Scope, scenario: Scenario, offices: Sequence[Office], chosen: Chosen
) -> tuple[tuple[Travel, ...], tuple[Assumption, ...]]:
    """One way minutes, sorted by area and office; pairs without a way are not listed.

    An imported table stands for the offices it names. A scenario that closes a crossing asks for
    the routes of the river network everywhere: a table does not know which way it took.
    """
    matrix, way = _matrix(scope, scenario, offices, chosen)
    codes = sorted(matrix.columns)
    minutes = matrix[codes].to_numpy(dtype=float)
    rows = tuple(
        Travel(area=area, office=code, travel_min=float(minutes[i, j]))
        for i, area in enumerate(scope.areas)
        for j, code in enumerate(codes)
        if np.isfinite(minutes[i, j])
    )
    note = Assumption(
        key="travel.way",
        value=way,
        reason="routes cross a river at open crossings only; times are not measured",
        source="imported" if way == "imported table" else "assumption",
    )
    return rows, (note, *_left_aside(scope, scenario, offices))


def _left_aside(
    scope: Scope, scenario: Scenario, offices: Sequence[Office]
) -> tuple[Assumption, ...]:
    """That times by road were loaded and can't be used where a crossing is closed."""
    if not scenario.crossings_closed:
        return ()
    named = set(scope.book.travel()["office"]) & {office.code for office in offices}
    if not named:
        return ()
    why = said(
        "the loaded times do not tell which crossings their ways take, so none is used while the "
        "scenario closes one; whoever runs Mizan can work times by road out anew without it"
    )
    return (
        Assumption(key="travel.table_left_aside", value=len(named), unit="offices", reason=why),
    )


LONGEST_MIN = 8 * 60.0
"""No round of a day has a longer way in it."""


def between(scope: Scope, scenario: Scenario, chosen: Chosen) -> tuple[AreaTravel, ...]:
    """Minutes between the seats of each two areas, by the same land routes; for visiting days."""
    places = _seats(scope)[["lon", "lat"]].to_numpy(float).tolist()
    stops = [
        Office(
            code=code,
            kind=OfficeKind.SUB,
            name_ar=code,
            name_en=code,
            lon=lon,
            lat=lat,
        )
        for code, (lon, lat) in zip(scope.areas, places, strict=True)
    ]
    found = _routes(scope, scenario, stops, chosen)
    minutes = travel_matrix(found, list(scope.areas), list(scope.areas)).to_numpy(dtype=float)
    return tuple(
        AreaTravel(area=area, other=other, travel_min=float(minutes[i, j]))
        for i, area in enumerate(scope.areas)
        for j, other in enumerate(scope.areas)
        if i < j and minutes[i, j] <= LONGEST_MIN
    )


def minutes_between(
    scope: Scope, scenario: Scenario, offices: Sequence[Office], chosen: Chosen
) -> NDArray[np.float64]:
    """Minutes one way, shape (areas, offices) in their order; NaN where there is no way."""
    return _matrix(scope, scenario, offices, chosen)[0].to_numpy(dtype=float)


def _matrix(
    scope: Scope, scenario: Scenario, offices: Sequence[Office], chosen: Chosen
) -> tuple[pd.DataFrame, str]:
    """Areas x offices in their order, and where the minutes come from."""
    codes = [office.code for office in offices]
    given = scope.book.travel()
    named = set(given["office"]) if not scenario.crossings_closed else set()
    tabled = [code for code in codes if code in named]
    routed = [office for office in offices if office.code not in named]
    matrix = pd.DataFrame(index=list(scope.areas), columns=codes, dtype=float)
    if tabled:
        own = given[given["office"].isin(tabled)]
        matrix[tabled] = travel_matrix(own, list(scope.areas), tabled)[tabled]
    if routed:
        found = _routes(scope, scenario, routed, chosen)
        names = [office.code for office in routed]
        matrix[names] = travel_matrix(found, list(scope.areas), names)[names]
    way = "imported table" if not routed else "land routes" if not tabled else "table and routes"
    return matrix, way


def _routes(
    scope: Scope, scenario: Scenario, offices: Sequence[Office], chosen: Chosen
) -> pd.DataFrame:
    outline = at_level(scope.book.all_units, Level.GOVERNORATE).geometry[scope.governorate]
    around = shapely.box(*outline.bounds).buffer(NEAR_DEG)
    closed = set(scenario.crossings_closed)
    crossings = [
        one.model_copy(update={"open": one.open and one.code not in closed})
        for one in scope.book.crossings()
        if around.covers(shapely.Point(one.lon, one.lat))
    ]
    return land_travel(
        _seats(scope),
        offices,
        crossings,
        _rivers(scope, around),
        outline=outline,
        rules=LandRules(speed_kmh=chosen.speed_kmh, detour=chosen.detour),
    )


def _seats(scope: Scope) -> pd.DataFrame:
    """Where visitors go; the middle of an area whose seat is not known."""
    rows = scope.book.units(scope.level, scope.governorate).loc[list(scope.areas)]
    middle = rows.geometry.representative_point()
    return pd.DataFrame(
        {
            "lon": rows["seat_lon"].astype(float).fillna(middle.x),
            "lat": rows["seat_lat"].astype(float).fillna(middle.y),
        },
        index=rows.index,
    )


def _rivers(scope: Scope, around: Any) -> gpd.GeoSeries:
    lines = centre_lines(scope.book.rivers())
    return lines[lines.intersects(around)]
