"""What was chosen rather than counted: defaults with their reasons, and a scenario's own values."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from geo.checks import Fault
from geo.landroutes import DEFAULT_DETOUR
from geo.notes import said
from geo.travel import DEFAULT_SPEED_KMH
from optimizer.demand_inputs import DemandAssumptions, UnitRate
from optimizer.problem import Assumption, Policies, UnitRule
from optimizer.staff import Shift, Unit

CHOSEN = "assumption"
BASIC_TRAINING = "hires.basic_training"
NO_HOURS = "the offices' hours of duty are not published: replace by the office's own"
TRAINING = "new officers learn outreach with the basic training, beside their unit's work"
REACH = "no Iraqi norm of travel was found: what a crew can do and be back in its shift"

SHIFTS = (
    Shift(code="morning", name_ar="الوجبة الصباحية", name_en="Morning", start_hour=8, hours=8),
    Shift(code="evening", name_ar="الوجبة المسائية", name_en="Evening", start_hour=16, hours=8),
)
UNIT_RULES = (
    UnitRule(unit=Unit.PATROL, reach_min=60, visit_h=4),
    UnitRule(unit=Unit.OUTREACH, reach_min=90, visit_h=4),
    UnitRule(unit=Unit.TRIBAL, reach_min=120, visit_h=5),
    UnitRule(unit=Unit.WOMEN, reach_min=90, visit_h=4),
    UnitRule(unit=Unit.REFERRAL, reach_min=60, visit_h=4),
)
_DEFAULT = Policies(referral_women=2)
_RATES = {
    "arrivals": "arrival_h_week_family",
    "clans": "clan_h_week_family",
    "presence": "presence_h_week_per_10k",
}
_TERMS = {
    "sessions.per_month_per_10k": "sessions_month_per_10k",
    "sessions.hours": "session_h",
    "sessions.officers": "session_officers",
    "sessions.women_share": "session_women_share",
    "arrivals.women_share": "arrival_women_share",
}
_POLICIES = {
    "policies.hours_week": ("h/week", "2,080 hours less leave, training, holidays: 1,698 a year"),
    "policies.women_reach_min": ("min", "within an hour by road counts as women's access"),
    "policies.women_unit_share": ("share", "at least half of the women's unit are women"),
    "policies.referral_women": ("officers", "the referral centre comes first: never one alone"),
    "policies.patrol_crew": ("officers", "officers patrol in pairs"),
    "policies.patrol_wait_min": ("min", "mean wait of a call for a free crew"),
    "policies.patrol_case_min": ("min", "a call keeps a crew busy for an hour"),
    "policies.reactive_share": ("share", "rule of 60: the rest of patrol time is presence"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """All figures of a problem that somebody chose; ``listed`` says why, for the page."""

    demand: DemandAssumptions
    policies: Policies
    units: tuple[UnitRule, ...]
    shifts: tuple[Shift, ...]
    speed_kmh: float
    detour: float
    office_min_staff: int
    basic_training: float
    listed: tuple[Assumption, ...]


def choose(overrides: Mapping[str, float]) -> tuple[Chosen, list[Fault]]:
    """The defaults with a scenario's own values put in; faults name keys that nobody knows."""
    left = dict(overrides)
    faults: list[Fault] = []
    demand = _demand(left, faults)
    policies = _policies(left, faults)
    units = tuple(_unit_rule(rule, left, faults) for rule in UNIT_RULES)
    speed = left.pop("travel.speed_kmh", DEFAULT_SPEED_KMH)
    detour = left.pop("travel.detour", DEFAULT_DETOUR)
    least = left.pop("offices.min_staff", 2.0)
    trained = left.pop(BASIC_TRAINING, 1.0)
    faults += [
        Fault(
            said("No assumption has the key {key}."),
            said("Take a key from the list of assumptions of a plan."),
            {"key": key},
            column="assumptions",
        )
        for key in sorted(left)
    ]
    if speed <= 0 or detour < 1:
        faults.append(
            Fault(
                said("A speed is above zero and a detour factor is at least one."),
                said("Correct this field."),
                column="assumptions.travel",
            )
        )
    if not 0 <= trained <= 1:
        faults.append(
            Fault(
                said("The share of new officers who learn outreach too is from 0 to 1."),
                said("Correct this field."),
                column="assumptions.hires",
            )
        )
    listed = (
        *demand.as_assumptions(),
        *_listed_policies(policies),
        *_listed_units(units),
        _assumed("travel.speed_kmh", speed, "km/h", "roads between towns; city traffic is slower"),
        _assumed("travel.detour", detour, "factor", "road length over straight length on land"),
        _assumed("offices.min_staff", least, "officers", "nobody is alone in an open office"),
        _assumed(BASIC_TRAINING, trained, "share", TRAINING),
        *(_assumed(f"shifts.{s.code}", s.hours, "h", NO_HOURS) for s in SHIFTS),
    )
    chosen = Chosen(demand, policies, units, SHIFTS, speed, detour, int(least), trained, listed)
    return chosen, faults


