"""Units that change: promotions and splits as data, and series that stay comparable across them.

A change ends the units it touches (``valid_to``) and adds what takes their place
(``valid_from``); nothing is overwritten, so an old figure keeps the unit it was counted in.
``succession`` then says which share of an old unit each new one took.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from geo.areal import overlaps
from geo.boundaries import UNITS, at_level
from geo.checks import Fault, FaultsError
from geo.crs import EQUAL_AREA, WGS84, areas_km2, measured
from geo.frames import CODE_PATTERN
from geo.notes import said
from geo.places import Level

_SLIVER = 1e-4


@dataclass(frozen=True, slots=True)
class Promotion:
    """Sub-districts that become a district of their own, from a day on.

    As Safwan did on 21 January 2024: ``subdistricts`` leave their district and form ``code``.
    The new district has no P-code until OCHA gives it one.
    """

    code: str
    name_ar: str
    name_en: str
    subdistricts: tuple[str, ...]
    on: date
    source: str = ""


def dated_code(code: str, on: date) -> str:
    """The code of a unit's new version: its first code and the day the version begins."""
    return f"{_DATED.sub('', code)}.{on:%Y%m%d}"


def first_code(code: str) -> str:
    """The code that a unit had before its changes: without the days of its versions."""
    return _DATED.sub("", code)


def promote(units: gpd.GeoDataFrame, change: Promotion) -> gpd.GeoDataFrame:
    """The units with a promotion added; the old ones remain, ended on the day.

    The sub-districts and the district they leave go on as new versions (``dated_code``): theirs
    is a new parent, its is a smaller polygon. Raises ``FaultsError``.
    """
    rows = _checked(units, change)
    old = str(rows["parent"].iloc[0])
    day = pd.Timestamp(change.on)
    ended = [*rows.index]
    fresh = [_new_district(units, change, rows, old)]
    moved = _renewed(rows, change.on, parent=change.code)
    staying = at_level(units, Level.SUBDISTRICT, on=change.on)
    staying = staying[(staying["parent"] == old) & ~staying.index.isin(rows.index)]
    ended.append(old)
    if len(staying):
        rest = units.loc[[old]].copy()
        rest["geometry"] = [_union(staying)]
        renewed = _renewed(rest, change.on)
        renewed["area_km2"] = areas_km2(renewed.geometry)
        fresh.append(renewed)
        ended += list(staying.index)
        fresh.append(_renewed(staying, change.on, parent=dated_code(old, change.on)))
    closed = units.copy()
    closed.loc[ended, "valid_to"] = day
    parts = [pd.DataFrame(part) for part in (closed, *fresh, moved)]
    both = pd.concat(parts)
    clean = UNITS.check(both.drop(columns="geometry"))
    return gpd.GeoDataFrame(clean, geometry=both["geometry"].to_numpy(), crs=WGS84)


def _checked(units: gpd.GeoDataFrame, change: Promotion) -> gpd.GeoDataFrame:
    now = at_level(units, Level.SUBDISTRICT, on=change.on)
    faults = [
        Fault(
            said("{code} is no sub-district on {day}."),
            said("Name a unit that is valid on the day of the change."),
            {"code": code, "day": change.on.isoformat()},
            "subdistricts",
        )
        for code in change.subdistricts
        if code not in now.index
    ]
    if change.code in units.index or not pd.Series([change.code]).str.fullmatch(CODE_PATTERN).all():
        faults.append(
            Fault(
                said("{code} can't be the code of the new district."),
                said("Choose a code that no unit has, of letters, digits and _ . : -."),
                {"code": change.code},
                "code",
            )
        )
    rows = now[now.index.isin(change.subdistricts)]
    if not faults and (rows["parent"].isna().any() or len(set(rows["parent"])) > 1):
        faults.append(
            Fault(
                said("The sub-districts belong to more than one district."),
                said("Enter one change for each district they leave."),
                {},
                "subdistricts",
            )
        )
    if faults:
        raise FaultsError(faults)
    return rows


