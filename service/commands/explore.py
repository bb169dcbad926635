"""``mizan explore``: questions around a plan, solved side by side, kept, and gone on with."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from optimizer.problem import TierName
from optimizer.staff import Gender
from service.commands.asking import (
    asked_problem,
    assembled,
    interrupts,
    maybe_store,
    tell_problem,
    tell_why,
)
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.plan import Outcome, Plan, Status
    from optimizer.problem import Problem
    from service.exploration.findings import Findings
    from service.scenario import Scenario
    from service.store import Store

Asked = Annotated[str, typer.Argument(help="Name of a preset, a scenario file, or a problem file.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file: .json, .csv or .xlsx.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="Solves at the same time; default: all cores.")
]
Keep = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Folder of kept answers; default: explored in MIZAN_HOME."),
]
Limit = Annotated[float | None, typer.Option(min=0.1, help="Seconds for each solve.")]
Goal = Annotated[TierName, typer.Option(help="The goal that the sentence is about.")]
WRITTEN = (".json", ".csv", ".xlsx")


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="What one more is worth, how far hiring pays, what goals cost each other, and more. "
        "Answers are kept: the same command goes on where it was stopped.",
    )
    for command in (worth, curve, frontier, alternatives, stress, years):
        group.command(command.__name__)(command)
    group.command("why-not")(why_not)
    app.add_typer(group, name="explore")


@dataclass(frozen=True)
class _Common:
    """The options that every exploration has."""

    out: Path | None
    workers: int | None
    keep: Path | None
    time_limit: float | None


class _Run:
    """One exploration: its problem, the answers that are kept, and whether somebody stops it."""

    def __init__(self, here: Terminal, word: str, store: "Store | None", common: _Common) -> None:
        from service.exploration.kept import KeptAnswers

        self.here, self.word, self.store, self.common = here, word, store, common
        self.problem: Problem = asked_problem(here, word, store)
        self.stop = threading.Event()
        self.limit_s = common.time_limit or here.settings.solve_time_limit_s
        folder = common.keep or here.settings.home / "explored"
        self.kept = KeptAnswers(folder, self.limit_s)
        self.statuses: list[Status] = []

    def options(self, progress: Any = None) -> dict[str, Any]:
        """The options of ``solve_all``."""
        return {
            "workers": self.common.workers or len(os.sched_getaffinity(0)),
            "time_limit_s": self.limit_s,
            "known": self.kept,
            "on_answer": self.kept.keep,
            "progress": progress,
            "cancelled": self.stop.is_set,
        }

    @contextmanager
    def solving(self) -> Iterator[dict[str, Any]]:
        """The options of ``solve_all`` with a bar; Ctrl-C stops and what was answered is kept."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self.here.err, transient=True) as bars:
            bar = bars.add_task(self.here.say(said("Solving")), total=None)

            def told(done: int, of: int, _name: str) -> None:
                bars.update(bar, completed=done, total=of)

            yield self.options(told)
        self.end_if_stopped()

    def base(self) -> "Plan":
        """The plan of the problem itself; ends the command where there is none."""
        with self.solving() as options:
            outcome = self.outcome(self.problem, options)
        if outcome.plan is None:
            self.end_without_plan(self.problem, outcome)
        assert outcome.plan is not None
        return outcome.plan

    def outcome(self, problem: "Problem", options: dict[str, Any]) -> "Outcome":
        """One problem solved, or its kept answer."""
        from optimizer.explore import Variant, solve_all
        from optimizer.plan import Outcome, Status

        answers = solve_all((Variant(name=self.word, problem=problem),), **options)
        if not answers:
            return Outcome(status=Status.UNKNOWN)
        self.statuses.append(answers[0].status)
        return Outcome(status=answers[0].status, plan=answers[0].plan)

    def end_without_plan(self, problem: "Problem", outcome: "Outcome") -> None:
        """Say why and end."""
        from optimizer.plan import Status
        from service.jobs.worker import explained
        from service.locale.terms import STATUS

        self.here.tell(STATUS[outcome.status])
        if outcome.status is not Status.INFEASIBLE:
            raise typer.Exit(Exit.NO_PROOF)
        tell_why(self.here, problem, explained(problem, self.stop.is_set))
        raise typer.Exit(Exit.INFEASIBLE)

    def end_if_stopped(self) -> None:
        if self.stop.is_set():
            self.here.warn(said("Stopped. What was answered is kept: ask again to go on."))
            raise typer.Exit(Exit.NO_PROOF)

    def scenario(self) -> "Scenario | None":
        """The scenario that was asked for; None where it was a problem file."""
        from service.exports.documents import is_problem_file
        from service.scenario import read_scenario

        return None if is_problem_file(Path(self.word)) else read_scenario(self.word)

    def assemble(self, scenario: "Scenario") -> "Problem":
        return assembled(self.here, scenario, self.store)

    def tell(self, found: "Findings") -> None:
        """Print tables and reading, write the file, end with the exit code of the proof."""
        from service.exploration.kept import SETTLED
        from service.exploration.shown import shown_table, write_findings

        words = self.here.words
        for table in found.tables(words):
            self.here.out.print(shown_table(table, words), "", sep="\n", markup=False)
        self.here.out.print(found.reading(words), markup=False, highlight=False)
        if self.common.out is not None:
            write_findings(self.common.out, self.problem, found, words)
            self.here.out.print(str(self.common.out), markup=False, highlight=False)
        proven = all(status in SETTLED for status in self.statuses)
        raise typer.Exit(Exit.DONE if proven else Exit.NO_PROOF)


