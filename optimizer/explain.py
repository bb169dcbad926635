"""Why no legal plan exists, and the cheapest ways out, each verified by solving again.

Serving nobody keeps every rule of flow, so a conflict lies in the posting rules. Their rows are
put into named groups (one office's capacity, the moves allowed, ...). A deletion filter drops
groups one by one while the rest stays infeasible: what remains is irreducible, taking any group
out makes it feasible. Repairs change one number of the problem (or, failing that, two, or as many
as it takes), by as little as makes a legal plan exist.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from geo.places import Code, Document
from optimizer.instance import Instance
from optimizer.lexicographic import SOLVE_GAP
from optimizer.milp import Milp, Request, Verdict, ask, engine
from optimizer.model import build, total
from optimizer.problem import HireLot, Problem
from optimizer.rules import POSTING_RULES
from optimizer.staff import Gender

LIMIT_S = 30.0
MOST_STEPS = 64
MOST_REPAIRS = 3
MOST_WOMEN = 3  # new ones, beside other changes
ROUNDING = 1e-6  # of counts that the solver leaves a little above whole
POLICY_SLACKS = ("hires", "women_share", "referral_women")  # these bend anyway, at no repair
INFINITY = float("inf")


class Conflict(Document):
    """One of the rules that can't hold together. ``message`` is a catalogue key."""

    rule: str
    what: str
    office: Code | None = None
    message: str


class Change(Document):
    """One number of the problem, changed by ``amount``."""

    what: str
    amount: float
    office: Code | None = None
    message: str


class Repair(Document):
    """Changes that together make a legal plan exist; verified."""

    changes: tuple[Change, ...]
    cost: float


class Explanation(Document):
    """Irreducible conflict and up to three cheapest repairs, cheapest first."""

    conflicts: tuple[Conflict, ...]
    repairs: tuple[Repair, ...]


MESSAGES = {
    "headcount": "Every officer is posted once, to a unit he or she can serve; locked posts stay.",
    "offices.capacity": "Office {office} holds no more officers.",
    "offices.min_staff": "Office {office} needs its minimum staff.",
    "offices.counsellors": "The referral centre of office {office} keeps its counsellors.",
    "offices.open": "Office {office} has to be open.",
    "offices.max_opened": "No more new offices may be opened.",
    "offices.max_closed": "No more offices may be closed.",
    "offices.budget": "The budget for new offices is spent.",
    "women.pair": "Women officers are never posted alone (office {office}).",
    "women.present": "Women officers are never posted alone (office {office}).",
    "women.unit": "At least half of the women's unit of office {office} are women.",
    "stability.max_moves": "No more officers may be moved.",
    "capacity": "Let office {office} hold {amount:.0f} more officers.",
    "min_staff": "Ask {amount:.0f} officers less of office {office}.",
    "counsellors": "Ask {amount:.0f} counsellors less of office {office}.",
    "max_moves": "Allow {amount:.0f} more moves.",
    "max_opened": "Allow {amount:.0f} more new offices.",
    "budget": "Raise the budget for new offices by {amount:.0f}.",
    "women": "Hire {amount:.0f} more women officers.",
    "men": "Hire {amount:.0f} more men.",
}


def explain(problem: Problem, *, milp: Milp | None = None) -> Explanation | None:
    """The explanation of an infeasible problem; None when that is not proven."""
    with engine(milp) as solver:
        if _verdict(_posting_rules(problem), solver) is not Verdict.INFEASIBLE:
            return None
        return Explanation(
            conflicts=tuple(_conflicts(problem, solver)),
            repairs=tuple(_repairs(problem, solver))[:MOST_REPAIRS],
        )


def _posting_rules(problem: Problem) -> Any:
    """Their model; the flow rules can always be kept."""
    return build(Instance(problem), POSTING_RULES).solver


def _verdict(model: Any, milp: Milp) -> Verdict:
    model.minimize(0)
    return ask(milp, Request(model, LIMIT_S, SOLVE_GAP)).verdict


