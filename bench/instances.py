"""SYNTHETIC problems of each size, seeded: the shape of a governorate, none of its figures.

Places are points in a plane, minutes are distance at 45 km/h times 1.3, a river splits the plane
and is crossed at one bridge. Offices, staff and women officers are in the proportion of Basra
(3 offices, 90 staff, 7 of them women). Nothing here is data about anybody.
"""

import random

import numpy as np
from numpy.typing import NDArray

from geo.places import OfficeKind
from optimizer.baseline import largest_remainders
from optimizer.nation import Governorate, Nation, Pool
from optimizer.problem import (
    DemandItem,
    HireLot,
    Policies,
    Problem,
    ProblemArea,
    ProblemOffice,
    Term,
    Travel,
    UnitRule,
)
from optimizer.siting import Capacities
from optimizer.staff import Gender, Shift, StaffGroup, Unit

SPEED_KMH = 45.0
DETOUR = 1.3
RULES = (
    UnitRule(unit=Unit.PATROL, reach_min=60, visit_h=1.0),
    UnitRule(unit=Unit.OUTREACH, reach_min=90, visit_h=2.0),
    UnitRule(unit=Unit.TRIBAL, reach_min=120, visit_h=3.0),
    UnitRule(unit=Unit.WOMEN, reach_min=60, visit_h=1.5),
    UnitRule(unit=Unit.REFERRAL, reach_min=60, visit_h=1.0),
)
SHIFTS = (
    Shift(code="morning", name_ar="صباح", name_en="Morning", start_hour=7, hours=8),
    Shift(code="evening", name_ar="مساء", name_en="Evening", start_hour=15, hours=8),
)
SKILLS = {
    Unit.PATROL: (Unit.PATROL, Unit.OUTREACH),
    Unit.OUTREACH: (Unit.OUTREACH, Unit.PATROL),
    Unit.TRIBAL: (Unit.TRIBAL, Unit.OUTREACH),
    Unit.WOMEN: (Unit.WOMEN, Unit.REFERRAL, Unit.OUTREACH, Unit.PATROL),
    Unit.REFERRAL: (Unit.REFERRAL, Unit.WOMEN),
}


def governorate(
    *,
    areas: int = 18,
    offices: int = 3,
    candidates: int = 3,
    staff: int = 90,
    women: int = 7,
    vehicles: int = 5,
    seed: int = 1,
    max_opened: int = 1,
    max_moves: int | None = 20,
    hires: tuple[HireLot, ...] = (),
) -> Problem:
    """A SYNTHETIC governorate. Today's postings are legal, so a legal plan exists."""
    rng = random.Random(seed)
    side = 40.0 + 6.0 * areas**0.5
    seats = [(rng.uniform(0, 2 * side), rng.uniform(0, side)) for _ in range(areas)]
    seats[0] = (side, side / 2)
    near = [(side + rng.uniform(-4, 4), side / 2 + rng.uniform(-4, 4)) for _ in range(offices)]
    if offices > 4:  # more than a town: spread them
        near = rng.sample(seats, offices)
    sites = near + rng.sample(seats[1:], candidates)
    codes = [f"O{n:02d}" for n in range(offices)] + [f"K{n:02d}" for n in range(candidates)]
    residents = [rng.lognormvariate(11.3, 0.8) for _ in range(areas)]
    need = [round(rng.uniform(1, 9.5), 1) for _ in range(areas)]
    return Problem(
        title="SYNTHETIC governorate",
        scenario=f"bench-{areas}-{offices}-{candidates}-{staff}",
        areas=tuple(
            ProblemArea(
                code=f"A{n:03d}",
                district=f"D{n // 3:02d}",
                name_ar=f"وحدة {n}",
                name_en=f"Area {n}",
                residents=round(residents[n]),
                women_residents=round(residents[n] * 0.4978),
                need=need[n],
            )
            for n in range(areas)
        ),
        offices=tuple(_office(code, n, offices, vehicles, staff) for n, code in enumerate(codes)),
        units=RULES,
        shifts=SHIFTS,
        staff=_staff(codes[:offices], staff, women),
        hires=hires,
        demand=_demand(rng, residents, need, staff),
        travel=tuple(
            Travel(area=f"A{n:03d}", office=code, travel_min=round(_minutes(seat, site, side), 1))
            for n, seat in enumerate(seats)
            for code, site in zip(codes, sites, strict=True)
        ),
        policies=Policies(max_moves=max_moves, max_opened=max_opened),
        seed=seed,
    )


