"""The problem: everything that a solver may know, in one closed document, and no person in it.

A problem can be solved again anywhere: it carries its demand already itemised (see
``optimizer.demand``), its travel table, its staff as counts, its policies, and the sources and
assumptions behind the figures. ``digest`` names it.
"""

import hashlib
from collections import Counter
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from geo.places import Code, Document, Lat, Lon, OfficeKind, Source
from optimizer.staff import Gender, Shift, StaffGroup, Unit

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Hours = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Term(StrEnum):
    """Where officer-hours come from; each can be opened on the page."""

    INCIDENTS = "incidents"
    FORUMS = "forums"
    SESSIONS = "sessions"
    REQUESTS = "requests"
    ARRIVALS = "arrivals"
    PRESENCE = "presence"


class TierName(StrEnum):
    """The goals, in the order they are served unless the director changes it."""

    LEGALITY = "T0_legality"
    WOMEN_ACCESS = "T1_women_access"
    FAIRNESS_WOMEN = "T2_fairness_women"
    FAIRNESS_ALL = "T2_fairness_all"
    UNMET = "T3_unmet"
    MOVES = "T4_moves"
    ROAD = "T5_road"
    TIE_BREAK = "T6_tie_break"


class ProblemArea(Document):
    """An area as the solver sees it: people, need, and the district it reports to."""

    code: Code
    district: Code
    name_ar: str
    name_en: str
    residents: float = Field(ge=0)
    women_residents: float = Field(ge=0)
    need: float = Field(ge=0, le=10, description="need index; weights unmet hours")


class ProblemOffice(Document):
    """An office as the solver sees it. A candidate is posted to only if it is opened."""

    code: Code
    kind: OfficeKind
    name_ar: str
    name_en: str
    capacity: int | None = Field(default=None, ge=0)
    min_staff: int = Field(default=0, ge=0, description="binding wherever the office is open")
    vehicles: int = Field(default=0, ge=0)
    referral_centre: bool = False
    min_counsellors: int = Field(default=0, ge=0)
    may_close: bool = False
    forced_open: bool = False
    opening_cost: float = Field(default=0.0, ge=0)
    counted: bool | None = Field(
        default=None,
        exclude_if=lambda stated: stated is None,
        description="whether fairness is measured over what it reaches; else as is_counted says",
    )

    proposed: bool = Field(
        default=False,
        exclude_if=lambda stated: not stated,
        description="no register knows it: siting found the place, its travel is estimated",
    )
    lon: Lon | None = Field(default=None, exclude_if=lambda stated: stated is None)
    lat: Lat | None = Field(default=None, exclude_if=lambda stated: stated is None)

    @property
    def is_candidate(self) -> bool:
        return self.kind is OfficeKind.CANDIDATE

    @property
    def is_counted(self) -> bool:
        """Fairness is measured over what counted offices reach: today's and forced ones.

        A question that forces an office open, to be held against a plan without it, states
        ``counted`` so that both are measured by one yardstick.
        """
        if self.counted is not None:
            return self.counted
        return self.forced_open or not self.is_candidate


class UnitRule(Document):
    """How far a unit reaches in daily work, and how long a visit lasts: the road is paid."""

    unit: Unit
    reach_min: float = Field(gt=0, description="one way, minutes")
    visit_h: float = Field(gt=0, description="hours on site before the way back")


class Travel(Document):
    """One way by road; a pair that is not listed can't be reached."""

    area: Code
    office: Code
    travel_min: float = Field(ge=0)


class AreaTravel(Document):
    """One way by road between two areas, for visiting days; it holds in both directions."""

    area: Code
    other: Code
    travel_min: float = Field(ge=0)


class DemandItem(Document):
    """Officer-hours a week that an area asks of a unit, by where they come from.

    ``women_hours_week`` is the part that needs a woman officer. ``shift_shares`` spreads the
    hours over the problem's shifts, in their order (sums to 1).
    """

    area: Code
    unit: Unit
    term: Term
    hours_week: Hours
    women_hours_week: Hours = 0.0
    cases_week: float = Field(default=0.0, ge=0)
    women_cases_week: float = Field(default=0.0, ge=0)
    shift_shares: tuple[float, ...] = ()


class HireLot(Document):
    """New officers to be posted anywhere, with the units they can serve."""

    gender: Gender
    skills: tuple[Unit, ...] = Field(min_length=1)
    count: int = Field(ge=0)


class Assumption(Document):
    """A figure that somebody chose, with why; every one of them can be edited."""

    key: str
    value: float | str
    unit: str = ""
    reason: str = ""
    source: str = ""