def _legal(problem: Problem, milp: Milp) -> bool:
    """Whether a legal plan was found: time that ran out verifies no repair."""
    return _verdict(_posting_rules(problem), milp) in (Verdict.OPTIMAL, Verdict.FEASIBLE)


def _conflicts(problem: Problem, milp: Milp) -> Iterator[Conflict]:
    """What is left out stays infeasible without it, proven; time that ran out proves nothing."""
    model = _posting_rules(problem)
    groups: dict[tuple[str, str, str | None], list[Any]] = defaultdict(list)
    for row in model.linear_constraints():
        groups[_group(row.name)].append(row)
    kept = []
    for group, rows in groups.items():
        limits = [(row, row.lower_bound, row.upper_bound) for row in rows]
        for row in rows:
            row.lower_bound, row.upper_bound = -INFINITY, INFINITY
        if _verdict(model, milp) is not Verdict.INFEASIBLE:
            for row, low, high in limits:
                row.lower_bound, row.upper_bound = low, high
            kept.append(group)
    for rule, what, office in kept:
        key = f"{rule}.{what}" if what else rule
        yield Conflict(rule=rule, what=what, office=office, message=MESSAGES.get(key, key))


def _group(name: str) -> tuple[str, str, str | None]:
    """``rule|what|office``; the rows of headcount belong together."""
    parts = name.split("|")
    if parts[0] == "headcount":
        return "headcount", "", None
    return parts[0], parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else None  # noqa: PLR2004


Lever = tuple[str, str | None, float, Callable[[Problem, float], Problem]]


def _levers(problem: Problem) -> Iterator[Lever]:
    """Numbers that a director can change: what, office, cost of one, how."""
    for office in problem.offices:
        if office.capacity is not None:
            yield "capacity", office.code, 1.0, _office_lever(office.code, "capacity", 1)
        if office.min_staff:
            yield "min_staff", office.code, 1.0, _office_lever(office.code, "min_staff", -1)
        if office.min_counsellors:
            lever = _office_lever(office.code, "min_counsellors", -1)
            yield "counsellors", office.code, 1.5, lever
    policies = problem.policies
    if policies.max_moves is not None:
        yield "max_moves", None, 0.5, _policy_lever("max_moves")
    if any(o.is_candidate for o in problem.offices):
        yield "max_opened", None, 10.0, _policy_lever("max_opened")
    if policies.opening_budget is not None:
        yield "budget", None, 1e-3, _policy_lever("opening_budget")
    yield "women", None, 3.0, _hire_lever(Gender.WOMAN)
    yield "men", None, 3.0, _hire_lever(Gender.MAN)


def _office_lever(code: str, field: str, sign: int) -> Callable[[Problem, float], Problem]:
    def pull(problem: Problem, amount: float) -> Problem:
        offices = tuple(
            o.model_copy(update={field: max(0, getattr(o, field) + sign * round(amount))})
            if o.code == code
            else o
            for o in problem.offices
        )
        return problem.model_copy(update={"offices": offices})

    return pull


def _policy_lever(field: str) -> Callable[[Problem, float], Problem]:
    def pull(problem: Problem, amount: float) -> Problem:
        value = getattr(problem.policies, field) + amount
        value = value if field == "opening_budget" else round(value)
        policies = problem.policies.model_copy(update={field: value})
        return problem.model_copy(update={"policies": policies})

    return pull


def _hire_lever(gender: Gender) -> Callable[[Problem, float], Problem]:
    def pull(problem: Problem, amount: float) -> Problem:
        units = tuple(u.unit for u in problem.units)
        lot = HireLot(gender=gender, skills=units, count=round(amount))
        return problem.model_copy(update={"hires": (*problem.hires, lot)})

    return pull


def _repairs(problem: Problem, milp: Milp) -> list[Repair]:
    """Single levers first; pairs only where no single one helps; then as many as it takes."""
    levers = list(_levers(problem))
    found = [r for lever in levers if (r := _least(problem, (lever,), milp)) is not None]
    if not found:
        pairs = combinations(levers, 2)
        found = [r for pair in pairs if (r := _least(problem, pair, milp)) is not None]
    if not found:
        found = list({r.changes: r for r in _together(problem, milp)}.values())
    return sorted(found, key=lambda r: (r.cost, [c.what for c in r.changes]))


