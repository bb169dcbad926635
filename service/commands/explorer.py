"""An exploration on the command line: its options, its bar, how it is stopped and how it ends."""

import inspect
import os
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.checks import FaultsError
from geo.notes import said
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
    from collections.abc import Iterator

    from optimizer.milp import BrokenSolverError
    from optimizer.plan import Outcome
    from optimizer.problem import Problem
    from service.exploration.answering import Tools
    from service.exploration.findings import Findings
    from service.exploration.questions import Question
    from service.scenario import Scenario

WRITTEN = (".json", ".csv", ".xlsx")

Asked = Annotated[str, typer.Argument(help="Name of a preset, a scenario file, or a problem file.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A file: .json, .csv or .xlsx.")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, max=64, help="Solves at the same time; default: all cores, here or of the cluster."
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(file_okay=False, help="Folder of kept answers; default: explored in MIZAN_HOME."),
]
Limit = Annotated[float | None, typer.Option(min=0.1, help="Seconds for each solve.")]


@dataclass(frozen=True)
class Common:
    """The options that every exploration has."""

    out: Out = None
    workers: Workers = None
    keep: Keep = None
    time_limit: Limit = None


def command(make: "Callable[..., Question]") -> Callable[..., None]:
    """A command that asks the question of ``make``.

    Its options are the parameters of ``make`` and those of ``Common``, each written once; its help
    is the docstring of ``make``.
    """

    def run(context: typer.Context, scenario: str, **given: Any) -> None:
        common = Common(**{one.name: given.pop(one.name) for one in fields(Common)})
        _explore(context, scenario, make(**given), common)

    shared = inspect.signature(Common).parameters.values()
    own = inspect.signature(make).parameters.values()
    parameters = [
        inspect.Parameter("context", _KEYWORD, annotation=typer.Context),
        inspect.Parameter("scenario", _KEYWORD, annotation=Asked),
        *(one.replace(kind=_KEYWORD) for one in own),
        *(one.replace(kind=_KEYWORD) for one in shared),
    ]
    run.__name__, run.__doc__ = make.__name__, make.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _explore(context: typer.Context, word: str, question: "Question", common: Common) -> None:
    from service.exploration.answering import Asked, answered

    if common.out is not None and common.out.suffix.lower() not in WRITTEN:
        raise typer.BadParameter(f"{common.out.name}: {', '.join(WRITTEN)}", param_hint="--out")
    here = terminal(context)
    with maybe_store(here) as store:
        problem = asked_problem(here, word, store)
        tell_problem(here, problem)
        run = Run(here, common)
        with run.answering(lambda one: assembled(here, one, store)) as tools:
            found = answered(Asked(question, problem, _scenario(word)), tools)
        run.end_if_stopped()
        run.tell(problem, found)
        run.end(tools)


def _scenario(word: str) -> "Scenario | None":
    """The scenario that was asked for; None where it was a problem file."""
    from service.exports.documents import is_problem_file
    from service.scenario import read_scenario

    return None if is_problem_file(Path(word)) else read_scenario(word)


@dataclass
class Run:
    """One exploration on a terminal: whether somebody stops it, and what broke."""

    here: Terminal
    common: Common
    stop: threading.Event = field(default_factory=threading.Event)
    broken: "list[tuple[str, BrokenSolverError]]" = field(default_factory=list)

    @contextmanager
    def answering(self, assemble: "Callable[[Scenario], Problem]") -> "Iterator[Tools]":
        """Tools under a bar; what ends an exploration without findings ends the command."""
        from optimizer.milp import BrokenSolverError, Cancelled
        from service.exploration.answering import NoPlanError

        with interrupts(self.stop), self._tools(assemble) as tools:
            try:
                yield tools
            except Cancelled:
                self.end_stopped()
            except BrokenSolverError as error:
                self.end_broken(error)
            except NoPlanError as error:
                self.end_if_stopped()
                self.end_without_plan(error.problem, error.outcome)

    @contextmanager
    def _tools(self, assemble: "Callable[[Scenario], Problem]") -> "Iterator[Tools]":
        """What answering works with, under a bar; what was answered is kept as it comes."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        from service.exploration.answering import Tools
        from service.exploration.kept import KeptAnswers, KeptParts
        from service.jobs.far_solver import FarSolver

        limit_s = self.common.time_limit or self.here.settings.solve_time_limit_s
        folder = self.common.keep or self.here.settings.home / "explored"
        kept = KeptAnswers(folder, limit_s)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        workers = self.common.workers or len(os.sched_getaffinity(0))
        far = FarSolver(self.here.settings, limit_s, self.common.workers, self.stop.is_set)
        with far, Progress(*columns, console=self.here.err, transient=True) as bars:
            bar = bars.add_task(self.here.say(said("Solving")), total=None)

            def told(done: int, of: int, _name: str) -> None:
                bars.update(bar, completed=done, total=of)

            yield Tools(
                options={
                    "workers": far.workers or workers,
                    "time_limit_s": limit_s,
                    "known": kept,
                    "on_answer": kept.keep,
                    "progress": told,
                    "cancelled": self.stop.is_set,
                    "solved": far.solved,
                    "on_broken": lambda name, error: self.broken.append((name, error)),
                },
                assemble=assemble,
                stopped=self.stop.is_set,
                refused=self._refused,
                parts=KeptParts(folder),
            )

    def _refused(self, name: str, error: FaultsError) -> None:
        self.here.warn(said("The shock {name} does not fit the data here:"), name=name)
        self.here.faults(error.faults)

    def tell(self, problem: "Problem", found: "Findings") -> None:
        """Print tables and reading, write the file."""
        from service.exploration.shown import shown_table, write_findings

        words, out = self.here.words, self.common.out
        for table in found.tables(words):
            self.here.out.print(shown_table(table, words), "", sep="\n", markup=False)
        self.here.out.print(found.reading(words), markup=False, highlight=False)
        if out is not None:
            write_findings(out, problem, found, words)
            self.here.out.print(str(out), markup=False, highlight=False)

    def end(self, tools: "Tools") -> None:
        """End with the exit code of the proof."""
        if tools.without_plan is not None:
            self.end_without_plan(tools.without_plan.problem, tools.without_plan.outcome)
        self._end_if_broken()
        raise typer.Exit(Exit.DONE if tools.proven else Exit.NO_PROOF)

    def end_without_plan(self, problem: "Problem", outcome: "Outcome") -> None:
        """Say why and end."""
        from optimizer.plan import Status
        from service.jobs.worker import explained
        from service.locale.terms import STATUS

        self._end_if_broken()
        self.here.tell(STATUS[outcome.status])
        if outcome.status is not Status.INFEASIBLE:
            raise typer.Exit(Exit.NO_PROOF)
        tell_why(self.here, problem, explained(problem, self.stop.is_set))
        raise typer.Exit(Exit.INFEASIBLE)

    def end_if_stopped(self) -> None:
        if self.stop.is_set():
            self.end_stopped()

    def end_stopped(self) -> None:
        self.here.warn(said("Stopped. What was answered is kept: ask again to go on."))
        raise typer.Exit(Exit.NO_PROOF)

    def end_broken(self, error: "BrokenSolverError") -> None:
        """A solver failed where nothing can be said without it."""
        self.broken.append(("", error))
        self._end_if_broken()

    def _end_if_broken(self) -> None:
        if not self.broken:
            return
        for name, error in self.broken:
            self.here.warn(
                said("The solver failed at {point}: {why}."), point=name or "-", why=str(error)
            )
        self.here.warn(said("All other answers are kept: ask again to try only what failed."))
        raise typer.Exit(Exit.BROKEN)
