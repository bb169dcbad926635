"""Years 0-5, one after the other: each starts from the postings of the year before.

Offices that were opened stay open, few move a year, recruits join after their training. 'Do now'
is the first year's plan.
"""

from collections.abc import Callable, Iterable, Iterator

from geo.places import Document, OfficeKind
from optimizer.instance import sorted_skills
from optimizer.milp import Milp, engine
from optimizer.plan import Outcome, Plan, Status
from optimizer.problem import Problem, ProblemOffice
from optimizer.solve import solve
from optimizer.staff import StaffGroup, Unit


class YearPlan(Document):
    """A year's problem as it stood after the years before, and its outcome."""

    year: int
    problem: Problem
    outcome: Outcome


def years(
    problems: Iterable[Problem],
    *,
    time_limit_s: float = 60.0,
    milp: Milp | None = None,
    progress: Callable[[int], None] | None = None,
    solved: Callable[[Problem], Outcome] | None = None,
) -> tuple[YearPlan, ...]:
    """Plans for problems that differ by year (demand grown, hires of that year only).

    Staff and open offices of later problems are replaced by what the year before left. Ends with
    the first year that has no plan. ``solved`` answers instead of the solver (answers that were
    kept, say).
    """
    if solved is not None:
        return tuple(_years(problems, solved, progress))
    with engine(milp) as solver:
        return tuple(
            _years(problems, lambda p: solve(p, time_limit_s=time_limit_s, milp=solver), progress)
        )


def _years(
    problems: Iterable[Problem],
    solved: Callable[[Problem], Outcome],
    progress: Callable[[int], None] | None,
) -> Iterator[YearPlan]:
    before: tuple[Problem, Plan] | None = None
    for year, asked in enumerate(problems):
        problem = asked if before is None else carried_on(asked, *before)
        outcome = solved(problem)
        yield YearPlan(year=year, problem=problem, outcome=outcome)
        if progress is not None:
            progress(year)
        if outcome.plan is None or outcome.status is Status.INFEASIBLE:
            return
        before = problem, outcome.plan


def carried_on(problem: Problem, last: Problem, plan: Plan) -> Problem:
    """A problem that starts where a plan of the year before ended."""
    new = {c.office: c.vehicles for c in plan.crews}
    return problem.model_copy(
        update={
            "staff": staff_after(last, plan),
            "offices": tuple(_after(o, plan, new) for o in problem.offices),
        }
    )


def _after(office: ProblemOffice, plan: Plan, vehicles: dict[str, int]) -> ProblemOffice:
    if office.code not in plan.open_offices:
        return office
    kind = OfficeKind.SUB if office.is_candidate else office.kind
    return office.model_copy(
        update={"kind": kind, "vehicles": vehicles.get(office.code, office.vehicles)}
    )


def staff_after(problem: Problem, plan: Plan) -> tuple[StaffGroup, ...]:
    """The staff groups that a plan leaves: today's, moved and joined as its transfers say."""
    groups: dict[tuple[str, Unit, str, tuple[Unit, ...], bool], int] = {}

    def add(
        office: str, unit: Unit, gender: str, skills: tuple[Unit, ...], locked: bool, n: int
    ) -> None:
        key = (office, unit, gender, sorted_skills(skills), locked)
        groups[key] = groups.get(key, 0) + n

    for g in problem.staff:
        add(g.office, g.unit, g.gender, g.skills, g.locked, g.count)
    for t in plan.transfers:
        if t.from_office is not None and t.from_unit is not None:
            add(t.from_office, t.from_unit, t.gender, t.skills, False, -t.count)
        add(t.to_office, t.to_unit, t.gender, t.skills, False, t.count)
    return tuple(
        StaffGroup(office=o, unit=u, gender=q, skills=s, locked=locked, count=n)
        for (o, u, q, s, locked), n in sorted(groups.items(), key=str)
        if n
    )