def _together(problem: Problem, milp: Milp) -> Iterator[Repair]:
    """Where several conflicts stand side by side: the cheapest bending of all levers at once.

    Then the cheapest without each of its changes in turn. Women who are alone can't be bent away:
    so many new women are tried as well.
    """
    for women in range(MOST_WOMEN + 1):
        first = _bent(problem, women, frozenset(), milp)
        if first is None:
            continue
        yield first
        for change in first.changes:
            other = _bent(problem, women, frozenset({(change.what, change.office)}), milp)
            if other is not None:
                yield other
        return


def _bent(
    problem: Problem, women: int, without: frozenset[tuple[str, Code | None]], milp: Milp
) -> Repair | None:
    """The cheapest bending of rules that have levers, verified; None where there is none."""
    levers = {(what, office): lever for lever in _levers(problem) for what, office in [lever[:2]]}
    hire = levers["women", None]
    more = hire[3](problem, women) if women else problem
    model = build(Instance(more), POSTING_RULES, elastic=frozenset({"offices", "stability"}))
    cost: dict[tuple[str, Code | None], Any] = {}
    for slack in model.slacks:
        key = (slack.label, slack.office)
        if key in levers and key not in without:
            cost[key] = slack.variable
        elif not slack.rule.startswith(POLICY_SLACKS):
            slack.variable.upper_bound = 0.0
    model.solver.minimize(total(levers[key][2] * v for key, v in cost.items()))
    answer = ask(milp, Request(model.solver, LIMIT_S, SOLVE_GAP))
    if answer.verdict is not Verdict.OPTIMAL:
        return None
    amounts = {key: math.ceil(answer.values[v] - ROUNDING) for key, v in cost.items()}
    chosen = [(levers[key], float(n)) for key, n in amounts.items() if n > 0]
    if women and ("women", None) not in without:
        chosen.append((hire, float(women)))
    found = _repair(chosen)
    return found if _legal(repaired(problem, found), milp) else None


def _repair(chosen: Sequence[tuple[Lever, float]]) -> Repair:
    """These levers pulled so far, as a repair."""
    changes = tuple(
        Change(what=what, amount=amount, office=office, message=MESSAGES[what])
        for (what, office, _, _), amount in chosen
    )
    return Repair(changes=changes, cost=sum(lever[2] * amount for lever, amount in chosen))


def _steps(lever: Lever) -> float:
    """How far a lever is tried: money by its whole range, counts officer by officer."""
    return 1e12 if lever[0] == "budget" else MOST_STEPS


def _least(problem: Problem, levers: Iterable[Lever], milp: Milp) -> Repair | None:
    """The least pull of these levers that helps: each in turn by bisection, the others full."""
    chosen = tuple(levers)
    pull = [_steps(lever) for lever in chosen]
    if not _legal(_pulled(problem, chosen, pull), milp):
        return None
    for n, lever in enumerate(chosen):
        low, high = 0.0, pull[n]
        grain = 1.0 if lever[0] != "budget" else 0.5
        while high - low > grain:
            middle = (low + high) / 2
            middle = middle if lever[0] == "budget" else float(int(middle))
            pull[n] = middle
            if _legal(_pulled(problem, chosen, pull), milp):
                high = middle
            else:
                low = middle
        pull[n] = high
    return _repair(tuple(zip(chosen, pull, strict=True)))


def _pulled(problem: Problem, levers: tuple[Lever, ...], amounts: list[float]) -> Problem:
    for (_, _, _, pull), amount in zip(levers, amounts, strict=True):
        if amount:
            problem = pull(problem, amount)
    return problem


def repaired(problem: Problem, repair: Repair) -> Problem:
    """The problem with a repair applied."""
    levers = {(what, office): lever for what, office, _, lever in _levers(problem)}
    for change in repair.changes:
        problem = levers[change.what, change.office](problem, change.amount)
    return problem
