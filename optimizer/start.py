"""A known plan as a solution of the model: where a solver starts, and what it can't be below."""

from collections import defaultdict

from optimizer.extract import Allocation
from optimizer.instance import GENDERS, Cell, Instance, StaffClass, StreamKey, class_label
from optimizer.model import AllocationModel
from optimizer.plan import Plan, Transfer
from optimizer.staff import Gender, Unit
from optimizer.tiers import Values
from optimizer.transport import transfers


def of_plan(instance: Instance, plan: Plan) -> Allocation:
    """The decisions of a plan document."""
    hours: dict[tuple[StreamKey, str], float] = {}
    for f in plan.flows:
        both = f.women_call_hours_week
        for women, call, amount in (
            (True, True, both),
            (True, False, f.women_hours_week - both),
            (False, True, f.call_hours_week - both),
            (False, False, f.hours_week - f.women_hours_week - f.call_hours_week + both),
        ):
            if amount > 0:
                hours[StreamKey(f.area, f.unit, women, call), f.office] = amount
    return Allocation(
        opened=frozenset(plan.open_offices),
        count={(Cell(p.office, p.unit), p.gender): p.count for p in plan.postings},
        hours=hours,
        new_vehicles={
            c.office: max(0, c.vehicles - instance.office[c.office].vehicles) for c in plan.crews
        },
    )


def values(model: AllocationModel, decided: Allocation) -> Values | None:
    """All unknowns of the model at these decisions; None when staff can't be placed so."""
    moved = transfers(model.instance, decided.count)
    if moved is None:
        return None
    return (
        _staff(model, decided, moved)
        | _presence(model, decided)
        | _patrols(model, decided)
        | _flows(model, decided)
        | _slacks(model, decided, moved)
    )


def _staff(model: AllocationModel, decided: Allocation, moved: tuple[Transfer, ...]) -> Values:
    instance, v = model.instance, model.v
    found: Values = {y: float(o in decided.opened) for o, y in v.opened.items()}
    found |= {x: float(decided.count.get(key, 0)) for key, x in v.postings.count.items()}
    left: dict[tuple[Cell, StaffClass], int] = defaultdict(int)
    filled: dict[tuple[StaffClass, Cell], int] = defaultdict(int)
    for t in moved:
        who = StaffClass(t.gender, t.skills)
        filled[who, Cell(t.to_office, t.to_unit)] += t.count
        if t.from_office is not None and t.from_unit is not None:
            left[Cell(t.from_office, t.from_unit), who] += t.count
    for n, g in enumerate(instance.groups):
        who = StaffClass(g.gender, g.skills)
        gone = 0 if g.locked else left[Cell(g.office, g.unit), who]
        found[v.rostering.stay[n]] = float(g.count - gone)
    return found | {f: float(filled[key]) for key, f in v.rostering.fill.items()}


def _presence(model: AllocationModel, decided: Allocation) -> Values:
    instance, presence = model.instance, model.v.presence
    women = {c.office for (c, q), n in decided.count.items() if q is Gender.WOMAN and n}
    reach = instance.problem.policies.women_reach_min
    found: Values = {z: float(o in women) for o, z in presence.at_office.items()}
    for area, a in presence.access.items():
        near = any(instance.travel_min.get((area, o), reach + 1) <= reach for o in women)
        found[a] = float(near)
    return found


def _patrols(model: AllocationModel, decided: Allocation) -> Values:
    instance, patrols = model.instance, model.v.patrols
    found: Values = {}
    for office in instance.offices:
        own = instance.office[office].vehicles
        new = decided.new_vehicles.get(office, 0)
        if office in patrols.vehicles:
            found[patrols.vehicles[office]] = float(new)
        officers = sum(decided.count.get((Cell(office, Unit.PATROL), q), 0) for q in GENDERS)
        crews = min(own + new, int(officers / instance.officers_per_crew + 1e-9))
        for c in range(1, instance.most_crews(office) + 1):
            found[patrols.crew[office, c]] = float(c <= crews)
    return found


def _flows(model: AllocationModel, decided: Allocation) -> Values:
    flows = model.v.flows
    found: Values = {f: decided.hours.get(key, 0.0) for key, f in flows.hours.items()}
    served: dict[StreamKey, float] = defaultdict(float)
    for (key, _), amount in decided.hours.items():
        served[key] += amount
    for stream in model.instance.streams:
        found[flows.unmet[stream.key]] = max(0.0, stream.hours_week - served[stream.key])
    return found


def _slacks(model: AllocationModel, decided: Allocation, moved: tuple[Transfer, ...]) -> Values:
    placed: dict[str, int] = defaultdict(int)
    for t in moved:
        if t.from_office is None:
            placed[class_label(StaffClass(t.gender, t.skills))] += t.count
    lots = {class_label(c): n for c, n in model.instance.hires.items()}
    everyone = sum(decided.count.values())
    women = sum(n for (_, q), n in decided.count.items() if q is Gender.WOMAN)
    target = model.instance.problem.policies.women_share_target or 0.0
    found: Values = {}
    for slack in model.slacks:
        if slack.rule == "hires":
            found[slack.variable] = float(lots[slack.label] - placed[slack.label])
        elif slack.rule == "referral_women":
            asked = model.instance.problem.policies.referral_women
            here = sum(
                n
                for (c, q), n in decided.count.items()
                if c.office == slack.office and q is Gender.WOMAN
            )
            is_open = slack.office in decided.opened
            found[slack.variable] = float(max(0, asked - here)) if is_open else 0.0
        else:
            found[slack.variable] = max(0.0, target * everyone - women)
    return found
