"""How long people wait for a patrol under a plan, against another one; and each crew's workload.

Calls are those that the plan's patrols answer (PCAM's descriptive mode); calls of an office's
lead areas that nobody goes to are counted beside them and not hidden in a mean. The problem does
not know which calls are urgent, so they are split by shares, an assumption that the office
replaces by its own count. The wait over all calls does not depend on it.
"""

import math
from collections import defaultdict

from pydantic import Field

from geo.places import Code, Document
from optimizer.audit_facts import Facts
from optimizer.plan import Plan
from optimizer.problem import Assumption, Problem, Term
from optimizer.staff import Unit
from optimizer.waiting.erlang import mean_wait_min
from optimizer.waiting.hypercube import MOST_EXACT, Atom, Hypercube, approximate, exact
from optimizer.waiting.priorities import priority_waits_min

PRIORITY_ASSUMPTIONS = tuple(
    Assumption(
        key=f"calls.priority_{n}_share",
        value=share,
        unit="share",
        reason="no count of calls by urgency in Basra was found: one in ten at once, three in ten "
        "soon; replace by the office's own count",
        source="assumption",
    )
    for n, share in enumerate((0.1, 0.3, 0.6), start=1)
)
"""Shares of calls by priority, 1 first; a problem's own assumptions of these keys go before."""

MOST_ROTATIONS = 60


class OfficeWaiting(Document):
    """The queue of one office's patrols; waits are None without crews or an end of the queue.

    ``wait_min`` is the mean over all calls, ``waits_min`` by priority, ``busy_share`` the part of
    time that a crew is on a call, ``travel_min`` the mean way to a call that is answered.
    """

    office: Code
    crews: int
    calls_hour: float = Field(ge=0, description="answered, in manned hours")
    unanswered_calls_hour: float = Field(ge=0, description="of the areas the office leads")
    wait_min: float | None
    waits_min: tuple[float | None, ...]
    busy_share: float
    within_standard: bool
    travel_min: float | None = None


class WaitingChange(Document):
    """One office before and after; None where it has neither crews nor calls."""

    office: Code
    before: OfficeWaiting | None
    after: OfficeWaiting | None


class WaitingComparison(Document):
    """All offices, with what was assumed."""

    standard_min: float
    case_min: float
    shares: tuple[float, ...]
    offices: tuple[WaitingChange, ...]


class CrewWorkload(Document):
    """A crew when all crews help each other: the first free one in the order of travel goes."""

    office: Code
    crew: int = Field(ge=1)
    busy_share: float
    own_share: float = Field(description="of its calls: from areas that its office leads")


class CrewReport(Document):
    """Workloads of all crews together; ``exact`` up to a dozen crews, else an approximation."""

    exact: bool
    crews: tuple[CrewWorkload, ...]
    all_busy_share: float
    wait_min: float


def priority_shares(problem: Problem) -> tuple[float, ...]:
    """The problem's own shares of calls by priority, else the assumed ones; they sum to 1."""
    own = {a.key: a.value for a in problem.assumptions}
    values = [float(own.get(a.key, a.value)) for a in PRIORITY_ASSUMPTIONS]
    total = sum(max(v, 0.0) for v in values)
    if total <= 0:
        values = [float(a.value) for a in PRIORITY_ASSUMPTIONS]
        total = sum(values)
    return tuple(max(v, 0.0) / total for v in values)


def waiting_of(problem: Problem, plan: Plan) -> tuple[OfficeWaiting, ...]:
    """The queue of each open office with crews or calls, by its code."""
    facts = Facts(problem, plan)
    crews = {c.office: c.crews for c in plan.crews}
    unanswered = _unanswered_by_lead(facts)
    shares = priority_shares(problem)
    found = []
    for office in sorted(set(plan.open_offices) | set(crews)):
        calls = facts.calls_answered(office) / facts.patrol_hours_week
        left = unanswered.get(office, 0.0) / facts.patrol_hours_week
        if crews.get(office, 0) or calls > 0 or left > 0:
            found.append(_queue(facts, office, crews.get(office, 0), calls, left, shares))
    return tuple(found)


def _queue(
    facts: Facts, office: str, crews: int, calls: float, left: float, shares: tuple[float, ...]
) -> OfficeWaiting:
    policies = facts.problem.policies
    case = policies.patrol_case_min
    wait = mean_wait_min(crews, calls, case) if crews else None
    waits = priority_waits_min(crews, [calls * s for s in shares], case)
    if not crews:  # nobody comes, even where the plan sends no call to this office
        waits = (None,) * len(shares)
    return OfficeWaiting(
        office=office,
        crews=crews,
        calls_hour=calls,
        unanswered_calls_hour=left,
        wait_min=wait,
        waits_min=waits,
        busy_share=min(1.0, calls * case / 60 / crews) if crews else float(calls > 0),
        within_standard=wait is not None and wait <= policies.patrol_wait_min * (1 + 1e-6),
        travel_min=_mean_way(facts, office),
    )


def _mean_way(facts: Facts, office: str) -> float | None:
    hours, minutes = 0.0, 0.0
    for f in facts.plan.flows:
        way = facts.minutes(f.area, office)
        if f.office == office and f.unit is Unit.PATROL and way is not None:
            hours += f.call_hours_week
            minutes += f.call_hours_week * way
    return minutes / hours if hours > 0 else None


