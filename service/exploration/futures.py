"""The futures of a robust question: things as planned, shocks, and weeks drawn from the demand."""

from collections.abc import Sequence

from geo.checks import Fault, FaultsError
from geo.notes import said
from optimizer.explore import Variant
from optimizer.explore_weeks import drawn_weeks
from optimizer.problem import Problem
from optimizer.robust import MOST_FUTURES, Future, FuturesError
from optimizer.robust.futures import check_futures
from service.exploration.changed import SHOCKS
from service.exploration.questions import AskRobust

AS_PLANNED = "as-planned"
WEEK = "week-"


def futures_of(problem: Problem, question: AskRobust, shocks: Sequence[Variant]) -> list[Future]:
    """Things as planned, the shocks that were asked for, drawn weeks; at most ten in all.

    A shock in which people leave is no future here: who can be posted is one for all. Raises
    ``FaultsError`` for a shock that is not known or can't be such a future.
    """
    wanted = question.shocks or SHOCKS
    known = {one.name: one.problem for one in shocks}
    missing = [name for name in question.shocks if name not in known]
    if missing:
        raise FaultsError(
            [
                Fault(
                    said("No shock {name} fits this problem."),
                    said("Use one of: {known}."),
                    {"name": name, "known": ", ".join(sorted(known)) or "-"},
                )
                for name in missing
            ]
        )
    others = [(name, known[name]) for name in wanted if name in known]
    if not question.shocks:
        others = [(n, p) for n, p in others if (p.staff, p.hires) == (problem.staff, problem.hires)]
    # Weeks for the decision come from another seed than those that test it.
    drawn = drawn_weeks(problem, question.drawn, f"futures {question.seed}")
    others += [(f"{WEEK}{n}", week) for n, week in enumerate(drawn, start=1)]
    others = others[: MOST_FUTURES - 1]
    planned = question.likely * max(len(others), 1) / (1 - question.likely)
    first = Future(name=AS_PLANNED, problem=problem, weight=planned)
    futures = [first, *(Future(name=name, problem=one) for name, one in others)]
    try:
        check_futures(problem, futures)
    except FuturesError as error:
        raise FaultsError(
            [
                Fault(
                    said("No plan can be made for the future {name} beside the others."),
                    said("Futures share staff and offices: ask for this one with stress."),
                    {"name": name, "what": what},
                )
                for name, what in error.faults
            ]
        ) from error
    return futures
