"""``mizan solve``: a scenario or a problem in, a plan with its proof out."""

import threading
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.asking import asked_problem, interrupts, maybe_store, tell_problem, tell_why
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.plan import Outcome
    from optimizer.problem import Problem
    from service.exports.shapes import Scene
    from service.jobs.messages import Said
    from service.store import Store


def register(app: typer.Typer) -> None:
    app.command("solve")(solve)


def solve(
    context: typer.Context,
    scenario: Annotated[
        str, typer.Argument(help="Name of a preset, a scenario file, or a problem file.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files of the plan.")],
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for all goals together.")
    ] = None,
) -> None:
    """Find the best plan, prove it, and write it as files.

    Ends with 0 when every goal is proven, 3 when no legal plan exists (which rules conflict and
    what would help is printed), 4 when time ran out (the best plan so far is written).
    """
    here = terminal(context)
    limit = time_limit or here.settings.solve_time_limit_s
    with maybe_store(here) as store:
        problem = asked_problem(here, scenario, store)
        tell_problem(here, problem)
        answer = _solved(here, problem, limit)
        scene = _scene(here, store, problem)
        _write(here, out, problem, answer, scene)
    raise typer.Exit(_tell_answer(here, problem, answer))


def _solved(here: Terminal, problem: "Problem", limit_s: float) -> "Said":
    """Solve with a bar for the goals; Ctrl-C ends with the best plan so far."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from service.jobs.messages import Word
    from service.jobs.worker import solved
    from service.locale.terms import TIER

    stop = threading.Event()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=here.err, transient=True) as bars, interrupts(stop):
        bar = bars.add_task(here.say(said("Solving")), total=len(problem.tiers))

        def say(message: "Said") -> None:
            told = message.progress
            if message.word is Word.PROGRESS and told is not None and told.tier is not None:
                words = [here.say(TIER[told.tier])]
                if told.value is not None:
                    words.append(here.words.number(told.value, 2))
                bars.update(bar, completed=told.tiers_done, description=" ".join(words))

        return solved(problem, limit_s, say, stop.is_set, begun=time.monotonic())


def _scene(here: Terminal, store: "Store | None", problem: "Problem") -> "Scene":
    from service.exports.shapes import Scene, scene_of

    return Scene() if store is None else scene_of(store, problem, here.settings.data_dir)


def _write(
    here: Terminal,
    out: Path,
    problem: "Problem",
    answer: "Said",
    scene: "Scene",
) -> None:
    from service.exports.solve_files import write_solve_files

    outcome = answer.outcome
    assert outcome is not None
    with here.err.status(here.say(said("Writing files"))):
        day = datetime.now().date()  # noqa: DTZ005 - the office's own day
        written = write_solve_files(
            out,
            problem,
            outcome,
            scene=scene,
            words=here.words,
            day=day,
            explanation=answer.explanation,
        )
    for path in written:
        here.out.print(str(path), markup=False, highlight=False)
    if outcome.plan is not None and out / "report.pdf" not in written:
        here.warn(said("No report was written: its fonts are missing. Run: make setup"))
    missing = len(problem.areas) - len(scene.areas)
    if outcome.plan is not None and missing:
        here.warn(
            said("{n} areas of this problem have no boundary here; the map data names them only."),
            n=missing,
        )


def _tell_answer(here: Terminal, problem: "Problem", answer: "Said") -> Exit:
    from optimizer.plan import Status
    from service.locale.terms import STATUS

    outcome = answer.outcome
    assert outcome is not None
    if outcome.plan is not None:
        _tell_tiers(here, outcome)
    here.tell(STATUS[outcome.status])
    if outcome.status is Status.INFEASIBLE:
        tell_why(here, problem, answer.explanation)
        return Exit.INFEASIBLE
    return Exit.DONE if outcome.status is Status.PROVEN else Exit.NO_PROOF


def _tell_tiers(here: Terminal, outcome: "Outcome") -> None:
    from service.locale.terms import TIER
    from service.text_table import text_table

    assert outcome.plan is not None
    titles = (
        said("Goal"),
        said("Value reached"),
        said("Bound"),
        said("Gap"),
        said("Proven"),
        said("Seconds"),
    )
    rows = [
        (
            here.say(TIER[tier.name]),
            here.words.number(tier.value, 4),
            here.words.number(tier.bound, 4),
            here.words.number(tier.gap, 6),
            here.say(said("yes") if tier.proven else said("no")),
            here.words.number(tier.seconds, 2),
        )
        for tier in outcome.plan.tiers
    ]
    table = text_table([here.say(title) for title in titles], rows, right=" rrr r")
    here.out.print(table, markup=False, highlight=False)