class Policies(Document):
    """Numbers of the hard rules and of the policy rules that bend with a named shortfall."""

    hours_week: float = Field(default=32.65, gt=0, description="productive hours an officer-week")
    women_reach_min: float = Field(default=60.0, gt=0)
    women_unit_share: Share = 0.5
    referral_women: int = Field(
        default=0, ge=0, description="women officers that a referral centre should have"
    )
    patrol_crew: int = Field(default=2, ge=1)
    patrol_wait_min: float = Field(default=10.0, gt=0)
    patrol_case_min: float = Field(default=60.0, gt=0)
    patrol_hours_week: float | None = Field(
        default=None, gt=0, description="hours a week that patrols are manned; else the shifts'"
    )
    reactive_share: Share = Field(default=0.6, description="most of patrol time spent on calls")
    max_moves: int | None = Field(default=None, ge=0)
    max_opened: int = Field(default=0, ge=0)
    max_closed: int = Field(default=0, ge=0)
    opening_budget: float | None = Field(default=None, ge=0)
    women_share_target: Share | None = None
    patrol_share_cap: Share | None = Field(default=None, description="of any one district")
    spare_vehicles: int = Field(default=0, ge=0, description="new vehicles the plan may place")


class TierRule(Document):
    """One goal of the lexicographic order and how much of it later goals may give back."""

    name: TierName
    eps: float = Field(default=0.0, ge=0, description="share of the value later tiers may lose")


DEFAULT_TIERS: tuple[TierRule, ...] = tuple(TierRule(name=name) for name in TierName)


class Problem(Document):
    """A self-contained question; see the module's text."""

    schema_version: int = 1
    title: str = ""
    scenario: str = "today"
    horizon_year: int | None = None
    areas: tuple[ProblemArea, ...] = Field(min_length=1)
    offices: tuple[ProblemOffice, ...] = Field(min_length=1)
    units: tuple[UnitRule, ...] = Field(min_length=1)
    shifts: tuple[Shift, ...] = ()
    staff: tuple[StaffGroup, ...] = ()
    hires: tuple[HireLot, ...] = ()
    demand: tuple[DemandItem, ...] = ()
    hours_week_today: float | None = Field(
        default=None,
        ge=0,
        exclude_if=lambda hours: hours is None,
        description="what all areas ask for without the scenario, where it may change that",
    )
    travel: tuple[Travel, ...] = ()
    between: tuple[AreaTravel, ...] = Field(default=(), exclude_if=lambda ways: not ways)
    policies: Policies = Policies()
    tiers: tuple[TierRule, ...] = DEFAULT_TIERS
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    data_version: str = ""
    seed: int = 1

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        faults = _duplicate_faults(self) + _dangling_faults(self) + _figure_faults(self)
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal problems have equal digests."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def head_count(self, gender: Gender | None = None) -> int:
        """Officers to be posted: today's staff and the hires."""
        lots = [(g.gender, g.count) for g in self.staff] + [(h.gender, h.count) for h in self.hires]
        return sum(count for who, count in lots if gender is None or who is gender)


def _duplicate_faults(problem: Problem) -> list[str]:
    keys: dict[str, list[str]] = {
        "area": [a.code for a in problem.areas],
        "office": [o.code for o in problem.offices],
        "unit": [u.unit for u in problem.units],
        "shift": [s.code for s in problem.shifts],
        "travel pair": [f"{t.area} - {t.office}" for t in problem.travel],
        "demand item": [f"{d.area} - {d.unit} - {d.term}" for d in problem.demand],
        "tier": [t.name for t in problem.tiers],
    }
    return [
        f"{what} {key} stands twice"
        for what, values in keys.items()
        for key, times in Counter(values).items()
        if times > 1
    ]


def _dangling_faults(problem: Problem) -> list[str]:
    areas = {a.code for a in problem.areas}
    offices = {o.code for o in problem.offices}
    units = {u.unit for u in problem.units}
    faults = [
        f"travel names the unknown area {t.area}" for t in problem.travel if t.area not in areas
    ]
    faults += [
        f"travel names the unknown office {t.office}"
        for t in problem.travel
        if t.office not in offices
    ]
    faults += [
        f"a way between areas names the unknown area {code}"
        for pair in problem.between
        for code in (pair.area, pair.other)
        if code not in areas
    ]
    faults += [
        f"demand names the unknown area {d.area}" for d in problem.demand if d.area not in areas
    ]
    faults += [
        f"demand names the unknown unit {d.unit}" for d in problem.demand if d.unit not in units
    ]
    faults += [
        f"staff stands at the unknown office {g.office}"
        for g in problem.staff
        if g.office not in offices
    ]
    faults += [
        f"staff serves the unknown unit {g.unit}" for g in problem.staff if g.unit not in units
    ]
    return faults


def _figure_faults(problem: Problem) -> list[str]:
    faults = [
        f"{d.area}, {d.unit}, {d.term}: more women's hours than hours"
        for d in problem.demand
        if d.women_hours_week > d.hours_week * (1 + 1e-9) + 1e-9
    ]
    shifts = len(problem.shifts)
    faults += [
        f"{d.area}, {d.unit}, {d.term}: {len(d.shift_shares)} shift shares for {shifts} shifts"
        for d in problem.demand
        if d.shift_shares and len(d.shift_shares) != shifts
    ]
    faults += [
        f"{g.office}, {g.unit}: the own unit is not among the skills"
        for g in problem.staff
        if g.unit not in g.skills
    ]
    return faults
