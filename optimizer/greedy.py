"""The baseline that needs no solver: mend today's postings, place the new, serve the nearest.

1. From today's postings, the single moves that mend the posting rules fastest (forced offices
   get their staff here).
2. New officers one by one where they lift most need-weighted unmet hours.
3. Optionally single moves that help most, up to a limit.

It is what a careful person does by hand, and the solver's first start. It returns nothing when
it ends in a breach; it never opens an office by itself.
"""

from collections import defaultdict
from collections.abc import Iterator

from optimizer.extract import Allocation
from optimizer.greedy_flows import Counts, greedy_flows
from optimizer.instance import GENDERS, Cell, Instance, StaffClass, unmet_weight
from optimizer.legality import office_violation, violation
from optimizer.staff import Gender, Unit
from optimizer.transport import transfers

MOST_REPAIRS = 60


def greedy(instance: Instance, *, improving_moves: int = 0) -> Allocation | None:
    """A legal allocation without a solver, or None."""
    opened = frozenset(
        o.code for o in instance.problem.offices if not o.is_candidate or o.forced_open
    )
    count: Counts = defaultdict(int, instance.today)
    _place_hires(instance, opened, count)
    if not _mend(instance, opened, count):
        return None
    vehicles = _vehicles(instance, opened)
    for _ in range(improving_moves):
        if not _improve(instance, opened, count, vehicles):
            break
    if not _keeps_limits(instance, opened, count):
        return None
    hours = greedy_flows(instance, count, vehicles)
    hours = _within_cap(instance, hours)
    new = {o: n - instance.office[o].vehicles for o, n in vehicles.items()}
    return Allocation(
        opened=opened,
        count={k: n for k, n in count.items() if n},
        hours=hours,
        new_vehicles={o: n for o, n in new.items() if n > 0},
    )


def _keeps_limits(instance: Instance, opened: frozenset[str], count: Counts) -> bool:
    moved = transfers(instance, {k: n for k, n in count.items() if n})
    if moved is None:
        return False
    policies = instance.problem.policies
    moves = sum(t.count for t in moved if t.from_office is not None)
    cost = sum(instance.office[o].opening_cost for o in opened if instance.office[o].is_candidate)
    within_budget = policies.opening_budget is None or cost <= policies.opening_budget
    return within_budget and (policies.max_moves is None or moves <= policies.max_moves)


def _vehicles(instance: Instance, opened: frozenset[str]) -> dict[str, int]:
    """Own vehicles, and the spare ones at the offices with most demand in patrol reach."""
    vehicles = {o: instance.office[o].vehicles for o in opened}
    near = {
        o: sum(
            s.hours_week
            for s in instance.streams
            if s.key.call and instance.reaches(s.key.area, o, Unit.PATROL)
        )
        for o in opened
    }
    for _ in range(instance.problem.policies.spare_vehicles):
        best = max(sorted(opened), key=lambda o: near[o] / (1 + vehicles[o]))
        vehicles[best] += 1
    return vehicles


def _pressure(instance: Instance, cell: Cell, count: Counts) -> float:
    """Weighted hours in reach for each officer who would share them."""
    asked = sum(
        unmet_weight(instance.area[s.key.area].need)
        * s.hours_week
        / (1 + instance.road(s.key.area, cell.office, cell.unit))
        for s in instance.streams
        if s.key.unit is cell.unit and instance.reaches(s.key.area, cell.office, cell.unit)
    )
    staff = sum(
        count[other, q] for other in instance.cells if other.unit is cell.unit for q in GENDERS
    )
    return asked / (1 + staff)


def _place_hires(instance: Instance, opened: frozenset[str], count: Counts) -> None:
    for who, lot in instance.hires.items():
        for _ in range(lot):
            cell = _best_cell(instance, opened, count, who)
            if cell is not None:
                count[cell, who.gender] += 1


def _best_cell(
    instance: Instance, opened: frozenset[str], count: Counts, who: StaffClass
) -> Cell | None:
    cells = [c for c in instance.cells if c.office in opened and c.unit in who.skills]
    return min(
        cells,
        key=lambda c: (
            _harm(instance, opened, count, None, c, who.gender),
            -_pressure(instance, c, count),
            c,
        ),
        default=None,
    )


