"""From a question to its findings: which problems are solved for it, and how they are read."""

import hashlib
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from geo.checks import Fault, FaultsError
from geo.notes import said
from optimizer.explore import Variant, solve_all
from optimizer.explore_alternatives import alternatives, next_alternative
from optimizer.explore_stress import stress
from optimizer.explore_tradeoff import WhyNot, fairness_frontier, moves_frontier, why_not
from optimizer.explore_weeks import WeeksResult, weeks
from optimizer.explore_worth import staffing_curve, worth
from optimizer.explore_years import years
from optimizer.milp import Child, Milp
from optimizer.plan import Outcome, Plan, Status
from optimizer.problem import Problem
from optimizer.robust import robust
from optimizer.staff import Gender
from service.exploration.changed import (
    Assemble,
    problem_shocks,
    scenario_shocks,
    year_problems,
)
from service.exploration.findings import Findings
from service.exploration.futures import futures_of
from service.exploration.kept import SETTLED
from service.exploration.questions import (
    AskAlternatives,
    AskCurve,
    AskFrontier,
    AskRobust,
    AskStress,
    AskWhyNot,
    AskWorth,
    AskYears,
    Question,
    Traded,
)
from service.exploration.reread import findings_of
from service.scenario import Scenario

_MAYBE_PLAN: TypeAdapter[Plan | None] = TypeAdapter(Plan | None)


class NoPlanError(Exception):
    """There is no plan to explore around: ``outcome`` says which way, ``problem`` of what."""

    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        super().__init__(outcome.status.value)
        self.problem, self.outcome = problem, outcome


@dataclass
class Tools:
    """What answering needs: ``options`` are those of ``solve_all``.

    ``refused`` hears of shocks that do not fit the data. ``statuses`` collects the proof of each
    solve.
    """

    options: dict[str, Any]
    assemble: Assemble
    stopped: Callable[[], bool]
    refused: Callable[[str, FaultsError], None] = lambda _name, _error: None
    statuses: list[Status] = field(default_factory=list)
    parts: MutableMapping[str, str] = field(default_factory=dict)
    """Kept parts of explorations that are no whole solve."""
    without_plan: NoPlanError | None = None
    """A later year that has no plan: the years before it are answered."""

    @property
    def proven(self) -> bool:
        """Whether every solve is settled: proven, or shown to have no legal plan."""
        return all(status in SETTLED for status in self.statuses)

    def outcome(self, problem: Problem, *, quiet: bool = False) -> Outcome:
        """One problem solved, or its kept answer."""
        options = {**self.options, "progress": None} if quiet else self.options
        answers = solve_all((Variant(name=problem.scenario, problem=problem),), **options)
        if not answers:
            return Outcome(status=Status.UNKNOWN)
        self.statuses.append(answers[0].status)
        return Outcome(status=answers[0].status, plan=answers[0].plan)

    def base(self, problem: Problem) -> Plan:
        """The plan of the problem itself. Raises ``NoPlanError``."""
        outcome = self.outcome(problem)
        if outcome.plan is None:
            raise NoPlanError(problem, outcome)
        return outcome.plan

    @contextmanager
    def milp(self) -> Iterator[Milp]:
        """A solver for what is no whole solve of its own."""
        with Child(self.stopped) as milp:
            yield milp

    @property
    def beside(self) -> dict[str, Any]:
        """The options of work that is no whole solve: over processes, kept, told."""
        told = self.options.get("progress")
        return {
            "workers": self.options.get("workers", 1),
            "kept": self.parts,
            "progress": None if told is None else lambda done, of: told(done, of, ""),
            "cancelled": self.stopped,
        }

    @property
    def limit_s(self) -> float:
        return float(self.options["time_limit_s"])


@dataclass(frozen=True)
class Asked:
    """A question about a problem; ``scenario`` is None where the problem came by itself."""

    question: Question
    problem: Problem
    scenario: Scenario | None


def answered(asked: Asked, tools: Tools) -> Findings:
    """The findings of a question.

    Raises ``FaultsError`` for what does not fit the data, ``NoPlanError`` where there is no plan
    to explore around, ``Cancelled`` where somebody stopped it.
    """
    found = _ANSWERS[type(asked.question)](asked, tools)
    return findings_of(asked.question, asked.problem, found)


def _worth(asked: Asked, tools: Tools) -> Any:
    found = worth(asked.problem, tools.base(asked.problem), **tools.options)
    tools.statuses += [one.status for one in found]
    return found


def _curve(asked: Asked, tools: Tools) -> Any:
    question = asked.question
    assert isinstance(question, AskCurve)
    found = staffing_curve(
        asked.problem,
        gender=question.gender,
        most=question.most,
        skills=question.skills,
        **tools.options,
    )
    tools.statuses += [one.status for one in found.points]
    return found


def _frontier(asked: Asked, tools: Tools) -> Any:
    question, problem = asked.question, asked.problem
    assert isinstance(question, AskFrontier)
    if question.of is Traded.MOVES:
        found = moves_frontier(
            problem, most=question.most, step=question.step, y=question.goal, **tools.options
        )
    else:
        found = fairness_frontier(problem, y=question.goal, **tools.options)
    tools.statuses += [one.status for one in found]
    return found


