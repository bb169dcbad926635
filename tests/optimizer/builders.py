"""Tiny problems and random ones. Each sibling of ``tiny`` is named by its single difference.

Random problems are feasible by construction: today's postings keep every posting rule, and
serving nobody keeps every flow rule.
"""

import random

from geo.places import OfficeKind
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
from optimizer.staff import Gender, Shift, StaffGroup, Unit

P, T, W, R = Unit.PATROL, Unit.TRIBAL, Unit.WOMEN, Unit.REFERRAL
WOMAN, MAN = Gender.WOMAN, Gender.MAN

DAY = Shift(code="day", name_ar="نهار", name_en="Day", start_hour=8, hours=8, days_week=5)
LATE = Shift(code="late", name_ar="مساء", name_en="Late", start_hour=16, hours=8, days_week=5)


def area(code, need=5.0, residents=1000.0, district="D1"):
    return ProblemArea(
        code=code,
        district=district,
        name_ar=code,
        name_en=code,
        residents=residents,
        women_residents=residents / 2,
        need=need,
    )


def office(code, kind=OfficeKind.SUB, **changes):
    return ProblemOffice(code=code, kind=kind, name_ar=code, name_en=code, **changes)


def demand(area_code, unit, hours, women=0.0, term=Term.SESSIONS, cases=0.0, women_cases=0.0):
    return DemandItem(
        area=area_code,
        unit=unit,
        term=term,
        hours_week=hours,
        women_hours_week=women,
        cases_week=cases,
        women_cases_week=women_cases,
    )


def staff(office_code, unit, gender, count, skills=None, locked=False):
    return StaffGroup(
        office=office_code,
        unit=unit,
        gender=gender,
        skills=skills or (unit,),
        locked=locked,
        count=count,
    )


def way(area_code, office_code, minutes):
    return Travel(area=area_code, office=office_code, travel_min=minutes)


def tiny(**changes):
    """Two offices, two areas, tribal officers and a women's unit; everything can be served."""
    base = {
        "areas": (area("A1"), area("A2", need=8.0)),
        "offices": (office("O1", OfficeKind.MAIN), office("O2")),
        "units": (
            UnitRule(unit=T, reach_min=60, visit_h=2),
            UnitRule(unit=W, reach_min=60, visit_h=2),
        ),
        "staff": (
            staff("O1", T, MAN, 2),
            staff("O2", T, MAN, 2),
            staff("O1", W, WOMAN, 2, (W, T)),
        ),
        "demand": (
            demand("A1", T, 40.0),
            demand("A2", T, 40.0),
            demand("A1", W, 20.0, 20.0),
            demand("A2", W, 20.0, 10.0),
        ),
        "travel": (
            way("A1", "O1", 0),
            way("A1", "O2", 60),
            way("A2", "O1", 60),
            way("A2", "O2", 0),
        ),
        "policies": Policies(hours_week=32),
    }
    return Problem(**(base | changes))


def patrols(**changes):
    """One office with four patrol officers, two vehicles and one area that calls."""
    base = {
        "areas": (area("A1"),),
        "offices": (office("O1", OfficeKind.MAIN, vehicles=2),),
        "units": (UnitRule(unit=P, reach_min=60, visit_h=1),),
        "staff": (staff("O1", P, MAN, 4),),
        "demand": (
            demand("A1", P, 60.0, term=Term.INCIDENTS, cases=20.0),
            demand("A1", P, 40.0, term=Term.PRESENCE),
        ),
        "travel": (way("A1", "O1", 0),),
        "policies": Policies(hours_week=32, patrol_hours_week=32),
    }
    return Problem(**(base | changes))


SKILLS = {P: (P, T), T: (T,), W: (W, P, T), R: (R, W)}


def random_problem(seed, *, areas=4, offices=3, most_staff=9):
    """A small feasible problem, full of rules that bind now and then."""
    rng = random.Random(seed)
    units = [P, T, W]
    names = [f"A{n}" for n in range(rng.randint(2, areas))]
    codes = [f"O{n}" for n in range(rng.randint(2, offices))]
    candidate = codes.pop() if len(codes) > 2 and rng.random() < 0.6 else None
    groups, present = _random_staff(rng, codes, most_staff)
    hires = ()
    if rng.random() < 0.4:
        kind = rng.choice([(WOMAN, (W, P, T)), (MAN, (P, T))])
        hires = (HireLot(gender=kind[0], skills=kind[1], count=rng.randint(1, 2)),)
    return Problem(
        areas=tuple(
            area(a, rng.randint(0, 10), rng.choice([500, 1000, 3000]), f"D{n % 2}")
            for n, a in enumerate(names)
        ),
        offices=tuple(
            office(
                c,
                vehicles=rng.randint(0, 2),
                min_staff=rng.randint(0, min(1, present[c])),
                capacity=rng.choice([None, present[c] + rng.randint(0, 2)]),
                referral_centre=c == codes[0],
            )
            for c in codes
        )
        + (
            ()
            if candidate is None
            else (office(candidate, OfficeKind.CANDIDATE, vehicles=1, min_staff=1, capacity=4),)
        ),
        units=tuple(
            UnitRule(unit=u, reach_min=rng.choice([45, 60, 90]), visit_h=rng.choice([1, 2]))
            for u in units
        ),
        shifts=(DAY, LATE),
        staff=groups,
        hires=hires,
        demand=tuple(d for a in names for d in _random_demand(rng, a)),
        travel=tuple(
            way(a, o, rng.choice([0, 15, 30, 60, 90]))
            for a in names
            for o in [*codes, candidate]
            if o is not None and rng.random() < 0.85
        ),
        policies=Policies(
            hours_week=32,
            patrol_hours_week=32,
            women_unit_share=0.5,
            max_moves=rng.choice([None, 0, 1, 2, 4]),
            max_opened=1 if candidate else 0,
            spare_vehicles=rng.choice([0, 0, 1]),
            women_share_target=rng.choice([None, None, 0.3]),
            referral_women=2 * (seed % 2),
        ),
        seed=seed,
    )


def _random_staff(rng, codes, most):
    women = rng.choice([0, 2, 2, 3, 4])
    home = rng.choice(codes)
    groups = []
    present = dict.fromkeys(codes, 0)
    if women:
        groups.append(staff(home, W, WOMAN, women, SKILLS[W]))
        present[home] += women
    men = {}
    for _ in range(rng.randint(3, max(3, most - women))):
        key = rng.choice(codes), rng.choice([P, P, T])
        men[key] = men.get(key, 0) + 1
    for (o, u), n in men.items():
        groups.append(staff(o, u, MAN, n, SKILLS[u], locked=rng.random() < 0.15))
        present[o] += n
    return tuple(groups), present


def _random_demand(rng, code):
    for unit, term in (
        (P, Term.INCIDENTS),
        (P, Term.PRESENCE),
        (T, Term.SESSIONS),
        (W, Term.SESSIONS),
    ):
        if rng.random() < 0.2:
            continue
        hours = rng.randint(4, 50)
        women = rng.choice([0, 0, hours // 2, hours]) if unit is not T else 0
        call = term is Term.INCIDENTS
        yield demand(
            code,
            unit,
            hours,
            women,
            term,
            cases=hours / 4 if call else 0.0,
            women_cases=women / 4 if call else 0.0,
        )