def nation(
    *,
    governorates: int = 18,
    areas: int = 294,
    offices: int = 141,
    staff: int = 9000,
    women: int = 540,
    seed: int = 1,
    pool: Pool | None = None,
) -> Nation:
    """A SYNTHETIC country; sizes of governorates differ as residents do, sums are exact.

    Of the offices (and candidates among them) a third are candidates.
    """
    rng = random.Random(seed)
    weight = {f"G{n:02d}": rng.uniform(0.6, 1.4) for n in range(governorates)}
    every_area = largest_remainders(weight, areas)
    every_office = largest_remainders(weight, offices)
    every_officer = largest_remainders(weight, staff)
    every_woman = largest_remainders(weight, women)
    parts = []
    for n, code in enumerate(weight):
        candidates = every_office[code] // 3
        problem = governorate(
            areas=every_area[code],
            offices=every_office[code] - candidates,
            candidates=candidates,
            staff=every_officer[code],
            women=every_woman[code],
            vehicles=every_officer[code] // 20,
            max_moves=every_officer[code] // 12,
            seed=1000 * seed + n,
        )
        parts.append(
            Governorate(
                code=code, name_ar=f"محافظة {n}", name_en=f"Governorate {n}", problem=problem
            )
        )
    return Nation(
        title="SYNTHETIC country",
        governorates=tuple(parts),
        pool=pool or Pool(lots=18, most_lots=4, lot=10),
    )


def capacitated_median(
    nodes: int, p: int, packed: float, seed: int
) -> tuple[NDArray[np.float64], Capacities]:
    """SYNTHETIC, in the shape of OR-Library's pmedcap: costs (nodes, nodes) and capacities.

    Points with whole coordinates from 0 to 100, distances rounded down, demands from 1 to 20;
    ``p`` sites, all of one capacity, are filled to the share ``packed``.
    """
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 101, (nodes, 2))
    cost = np.floor(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))
    demand = rng.integers(1, 21, nodes).astype(np.float64)
    capacity = np.ceil(demand.sum() / p / packed)
    return cost, Capacities(demand, np.full(nodes, capacity))


def _office(code: str, n: int, offices: int, vehicles: int, staff: int) -> ProblemOffice:
    candidate = n >= offices
    share = 1 if candidate else vehicles // offices + (n < vehicles % offices)
    kind = OfficeKind.CANDIDATE if candidate else (OfficeKind.SUB if n else OfficeKind.MAIN)
    return ProblemOffice(
        code=code,
        kind=kind,
        name_ar=f"مكتب {code}",
        name_en=f"Office {code}",
        capacity=20 if candidate else staff,
        min_staff=6,
        vehicles=share,
        referral_centre=n == offices - 1,
        min_counsellors=2 if n == offices - 1 else 0,
    )


def _staff(codes: list[str], staff: int, women: int) -> tuple[StaffGroup, ...]:
    groups: dict[tuple[str, Unit, Gender], int] = {}
    centre = codes[-1]
    pairs = max(1, min(len(codes), women // 2))
    for n in range(women):
        office = centre if n < 2 else codes[(n // 2 - 1) % pairs] if pairs > 1 else centre
        if n == women - 1 and women % 2:
            office = centre
        unit = Unit.REFERRAL if n < 2 else Unit.WOMEN
        groups[office, unit, Gender.WOMAN] = groups.get((office, unit, Gender.WOMAN), 0) + 1
    for n in range(staff - women):
        unit = (Unit.PATROL, Unit.OUTREACH, Unit.PATROL, Unit.TRIBAL, Unit.PATROL)[n % 5]
        office = codes[n // 5 % len(codes)]
        groups[office, unit, Gender.MAN] = groups.get((office, unit, Gender.MAN), 0) + 1
    return tuple(
        StaffGroup(office=o, unit=u, gender=q, skills=SKILLS[u], count=c)
        for (o, u, q), c in sorted(groups.items())
    )


def _demand(
    rng: random.Random, residents: list[float], need: list[float], staff: int
) -> tuple[DemandItem, ...]:
    everyone = sum(residents)
    items = []
    for n, people in enumerate(residents):
        base = staff * 32.65 * 1.15 * people / everyone
        code = f"A{n:03d}"
        for unit, share, women, term in (
            (Unit.PATROL, 0.3, 0.06, Term.INCIDENTS),
            (Unit.PATROL, 0.2, 0.0, Term.PRESENCE),
            (Unit.OUTREACH, 0.2, 0.3, Term.SESSIONS),
            (Unit.TRIBAL, 0.12, 0.0, Term.INCIDENTS),
            (Unit.WOMEN, 0.1, 0.8, Term.INCIDENTS),
            (Unit.REFERRAL, 0.05, 0.7, Term.INCIDENTS),
        ):
            hours = base * share * rng.uniform(0.7, 1.3) * (0.5 + need[n] / 10)
            items.append(
                DemandItem(
                    area=code,
                    unit=unit,
                    term=term,
                    hours_week=round(hours, 3),
                    women_hours_week=round(hours * women, 3),
                    cases_week=round(hours / 3, 3) if term is Term.INCIDENTS else 0.0,
                    women_cases_week=(
                        round(hours * women / 3, 3) if term is Term.INCIDENTS else 0.0
                    ),
                    shift_shares=(0.6, 0.4),
                )
            )
    return tuple(items)


def _minutes(a: tuple[float, float], b: tuple[float, float], side: float) -> float:
    """Road minutes; the river lies at x = side + 6, its one bridge at y = side / 2."""
    river, bridge = side + 6, (side + 6, side / 2)
    if (a[0] - river) * (b[0] - river) < 0:
        return _straight(a, bridge) + _straight(bridge, b) + 4
    return _straight(a, b) + 4


def _straight(a: tuple[float, float], b: tuple[float, float]) -> float:
    return ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 * DETOUR / SPEED_KMH * 60