@contextmanager
def _run(context: typer.Context, word: str, common: _Common) -> Iterator[_Run]:
    from optimizer.milp import Cancelled

    if common.out is not None and common.out.suffix.lower() not in WRITTEN:
        raise typer.BadParameter(f"{common.out.name}: {', '.join(WRITTEN)}", param_hint="--out")
    here = terminal(context)
    with maybe_store(here) as store:
        run = _Run(here, word, store, common)
        tell_problem(here, run.problem)
        with interrupts(run.stop):
            try:
                yield run
            except Cancelled:
                run.end_if_stopped()


def worth(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    goal: Goal = TierName.UNMET,
) -> None:
    """What one more woman, man, vehicle or candidate office brings, and where it goes."""
    from optimizer.explore_worth import worth as asked
    from service.exploration.findings import worth_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        base = run.base()
        with run.solving() as options:
            found = asked(run.problem, base, **options)
        run.statuses += [one.status for one in found]
        run.tell(worth_findings(run.problem, found, goal))


def curve(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    goal: Goal = TierName.UNMET,
    most: Annotated[int, typer.Option(min=1, max=500, help="Up to so many new officers.")] = 20,
    gender: Annotated[Gender, typer.Option(help="Who is hired.")] = Gender.WOMAN,
) -> None:
    """How far hiring pays: the goals with 0, 1, 2 ... new officers, and the knee."""
    from optimizer.explore_worth import staffing_curve
    from service.exploration.findings import curve_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        with run.solving() as options:
            found = staffing_curve(run.problem, gender=gender, most=most, **options)
        run.statuses += [one.status for one in found.points]
        run.tell(curve_findings(found, gender, goal))


def frontier(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    goal: Goal = TierName.UNMET,
    of: Annotated[str, typer.Option(help="What is traded: moves, fairness.")] = "moves",
    most: Annotated[int, typer.Option(min=1, max=5000, help="Most moves.")] = 20,
    step: Annotated[int, typer.Option(min=1, max=1000, help="Moves from point to point.")] = 4,
) -> None:
    """What one goal costs another: a goal against moves, or against fairness."""
    from optimizer.explore_tradeoff import fairness_frontier, moves_frontier
    from service.exploration.findings import frontier_findings

    if of not in ("moves", "fairness"):
        raise typer.BadParameter(f"{of}: moves, fairness", param_hint="--of")
    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        with run.solving() as options:
            if of == "moves":
                across, setting = TierName.MOVES, said("Moves allowed")
                found = moves_frontier(run.problem, most=most, step=step, y=goal, **options)
            else:
                across, setting = TierName.FAIRNESS_ALL, said("Share of fairness given back")
                found = fairness_frontier(run.problem, y=goal, **options)
        run.statuses += [one.status for one in found]
        run.tell(frontier_findings(found, setting, across, goal))


def why_not(
    context: typer.Context,
    scenario: Asked,
    office: Annotated[str, typer.Argument(help="Code of a candidate office.")],
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
) -> None:
    """Why a candidate office is not in the plan: what every goal loses if it is opened."""
    from optimizer.explore_tradeoff import why_not as asked
    from service.exploration.findings import why_not_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        _check_candidate(run.problem, office)
        base = run.base()
        if office in base.open_offices:
            run.here.tell(said("The plan opens this office: {office}."), office=office)
            raise typer.Exit(Exit.DONE)
        with run.solving() as options:
            found = asked(run.problem, base, office, **options)
        run.statuses.append(found.status)
        run.tell(why_not_findings(run.problem, found))


