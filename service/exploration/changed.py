"""Problems that explorations ask about: shocks of a scenario, and its years."""

from collections.abc import Callable, Iterator

from geo.checks import FaultsError
from optimizer.explore import Variant
from optimizer.explore_stress import women_leave
from optimizer.explore_worth import hired
from optimizer.problem import Problem, Term
from optimizer.staff import Gender
from service.scenario import Scenario, presets

SHOCKS = ("clan-qurna", "bridge-closed", "drought", "two-women-leave")
Assemble = Callable[[Scenario], Problem]
MOST_FACTOR = 10.0  # the largest factor that a scenario may carry


def shocked(scenario: Scenario, shock: Scenario) -> Scenario:
    """``scenario`` with what ``shock`` changes on top; whose plan it is stays as it was."""
    return scenario.model_copy(
        update={
            "arrivals": (*scenario.arrivals, *shock.arrivals),
            "crossings_closed": tuple(
                dict.fromkeys((*scenario.crossings_closed, *shock.crossings_closed))
            ),
            "arrival_factor": min(MOST_FACTOR, scenario.arrival_factor * shock.arrival_factor),
            "incident_factor": min(MOST_FACTOR, scenario.incident_factor * shock.incident_factor),
            "hires": (*scenario.hires, *shock.hires),
        }
    )


def scenario_shocks(
    scenario: Scenario, assemble: Assemble, refused: Callable[[str, FaultsError], None]
) -> Iterator[Variant]:
    """The presets that are shocks, on the data that are loaded; ``refused`` hears of the others."""
    for name in SHOCKS:
        if name == scenario.name:
            continue
        try:
            problem = assemble(shocked(scenario, presets()[name]))
        except FaultsError as error:
            refused(name, error)
        else:
            yield Variant(name=name, problem=problem)


def problem_shocks(problem: Problem) -> Iterator[Variant]:
    """Shocks that a problem file alone can carry: fewer women, more arrivals."""
    factor = presets()["drought"].arrival_factor
    if any(d.term is Term.ARRIVALS for d in problem.demand):
        figures = ("hours_week", "women_hours_week", "cases_week", "women_cases_week")
        demand = tuple(
            d.model_copy(update={name: getattr(d, name) * factor for name in figures})
            if d.term is Term.ARRIVALS
            else d
            for d in problem.demand
        )
        yield Variant(name="drought", problem=problem.model_copy(update={"demand": demand}))
    if problem.head_count(Gender.WOMAN):
        fewer = women_leave(problem, 2).problem
        yield Variant(name="two-women-leave", problem=fewer)


def year_problems(
    scenario: Scenario,
    assemble: Assemble,
    *,
    first: int,
    number: int,
    recruits: dict[Gender, int],
    training_years: int = 1,
) -> Iterator[Problem]:
    """The problems of ``number`` years after today's, which comes first.

    Residents grow to each year; hires and leavers of the scenario count today, recruits join each
    year once the first of them are trained.
    """
    yield assemble(scenario)
    for after in range(1, number + 1):
        problem = assemble(scenario.model_copy(update={"horizon_year": first + after, "hires": ()}))
        if after >= training_years:
            for gender, count in recruits.items():
                problem = hired(problem, gender, count) if count else problem
        yield problem