def _assumed(key: str, value: float, unit: str, reason: str) -> Assumption:
    return Assumption(key=key, value=value, unit=unit, reason=reason, source=CHOSEN)


def _demand(left: dict[str, float], faults: list[Fault]) -> DemandAssumptions:
    base = DemandAssumptions()
    values = base.model_dump()
    for key in [a.key for a in base.as_assumptions() if a.key in left]:
        _put(values, key, left.pop(key))
    try:
        return DemandAssumptions.model_validate(values)
    except ValidationError as error:
        faults += _refusals(error)
        return base


def _put(values: dict[str, object], key: str, value: float) -> None:
    """Write one value into the dumped assumptions, by the key that the page shows."""
    first, *rest = key.split(".")
    if first == "incidents":
        work = next(w for w in _list(values["work"]) if w["category"] == rest[0])
        if len(rest) == 2:  # noqa: PLR2004 - incidents.CATEGORY.NAME
            work[rest[1]] = value
        else:
            load = next(one for one in _list(work["loads"]) if one["unit"] == rest[1])
            load[rest[2]] = value
    elif key in _TERMS:
        values[_TERMS[key]] = value
    elif first in _RATES:
        kept = [r for r in _list(values[_RATES[first]]) if r["unit"] != rest[0]]
        rate = UnitRate(unit=Unit(rest[0]), value=max(value, 0.0)).model_dump()
        values[_RATES[first]] = (*kept, rate)
    else:
        values[f"forum_{rest[0]}"] = value


def _list(found: object) -> list[dict[str, object]]:
    assert isinstance(found, list | tuple)
    return list(found)


def _policies(left: dict[str, float], faults: list[Fault]) -> Policies:
    given = {key.removeprefix("policies."): left.pop(key) for key in _POLICIES if key in left}
    try:
        return Policies.model_validate({**_DEFAULT.model_dump(), **given})
    except ValidationError as error:
        faults += _refusals(error)
        return _DEFAULT


def _unit_rule(rule: UnitRule, left: dict[str, float], faults: list[Fault]) -> UnitRule:
    try:
        return UnitRule(
            unit=rule.unit,
            reach_min=left.pop(f"reach.{rule.unit}", rule.reach_min),
            visit_h=left.pop(f"visit.{rule.unit}", rule.visit_h),
        )
    except ValidationError as error:
        faults += _refusals(error)
        return rule


def _refusals(error: ValidationError) -> list[Fault]:
    return [
        Fault(
            said("The assumption {key} does not hold: {why}."),
            said("Correct this field."),
            {"key": ".".join(map(str, one["loc"])), "why": one["msg"]},
            column="assumptions",
        )
        for one in error.errors(include_url=False, include_input=False)
    ]


def _listed_policies(policies: Policies) -> list[Assumption]:
    values = policies.model_dump()
    return [
        _assumed(key, float(values[key.removeprefix("policies.")]), unit, reason)
        for key, (unit, reason) in _POLICIES.items()
    ]


def _listed_units(units: tuple[UnitRule, ...]) -> list[Assumption]:
    found = []
    for rule in units:
        found.append(_assumed(f"reach.{rule.unit}", rule.reach_min, "min", REACH))
        found.append(_assumed(f"visit.{rule.unit}", rule.visit_h, "h", REACH))
    return found