def current_codes(units: pd.DataFrame, on: date) -> dict[str, str]:
    """For the code of each unit, that of its version on a day; units that ended are not in it.

    Incidents, figures and arrivals keep the code they came with; look it up here before they
    are joined to the units of a day.
    """
    day = pd.Timestamp(on)
    valid = (units["valid_from"].isna() | (units["valid_from"] <= day)) & (
        units["valid_to"].isna() | (units["valid_to"] > day)
    )
    base = {str(code): _DATED.sub("", str(code)) for code in units.index}
    now = {base[str(code)]: str(code) for code in units.index[valid]}
    return {code: now[root] for code, root in base.items() if root in now}


_DATED = re.compile(r"(\.\d{8})+$")


def _new_district(
    units: gpd.GeoDataFrame, change: Promotion, rows: gpd.GeoDataFrame, old: str
) -> gpd.GeoDataFrame:
    first = rows.iloc[0]
    shape = gpd.GeoSeries([_union(rows)], index=[change.code], crs=WGS84)
    frame = {
        "level": Level.DISTRICT.value,
        "name_ar": change.name_ar,
        "name_en": change.name_en,
        "parent": units.loc[old, "parent"],
        "pcode": None,
        "valid_from": pd.Timestamp(change.on),
        "valid_to": pd.NaT,
        "area_km2": areas_km2(shape),
        "seat_lon": first["seat_lon"],
        "seat_lat": first["seat_lat"],
        "standing": first["standing"],
    }
    return gpd.GeoDataFrame(pd.DataFrame(frame, index=[change.code]), geometry=shape, crs=WGS84)


def _renewed(rows: gpd.GeoDataFrame, on: date, *, parent: str | None = None) -> gpd.GeoDataFrame:
    fresh = rows.copy()
    fresh["valid_from"] = pd.Timestamp(on)
    fresh["valid_to"] = pd.NaT
    if parent is not None:
        fresh["parent"] = parent
    return fresh.set_axis([dated_code(str(code), on) for code in rows.index])


def _union(rows: gpd.GeoDataFrame) -> object:
    return shapely.union_all(rows.geometry.to_numpy())


def succession(units: gpd.GeoDataFrame, level: Level, before: date, after: date) -> pd.DataFrame:
    """Which share of each unit of ``before`` lies in which unit of ``after``.

    Columns ``source``, ``target``, ``share`` (of the source's area); shares of a source that is
    wholly covered add up to 1. A unit that did not change is its own successor with share 1.
    """
    old, new = at_level(units, level, on=before), at_level(units, level, on=after)
    same = old.index.intersection(new.index)
    kept = pd.DataFrame({"source": same, "target": same, "share": 1.0})
    changed_old, changed_new = old.drop(index=same), new.drop(index=same)
    if changed_old.empty or changed_new.empty:
        return kept
    pairs = overlaps(changed_old.geometry, changed_new.geometry)
    area = measured(changed_old.geometry, EQUAL_AREA).area
    pairs["share"] = pairs["area_m2"] / pairs["source"].map(area).astype(float)
    pairs = pairs[pairs["share"] > _SLIVER]
    total = pairs.groupby("source")["share"].transform("sum")
    whole = (total - 1).abs() < _SLIVER
    pairs["share"] = pairs["share"].where(~whole, pairs["share"] / total)
    return pd.concat([kept, pairs[["source", "target", "share"]]], ignore_index=True)


def carry(figures: pd.DataFrame, links: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Extensive figures (index old code) in the units that followed: a comparable series.

    The sum is kept where every old unit has its successors. Raises ``ValueError`` on a figure
    of a unit without any: dropping it would look like a fall.
    """
    lost = set(figures.index) - set(links["source"])
    if lost:
        raise ValueError(f"no successor is known for {', '.join(sorted(map(str, lost)))}")
    joined = links[links["source"].isin(figures.index)]
    parts = figures.loc[joined["source"], list(columns)].to_numpy(float)
    shared = pd.DataFrame(parts * joined[["share"]].to_numpy(float), columns=list(columns))
    shared["code"] = joined["target"].to_numpy()
    return shared.groupby("code").sum()
