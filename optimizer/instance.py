"""A problem compiled for the rules: streams of demand, groups of staff, what reaches what.

Everything is sorted by its key, so that the order of areas or offices in a file changes
nothing. Solvers read this; the auditor does not, it goes back to the problem.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from optimizer.problem import Problem, ProblemArea, ProblemOffice, Term, UnitRule
from optimizer.staff import Gender, StaffGroup, Unit
from optimizer.waiting import largest_call_rate

NEGLIGIBLE_HOURS = 1e-6  # demand of a few milliseconds a week is left out of the model
NEED_FLOOR = 1.0  # an unmet hour in an area of need 0 still counts
FALLBACK_PATROL_HOURS = 56.0  # no shifts given: one 8-hour shift a day
K_LARGEST = (1, 2, 3)

UNIT_ORDER = {unit: n for n, unit in enumerate(Unit)}
GENDERS = (Gender.WOMAN, Gender.MAN)


class Cell(NamedTuple):
    """Where somebody is posted."""

    office: str
    unit: Unit


class StreamKey(NamedTuple):
    """A kind of demand of an area: does it need a woman, does it answer a call."""

    area: str
    unit: Unit
    women: bool
    call: bool


class Stream(NamedTuple):
    """How much of it there is."""

    key: StreamKey
    hours_week: float
    cases_week: float


class StaffClass(NamedTuple):
    """Staff who can take the same postings."""

    gender: Gender
    skills: tuple[Unit, ...]


def class_label(who: StaffClass) -> str:
    """A class in one word, for slacks and messages."""
    return f"{who.gender}|{','.join(who.skills)}"


def sorted_skills(skills: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Skills in the order of the units, each once."""
    return tuple(sorted(set(skills), key=UNIT_ORDER.__getitem__))


def unmet_weight(need: float) -> float:
    """What an unmet hour weighs in an area of this need."""
    return max(need, NEED_FLOOR)


def road_factor(travel_min: float, visit_h: float) -> float:
    """Hours on the road for each hour on site: there and back, once a visit."""
    return 2 * travel_min / (60 * visit_h)


def patrol_hours_week(problem: Problem) -> float:
    """Hours a week in which patrols are manned."""
    if problem.policies.patrol_hours_week is not None:
        return problem.policies.patrol_hours_week
    return sum(s.hours * s.days_week for s in problem.shifts) or FALLBACK_PATROL_HOURS