def _harm(
    instance: Instance,
    opened: frozenset[str],
    count: Counts,
    leave: Cell | None,
    enter: Cell,
    gender: Gender,
) -> float:
    """Change of ``violation`` by one officer's move; only the two offices are looked at."""
    touched = {enter.office} | ({leave.office} if leave else set())
    before = sum(office_violation(instance, o, count, o in opened) for o in touched)
    if leave is not None:
        count[leave, gender] -= 1
    count[enter, gender] += 1
    after = sum(office_violation(instance, o, count, o in opened) for o in touched)
    count[enter, gender] -= 1
    if leave is not None:
        count[leave, gender] += 1
    return after - before


def _moves(
    instance: Instance, opened: frozenset[str], count: Counts
) -> Iterator[tuple[Cell, Cell, Gender]]:
    """Single moves of somebody whose skills allow it (by group, as staffed today)."""
    for g in instance.groups:
        leave = Cell(g.office, g.unit)
        if g.locked or count[leave, g.gender] <= 0:
            continue
        for enter in instance.cells:
            if enter != leave and enter.office in opened and enter.unit in g.skills:
                yield leave, enter, g.gender


def _mend(instance: Instance, opened: frozenset[str], count: Counts) -> bool:
    """Best single moves until no posting rule is broken."""
    for _ in range(MOST_REPAIRS):
        if violation(instance, opened, count) <= 0:
            return True
        options = [
            (_harm(instance, opened, count, leave, enter, q), leave, enter, q)
            for leave, enter, q in _moves(instance, opened, count)
        ]
        if not options:
            return False
        harm, leave, enter, q = min(options)
        if harm >= 0:
            return False
        count[leave, q] -= 1
        count[enter, q] += 1
    return violation(instance, opened, count) <= 0


def _improve(
    instance: Instance, opened: frozenset[str], count: Counts, vehicles: dict[str, int]
) -> bool:
    """One move that lowers the weighted unmet hours most; False when there is none."""
    least = _lost(instance, count, vehicles) - 1e-6
    best: tuple[Cell, Cell, Gender] | None = None
    for leave, enter, q in sorted(set(_moves(instance, opened, count))):
        if _harm(instance, opened, count, leave, enter, q) > 0:
            continue
        count[leave, q] -= 1
        count[enter, q] += 1
        lost = _lost(instance, count, vehicles)
        if lost < least and _keeps_limits(instance, opened, count):
            least, best = lost, (leave, enter, q)
        count[leave, q] += 1
        count[enter, q] -= 1
    if best is None:
        return False
    leave, enter, q = best
    count[leave, q] -= 1
    count[enter, q] += 1
    return True


def _lost(instance: Instance, count: Counts, vehicles: dict[str, int]) -> float:
    """Need-weighted unmet hours of these postings."""
    served: dict[object, float] = defaultdict(float)
    for (key, _), amount in greedy_flows(instance, count, vehicles).items():
        served[key] += amount
    return sum(
        unmet_weight(instance.area[s.key.area].need) * (s.hours_week - served[s.key])
        for s in instance.streams
    )


def _within_cap(instance: Instance, hours: dict) -> dict:  # type: ignore[type-arg]
    """Thin out patrol hours until no district is above its cap."""
    cap = instance.problem.policies.patrol_share_cap
    if cap is None:
        return hours
    district = {a: instance.area[a].district for a in instance.areas}
    for _ in range(200):
        by_district: dict[str, float] = defaultdict(float)
        for (key, _), amount in hours.items():
            if key.unit is Unit.PATROL:
                by_district[district[key.area]] += amount
        everywhere = sum(by_district.values())
        over = {d: h for d, h in by_district.items() if h > cap * everywhere}
        if not over:
            return hours
        for key, amount in list(hours.items()):
            d = district[key[0].area]
            if key[0].unit is Unit.PATROL and d in over:
                hours[key] = amount * cap * everywhere / over[d] * (1 - 1e-9)
    return {k: h for k, h in hours.items() if k[0].unit is not Unit.PATROL}