def _check_candidate(problem: "Problem", code: str) -> None:
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


def alternatives(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    most: Annotated[int, typer.Option(min=1, max=20, help="So many other plans at most.")] = 3,
    within: Annotated[float, typer.Option(min=0, max=1, help="Share of a goal to give.")] = 0.01,
    different: Annotated[int, typer.Option(min=1, help="Officers that differ at least.")] = 4,
) -> None:
    """Other plans that are nearly as good and clearly different."""
    from optimizer.explore_alternatives import alternatives as asked
    from optimizer.milp import Child
    from service.exploration.findings import alternatives_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        base = run.base()
        with (
            run.here.err.status(run.here.say(said("Looking for other plans"))),
            Child(run.stop.is_set) as milp,
        ):
            found = asked(
                run.problem,
                base,
                most=most,
                within=within,
                different=different,
                time_limit_s=run.limit_s,
                milp=milp,
            )
        run.tell(alternatives_findings(run.problem, base, found))


def stress(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    goal: Goal = TierName.UNMET,
    weeks: Annotated[int, typer.Option(min=0, max=5000, help="Also so many drawn weeks.")] = 0,
    level: Annotated[float, typer.Option(min=0, max=1, help="Share served to hold.")] = 0.5,
    seed: Annotated[int, typer.Option(help="Of the drawn weeks.")] = 1,
) -> None:
    """How the plan's postings stand shocks: a clan arrives, a bridge closes, women leave."""
    from optimizer.explore_stress import stress as asked
    from optimizer.explore_stress import weeks as drawn
    from optimizer.milp import Child
    from service.exploration.changed import problem_shocks, scenario_shocks
    from service.exploration.findings import stress_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        base, given = run.base(), run.scenario()

        def refused(name: str, error: FaultsError) -> None:
            run.here.warn(said("The shock {name} does not fit the data here:"), name=name)
            run.here.faults(error.faults)

        shocks = list(
            problem_shocks(run.problem)
            if given is None
            else scenario_shocks(given, run.assemble, refused)
        )
        with Child(run.stop.is_set) as milp:
            with run.solving() as options:
                found = asked(base, shocks, milp=milp, **options)
            held = None
            if weeks:
                with run.here.err.status(run.here.say(said("Drawing weeks"))):
                    held = drawn(run.problem, base, number=weeks, level=level, seed=seed, milp=milp)
        run.tell(stress_findings(run.problem, found, held, goal))


def years(
    context: typer.Context,
    scenario: Asked,
    out: Out = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
    goal: Goal = TierName.UNMET,
    number: Annotated[int, typer.Option(min=1, max=25, help="Years after this one.")] = 5,
    first: Annotated[int | None, typer.Option(min=2000, max=2075, help="Default: now.")] = None,
    women: Annotated[int, typer.Option(min=0, max=500, help="Women recruited a year.")] = 0,
    men: Annotated[int, typer.Option(min=0, max=500, help="Men recruited a year.")] = 0,
    training: Annotated[int, typer.Option(min=0, max=10, help="Years of training.")] = 1,
) -> None:
    """Year by year: need grows, recruits join, each year starts from the postings before."""
    from optimizer.explore_years import years as asked
    from optimizer.plan import Status
    from service.exploration.changed import year_problems
    from service.exploration.findings import years_findings

    with _run(context, scenario, _Common(out, workers, keep, time_limit)) as run:
        given = run.scenario()
        if given is None:
            raise FaultsError(
                [
                    Fault(
                        said("A problem file holds one year only."),
                        said("Give the name of a scenario, or a scenario file."),
                        file=Path(scenario).name,
                    )
                ]
            )
        begin = first or _this_year()
        problems = list(
            year_problems(
                given,
                run.assemble,
                first=begin,
                number=number,
                recruits={Gender.WOMAN: women, Gender.MAN: men},
                training_years=training,
            )
        )
        with run.solving() as options:
            told = options["progress"]
            found = asked(
                problems,
                progress=lambda year: told(year + 1, len(problems), ""),
                solved=lambda problem: run.outcome(problem, {**options, "progress": None}),
            )
        last = found[-1]
        if last.outcome.status is Status.INFEASIBLE:
            run.here.tell(said("In {year} no legal plan exists."), year=begin + last.year)
            run.end_without_plan(last.problem, last.outcome)
        run.tell(years_findings(found, begin, goal))


def _this_year() -> int:
    from datetime import datetime

    return datetime.now().year  # noqa: DTZ005 - the office's own year