@dataclass(frozen=True)
class Instance:
    """See the module's text; build it with ``Instance(problem)``."""

    problem: Problem

    @cached_property
    def offices(self) -> tuple[str, ...]:
        return tuple(sorted(o.code for o in self.problem.offices))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        return tuple(sorted(a.code for a in self.problem.areas))

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        return sorted_skills(tuple(u.unit for u in self.problem.units))

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(Cell(o, u) for o in self.offices for u in self.units)

    @cached_property
    def office(self) -> dict[str, ProblemOffice]:
        return {o.code: o for o in self.problem.offices}

    @cached_property
    def area(self) -> dict[str, ProblemArea]:
        return {a.code: a for a in self.problem.areas}

    @cached_property
    def rule_of(self) -> dict[Unit, UnitRule]:
        return {u.unit: u for u in self.problem.units}

    @cached_property
    def travel_min(self) -> dict[tuple[str, str], float]:
        """(area, office) -> minutes one way; absent = can't be reached."""
        return {(t.area, t.office): t.travel_min for t in self.problem.travel}

    # -- demand ---------------------------------------------------------------------------

    @cached_property
    def streams(self) -> tuple[Stream, ...]:
        """Demand by area, unit, needs-a-woman and answers-a-call; negligible ones left out."""
        hours: dict[StreamKey, float] = defaultdict(float)
        cases: dict[StreamKey, float] = defaultdict(float)
        for item in sorted(self.problem.demand, key=lambda d: (d.area, d.unit, d.term)):
            call = item.unit is Unit.PATROL and item.term is Term.INCIDENTS
            women = StreamKey(item.area, item.unit, women=True, call=call)
            anyone = StreamKey(item.area, item.unit, women=False, call=call)
            hours[women] += item.women_hours_week
            hours[anyone] += max(item.hours_week - item.women_hours_week, 0.0)
            cases[women] += item.women_cases_week
            cases[anyone] += max(item.cases_week - item.women_cases_week, 0.0)
        keys = sorted(hours, key=lambda k: (k.area, UNIT_ORDER[k.unit], not k.women, not k.call))
        return tuple(Stream(k, hours[k], cases[k]) for k in keys if hours[k] > NEGLIGIBLE_HOURS)

    def reaches(self, area: str, office: str, unit: Unit) -> bool:
        """Whether the office works in the area on a daily round."""
        minutes = self.travel_min.get((area, office))
        return minutes is not None and minutes <= self.rule_of[unit].reach_min

    def road(self, area: str, office: str, unit: Unit) -> float:
        """Hours on the road for each hour of this unit on site."""
        return road_factor(self.travel_min[area, office], self.rule_of[unit].visit_h)

    @cached_property
    def counted_offices(self) -> tuple[str, ...]:
        """Offices the plan can count on: today's and those that are forced open."""
        return tuple(o for o in self.offices if self.office[o].is_counted)

    @cached_property
    def fair_streams(self) -> frozenset[StreamKey]:
        """Streams that a counted office reaches and somebody can serve: fairness is over them.

        A stream that nobody has the skill or the gender for would stand at 100 % for ever and
        leave the worst areas without a goal; it is listed apart, as what is out of reach is.
        """
        return frozenset(
            s.key
            for s in self.streams
            if self.has_staff_for(s.key.unit, women=s.key.women)
            and any(self.reaches(s.key.area, o, s.key.unit) for o in self.counted_offices)
        )

    def has_staff_for(self, unit: Unit, *, women: bool) -> bool:
        """Whether anybody (any woman) on the roll or to be hired can be posted to the unit.

        A lot of no officers counts as well: who could be hired is part of the yardstick, so that
        plans with none and with some of them are measured alike.
        """
        genders = (Gender.WOMAN,) if women else GENDERS
        if any(unit in lot.skills and lot.gender in genders for lot in self.problem.hires):
            return True
        return any(self.most_posted(Cell(o, unit), q) > 0 for o in self.offices for q in genders)

    def fair_hours(self, *, women_only: bool) -> dict[str, float]:
        """Reachable demand by area, hours a week; areas without any are left out."""
        hours: dict[str, float] = defaultdict(float)
        for stream in self.streams:
            if stream.key in self.fair_streams and (stream.key.women or not women_only):
                hours[stream.key.area] += stream.hours_week
        return dict(hours)

    # -- staff ----------------------------------------------------------------------------

    @cached_property
    def groups(self) -> tuple[StaffGroup, ...]:
        """Staff with equal office, unit, gender, skills and lock put together, sorted."""
        counts: dict[tuple[str, Unit, Gender, tuple[Unit, ...], bool], int] = defaultdict(int)
        for g in self.problem.staff:
            counts[g.office, g.unit, g.gender, sorted_skills(g.skills), g.locked] += g.count
        return tuple(
            StaffGroup(office=o, unit=u, gender=q, skills=skills, locked=locked, count=count)
            for (o, u, q, skills, locked), count in sorted(counts.items(), key=str)
            if count
        )

    @cached_property
    def hires(self) -> dict[StaffClass, int]:
        """New officers by what they can do."""
        counts: dict[StaffClass, int] = defaultdict(int)
        for lot in self.problem.hires:
            counts[StaffClass(lot.gender, sorted_skills(lot.skills))] += lot.count
        return {c: n for c, n in sorted(counts.items(), key=str) if n}

    @cached_property
    def classes(self) -> tuple[StaffClass, ...]:
        """Kinds of staff that can be posted anew: not locked, or to be hired."""
        movable = {StaffClass(g.gender, g.skills) for g in self.groups if not g.locked}
        return tuple(sorted(movable | set(self.hires), key=str))

    @cached_property
    def today(self) -> dict[tuple[Cell, Gender], int]:
        """Today's postings."""
        counts: dict[tuple[Cell, Gender], int] = defaultdict(int)
        for g in self.groups:
            counts[Cell(g.office, g.unit), g.gender] += g.count
        return dict(counts)

    def most_posted(self, cell: Cell, gender: Gender) -> int:
        """Most officers of this gender that the cell could ever hold."""
        able = sum(g.count for g in self.groups if g.gender is gender and self._may_be(g, cell))
        hires = [n for c, n in self.hires.items() if c.gender is gender and cell.unit in c.skills]
        return able + sum(hires)

    @staticmethod
    def _may_be(group: StaffGroup, cell: Cell) -> bool:
        if group.locked:
            return (group.office, group.unit) == cell
        return cell.unit in group.skills

    # -- patrols --------------------------------------------------------------------------

    @property
    def officers_per_crew(self) -> float:
        """Officers on the roll who keep one crew on the road in every manned hour."""
        policies = self.problem.policies
        return policies.patrol_crew * patrol_hours_week(self.problem) / policies.hours_week

    def most_crews(self, office: str) -> int:
        """Most crews that the office's vehicles and all patrol officers could ever form."""
        vehicles = self.office[office].vehicles + self.problem.policies.spare_vehicles
        if Unit.PATROL not in self.units:
            return 0
        officers = sum(self.most_posted(Cell(office, Unit.PATROL), q) for q in GENDERS)
        return min(vehicles, int(officers / self.officers_per_crew + 1e-9))

    def calls_carried(self, crews: int) -> float:
        """Calls a week that so many crews carry within the waiting standard."""
        policies = self.problem.policies
        rate = largest_call_rate(crews, policies.patrol_case_min, policies.patrol_wait_min)
        return rate * patrol_hours_week(self.problem)