def _alternatives(asked: Asked, tools: Tools) -> Any:
    question = asked.question
    assert isinstance(question, AskAlternatives)
    base = tools.base(asked.problem)
    told = tools.options.get("progress")
    with tools.milp() as milp:

        def find(before: tuple[Plan, ...]) -> Plan | None:
            """The next plan, or the kept one: it depends on all that were found before."""
            seen = " ".join(plan.canonical_bytes().decode() for plan in before)
            key = hashlib.sha256(
                f"alternative {asked.problem.digest} {question.model_dump_json(exclude={'most'})} "
                f"{tools.limit_s:g} {seen}".encode()
            ).hexdigest()
            if key not in tools.parts:
                found = next_alternative(
                    asked.problem,
                    before,
                    within=question.within,
                    different=question.different,
                    more_moves=question.more_moves,
                    time_limit_s=tools.limit_s,
                    milp=milp,
                )
                tools.parts[key] = "null" if found is None else found.model_dump_json()
            if told is not None:
                told(len(before), question.most, "")
            return _MAYBE_PLAN.validate_json(tools.parts[key])

        found = alternatives(asked.problem, base, most=question.most, find=find, milp=milp)
    return (base, *found)


def _stress(asked: Asked, tools: Tools) -> Any:
    question, problem = asked.question, asked.problem
    assert isinstance(question, AskStress)
    base = tools.base(problem)
    shocks = _shocks(asked, tools)
    found = stress(problem, base, shocks, parts=tools.parts, **tools.options)
    return found, _held_weeks(problem, base, question, tools)


def _shocks(asked: Asked, tools: Tools) -> list[Variant]:
    if asked.scenario is None:
        return list(problem_shocks(asked.problem))
    return list(scenario_shocks(asked.scenario, tools.assemble, tools.refused))


def _held_weeks(
    problem: Problem, plan: Plan, question: AskStress | AskRobust, tools: Tools
) -> WeeksResult | None:
    if not question.weeks:
        return None
    return weeks(
        problem,
        plan,
        number=question.weeks,
        level=question.level,
        seed=question.seed,
        **tools.beside,
    )


def _robust(asked: Asked, tools: Tools) -> Any:
    question, problem = asked.question, asked.problem
    assert isinstance(question, AskRobust)
    futures = futures_of(problem, question, _shocks(asked, tools))
    found = robust(problem, futures, goal=question.goal, time_limit_s=tools.limit_s, **tools.beside)
    if found is None:
        raise NoPlanError(problem, tools.outcome(problem))
    tools.statuses += [one.status for one in found.choices]
    held = {
        one.name: served
        for one in found.choices
        if (served := _held_weeks(problem, one.plan, question, tools)) is not None
    }
    return found, held


def _years(asked: Asked, tools: Tools) -> Any:
    question, scenario = asked.question, asked.scenario
    assert isinstance(question, AskYears)
    if scenario is None:
        raise FaultsError(
            [
                Fault(
                    said("A problem file holds one year only."),
                    said("Give the name of a scenario, or a scenario file."),
                )
            ]
        )
    problems = list(
        year_problems(
            scenario,
            tools.assemble,
            first=question.begin,
            number=question.number,
            recruits={Gender.WOMAN: question.women, Gender.MAN: question.men},
            training_years=question.training,
        )
    )
    told = tools.options.get("progress")
    found = years(
        problems,
        progress=lambda year: told(year + 1, len(problems), str(year)) if told else None,
        solved=lambda problem: tools.outcome(problem, quiet=True),
    )
    last = found[-1]
    if last.outcome.plan is None:
        tools.without_plan = NoPlanError(last.problem, last.outcome)
        if len(found) == 1:
            raise tools.without_plan
    return found


def _why_not(asked: Asked, tools: Tools) -> Any:
    question, problem = asked.question, asked.problem
    assert isinstance(question, AskWhyNot)
    check_candidate(problem, question.office)
    base = tools.base(problem)
    if question.office in base.open_offices:
        return WhyNot(office=question.office, status=base.status, opened=True)
    found = why_not(problem, base, question.office, **tools.options)
    tools.statuses.append(found.status)
    return found


def check_candidate(problem: Problem, code: str) -> None:
    """Raises ``FaultsError`` if ``code`` is no candidate office of the problem."""
    known = [o.code for o in problem.offices if o.is_candidate]
    if code not in known:
        raise FaultsError(
            [
                Fault(
                    said("This problem has no candidate office {code}."),
                    said("Use one of: {known}. Candidates come with scenarios that may open some."),
                    {"code": code, "known": ", ".join(known) or "-"},
                )
            ]
        )


_ANSWERS: dict[type, Callable[[Asked, Tools], Any]] = {
    AskWorth: _worth,
    AskCurve: _curve,
    AskFrontier: _frontier,
    AskAlternatives: _alternatives,
    AskStress: _stress,
    AskRobust: _robust,
    AskYears: _years,
    AskWhyNot: _why_not,
}
