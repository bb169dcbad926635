"""New office sites for a scenario: settlements or cells, ways that can't swim, p-median with proof.

The offices of today stay; of the other places those are proposed that bring a visitor soonest to
where officer-hours are asked. A proposed site becomes a candidate office of the problem: whether
it opens is then decided there, with staff, women and moves.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import metric_crs, to_metric
from geo.places import Level, Office, OfficeKind, Source, Standing
from optimizer.problem import Assumption, DemandItem
from optimizer.siting import SitingProgress
from optimizer.siting.aims import Aim
from optimizer.siting.candidates import MEDIAN, Proposal, propose_sites
from service.assembly.assumptions import Chosen
from service.assembly.figures import Scope
from service.assembly.roads import minutes_between
from service.scenario import Scenario, SitesFrom

SAME_PLACE_M = 1_000.0
"""A place this near an office is that office's own."""
TOWN_CELL_KM2 = 4.5
"""Larger planning cells are open country: nobody opens an office there."""
APART_M = 3_000.0
"""Of town cells that lie in one square of this side, one stands for all."""
TIME_LIMIT_S = 10.0
PREFIX = "site-"

SITING = "siting"
BY_MEDIAN = "p-median of officer-hours over minutes of travel; today's offices stay"
GAP = "how far the proposed sites may be from the best: 0 is proven best"
BEFORE = "mean way of an officer-hour to the nearest office today"
AFTER = "the same if all proposed sites open"
BARE = "a proposed site brings no vehicle and no staff of its own"


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """Sites that may open (``places``, those of offices first), and who asks from where.

    ``minutes`` has shape (areas, places), NaN = no way; ``weight`` are officer-hours a week.
    ``fixed`` are positions of offices that are open whatever is proposed.
    """

    places: tuple[Office, ...]
    fixed: tuple[int, ...]
    areas: tuple[str, ...]
    weight: NDArray[np.float64]
    minutes: NDArray[np.float64]
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedSites:
    """Places proposed, the best first; some may be candidates that the register knows."""

    search: SiteSearch
    found: Proposal
    aim: Aim = MEDIAN

    @property
    def places(self) -> tuple[Office, ...]:
        return tuple(self.search.places[j] for j in self.found.sites)

    @property
    def new(self) -> tuple[Office, ...]:
        """Those that no register knows."""
        return tuple(one for one in self.places if one.code.startswith(PREFIX))


def search_of(
    scope: Scope,
    scenario: Scenario,
    offices: Sequence[Office],
    chosen: Chosen,
    demand: Iterable[DemandItem],
) -> SiteSearch:
    """What siting is asked about: ``offices`` are all of the governorate, candidates too."""
    hours = dict.fromkeys(scope.areas, 0.0)
    for item in demand:
        hours[item.area] += item.hours_week
    spots = _settlements(scope)
    if scenario.propose_from is SitesFrom.CELLS:
        spots += _cells(scope)
    places = (*offices, *_free(spots, offices))
    stays = [
        n
        for n, one in enumerate(places)
        if one.kind is not OfficeKind.CANDIDATE or one.code in scenario.offices_open
    ]
    return SiteSearch(
        places=places,
        fixed=tuple(stays),
        areas=scope.areas,
        weight=np.array([hours[code] for code in scope.areas]),
        minutes=minutes_between(scope, scenario, places, chosen),
    )


def propose(
    search: SiteSearch,
    number: int,
    *,
    aim: Aim = MEDIAN,
    time_limit_s: float = TIME_LIMIT_S,
    progress: Callable[[SitingProgress], None] | None = None,
) -> ProposedSites:
    """``number`` new sites, or as many as there are places; the offices of today stay."""
    most = min(number, len(search.places) - len(search.fixed))
    found = propose_sites(
        search.minutes,
        search.weight,
        search.fixed,
        len(search.fixed) + most,
        aim=aim,
        time_limit_s=time_limit_s,
        progress=progress,
    )
    return ProposedSites(search, found, aim)


def told(proposed: ProposedSites) -> tuple[Assumption, ...]:
    """What a plan says of its proposed sites: which, by what, how well proven."""
    found = proposed.found
    codes = ", ".join(one.code for one in proposed.places)
    figures = (
        ("sites.proposed", codes or "-", "", BY_MEDIAN, SITING),
        ("sites.gap", found.result.gap or 0.0, "share", GAP, SITING),
        ("sites.before_min", found.before_min, "min", BEFORE, SITING),
        ("sites.after_min", found.mean_min, "min", AFTER, SITING),
        ("sites.vehicles", 0.0, "vehicles", BARE, "assumption"),
    )
    return tuple(
        Assumption(key=key, value=value, unit=unit, reason=reason, source=source)
        for key, value, unit, reason, source in figures
        if value is not None
    )


def _settlements(scope: Scope) -> list[Office]:
    """The seats of the areas: the towns that visitors go to."""
    rows = scope.book.units(scope.level, scope.governorate)
    return _places(rows, rows.index)


def _cells(scope: Scope) -> list[Office]:
    """Middles of town cells, thinned; none where the data have no sub-districts."""
    rows = scope.book.units(Level.CELL, scope.governorate)
    rows = rows[rows["area_km2"] <= TOWN_CELL_KM2]
    if not len(rows):
        return []
    lon, lat = rows["seat_lon"].to_numpy(float), rows["seat_lat"].to_numpy(float)
    at = to_metric(lon, lat, metric_crs((lon.min(), lat.min(), lon.max(), lat.max())))
    square = np.floor(at / APART_M).astype(int)
    off = np.hypot(*(at - (square + 0.5) * APART_M).T)
    codes = [str(code) for code in rows.index]
    table = pd.DataFrame({"x": square[:, 0], "y": square[:, 1], "off": off, "code": codes})
    table = table.sort_values(["x", "y", "off", "code"])
    return _places(rows, sorted(table.groupby(["x", "y"])["code"].first()))


def _places(rows: pd.DataFrame, codes: Iterable[str]) -> list[Office]:
    facts = rows[["name_ar", "name_en", "seat_lon", "seat_lat"]].astype(object).to_dict("index")
    found = []
    for code in codes:
        fact = facts[code]
        if pd.isna(fact["seat_lon"]) or pd.isna(fact["seat_lat"]):
            continue
        found.append(
            Office(
                code=f"{PREFIX}{code}",
                kind=OfficeKind.CANDIDATE,
                name_ar=f"موقع مقترح: {fact['name_ar']}",
                name_en=f"Proposed site: {fact['name_en']}",
                lon=float(fact["seat_lon"]),
                lat=float(fact["seat_lat"]),
                standing=Standing.ESTIMATED,
            )
        )
    return found


def _free(spots: Sequence[Office], offices: Sequence[Office]) -> list[Office]:
    """Spots that are not where an office already is."""
    if not spots or not offices:
        return list(spots)
    every = [*offices, *spots]
    lon = np.array([one.lon for one in every])
    lat = np.array([one.lat for one in every])
    at = to_metric(lon, lat, metric_crs((lon.min(), lat.min(), lon.max(), lat.max())))
    known, new = at[: len(offices)], at[len(offices) :]
    away = np.hypot(*(new[:, None, :] - known[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    return [spot for spot, metres in zip(spots, away, strict=True) if metres > SAME_PLACE_M]