def _calls_asked(problem: Problem) -> dict[str, float]:
    """Patrol calls a week by area."""
    asked: dict[str, float] = defaultdict(float)
    for d in problem.demand:
        if d.unit is Unit.PATROL and d.term is Term.INCIDENTS:
            asked[d.area] += d.cases_week
    return asked


def _calls_answered(facts: Facts) -> dict[str, float]:
    """Patrol calls a week that somebody goes to, by area."""
    asked = _calls_asked(facts.problem)
    hours: dict[str, float] = defaultdict(float)
    for (area, unit), kinds in facts.asked.items():
        if unit is Unit.PATROL:
            hours[area] += kinds["women_call"] + kinds["open_call"]
    answered: dict[str, float] = defaultdict(float)
    for f in facts.plan.flows:
        if f.unit is Unit.PATROL and hours.get(f.area, 0.0) > 0:
            answered[f.area] += asked[f.area] * min(1.0, f.call_hours_week / hours[f.area])
    return answered


def _unanswered_by_lead(facts: Facts) -> dict[str, float]:
    lead = {one.area: one.office for one in facts.plan.leads}
    answered = _calls_answered(facts)
    left: dict[str, float] = defaultdict(float)
    for area, calls in _calls_asked(facts.problem).items():
        if area in lead:
            left[lead[area]] += max(0.0, calls - answered.get(area, 0.0))
    return left


def waiting_before_after(
    problem: Problem, plan: Plan, baseline: Plan, *, baseline_problem: Problem | None = None
) -> WaitingComparison:
    """Each office's queue under ``baseline`` and under ``plan``.

    ``baseline_problem`` is what the baseline answers, where it is another problem.
    """
    before = {w.office: w for w in waiting_of(baseline_problem or problem, baseline)}
    after = {w.office: w for w in waiting_of(problem, plan)}
    return WaitingComparison(
        standard_min=problem.policies.patrol_wait_min,
        case_min=problem.policies.patrol_case_min,
        shares=priority_shares(problem),
        offices=tuple(
            WaitingChange(office=o, before=before.get(o), after=after.get(o))
            for o in sorted(before.keys() | after.keys())
        ),
    )


def crew_workloads(problem: Problem, plan: Plan) -> CrewReport | None:
    """Workloads when crews of all offices help each other; None without crews or calls.

    Each area calls the crew with the shortest way first. Crews of one office are alike, so each
    leads the order in its turn. Pairs without a way come last.
    """
    facts = Facts(problem, plan)
    owners = [c.office for c in plan.crews for _ in range(c.crews)]
    calls = {a: n for a, n in _calls_answered(facts).items() if n > 0}
    per_case = problem.policies.patrol_case_min
    load = sum(calls.values()) / facts.patrol_hours_week * per_case / 60
    if not owners or not calls or load >= len(owners):
        return None
    atoms, areas = _atoms(facts, owners, calls)
    solve = exact if len(owners) <= MOST_EXACT else approximate
    found = solve(atoms, len(owners), per_case)
    return CrewReport(
        exact=found.exact,
        crews=_workloads(facts, owners, atoms, areas, found),
        all_busy_share=found.all_busy,
        wait_min=found.mean_wait_min,
    )


def _atoms(
    facts: Facts, owners: list[str], calls: dict[str, float]
) -> tuple[list[Atom], list[str]]:
    """Atoms (calls an hour, dispatch order) and the area of each."""
    sizes = {o: owners.count(o) for o in owners}
    turns = min(math.lcm(*sizes.values()), MOST_ROTATIONS)
    first = {o: owners.index(o) for o in sizes}
    atoms, areas = [], []
    for area, week in sorted(calls.items()):
        near = [o for _, o in sorted((_far(facts.minutes(area, o)), o) for o in sizes)]
        for turn in range(turns):
            order = [first[o] + (turn + n) % sizes[o] for o in near for n in range(sizes[o])]
            atoms.append(Atom(week / facts.patrol_hours_week / turns, tuple(order)))
            areas.append(area)
    return atoms, areas


def _far(minutes: float | None) -> tuple[bool, float]:
    """For sorting: pairs without a way come last."""
    return minutes is None, minutes or 0.0


def _workloads(
    facts: Facts, owners: list[str], atoms: list[Atom], areas: list[str], found: Hypercube
) -> tuple[CrewWorkload, ...]:
    lead = {one.area: one.office for one in facts.plan.leads}
    every = [0.0] * len(owners)
    own = [0.0] * len(owners)
    for atom, area, shares in zip(atoms, areas, found.dispatch, strict=True):
        for n, share in enumerate(shares):
            every[n] += atom.calls_per_hour * share
            own[n] += atom.calls_per_hour * share * (lead.get(area) == owners[n])
    return tuple(
        CrewWorkload(
            office=office,
            crew=owners[:n].count(office) + 1,
            busy_share=found.workload[n],
            own_share=own[n] / every[n] if every[n] > 0 else 0.0,
        )
        for n, office in enumerate(owners)
    )
