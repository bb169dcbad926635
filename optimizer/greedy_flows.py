"""Hours without a solver: the nearest office with hours left serves, women's demand first.

Several rounds, each up to a part of every stream, so that no area is starved by the alphabet.
"""

from collections import defaultdict
from dataclasses import dataclass

from optimizer.extract import round_hours
from optimizer.instance import GENDERS, Cell, Instance, Stream, StreamKey, unmet_weight
from optimizer.staff import Gender, Unit

ROUNDS = (0.25, 0.5, 0.75, 1.0)

Counts = dict[tuple[Cell, Gender], int]


@dataclass
class _Budget:
    """What an office's unit can still give, hours a week (calls: calls a week)."""

    hours: float
    women: float
    reactive: float
    calls: float


def greedy_flows(
    instance: Instance, count: Counts, vehicles: dict[str, int]
) -> dict[tuple[StreamKey, str], float]:
    """Hours by stream and office that these postings give; legal by construction."""
    budget = {cell: _budget(instance, count, vehicles, cell) for cell in instance.cells}
    order = sorted(
        instance.streams,
        key=lambda s: (not s.key.women, -unmet_weight(instance.area[s.key.area].need), s.key),
    )
    hours: dict[tuple[StreamKey, str], float] = defaultdict(float)
    served: dict[StreamKey, float] = defaultdict(float)
    for part in ROUNDS:
        for stream in order:
            _serve(instance, budget, stream, part, hours, served)
    return {key: round_hours(amount) for key, amount in hours.items() if round_hours(amount)}


def _serve(
    instance: Instance,
    budget: dict[Cell, _Budget],
    stream: Stream,
    part: float,
    hours: dict[tuple[StreamKey, str], float],
    served: dict[StreamKey, float],
) -> None:
    key = stream.key
    near = [o for o in instance.offices if instance.reaches(key.area, o, key.unit)]
    for office in sorted(near, key=lambda o: (instance.travel_min[key.area, o], o)):
        left = part * stream.hours_week - served[key]
        if left <= 0:
            return
        purse = budget[Cell(office, key.unit)]
        with_road = 1 + instance.road(key.area, office, key.unit)
        amount = min(left, purse.hours / with_road)
        if key.women:
            amount = min(amount, purse.women / with_road)
        rate = stream.cases_week / stream.hours_week if key.call else 0.0
        if key.call:
            amount = min(amount, purse.reactive / with_road)
            if rate:
                amount = min(amount, purse.calls / rate)
        if amount <= 0:
            continue
        purse.hours -= amount * with_road
        if key.women:
            purse.women -= amount * with_road
        if key.call:
            purse.reactive -= amount * with_road
            purse.calls -= amount * rate
        hours[key, office] += amount
        served[key] += amount


def _budget(instance: Instance, count: Counts, vehicles: dict[str, int], cell: Cell) -> _Budget:
    policies = instance.problem.policies
    staff = sum(count.get((cell, q), 0) for q in GENDERS)
    purse = _Budget(
        hours=staff * policies.hours_week,
        women=count.get((cell, Gender.WOMAN), 0) * policies.hours_week,
        reactive=0.0,
        calls=0.0,
    )
    if cell.unit is Unit.PATROL:
        crews = min(vehicles.get(cell.office, 0), int(staff / instance.officers_per_crew + 1e-9))
        purse.reactive = policies.reactive_share * purse.hours
        purse.calls = instance.calls_carried(crews)
    return purse
