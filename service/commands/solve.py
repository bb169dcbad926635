"""``mizan solve``: a scenario or a problem in, a plan with its proof out."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
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

    Ends with 0 when every goal is proven, 3 when no legal plan exists, 4 when time ran out (the
    best plan so far is written).
    """
    here = terminal(context)
    limit = time_limit or here.settings.solve_time_limit_s
    with _maybe_store(here) as store:
        problem = _problem(here, scenario, store)
        _tell_problem(here, problem)
        outcome = _solved(here, problem, limit)
        scene = _scene(here, store, problem)
        _write(here, out, problem, outcome, scene)
    raise typer.Exit(_tell_outcome(here, outcome))


@contextmanager
def _maybe_store(here: Terminal) -> Iterator["Store | None"]:
    """The installation's store, or None where there is none: a problem file needs none."""
    from service.store import StoreError

    try:
        store = here.store(make=False)
    except StoreError:
        yield None
        return
    with store:
        yield store


def _problem(here: Terminal, word: str, store: "Store | None") -> "Problem":
    from service.exports.documents import is_problem_file, read_problem
    from service.scenario import read_scenario

    path = Path(word)
    if is_problem_file(path):
        return read_problem(path)
    scenario = read_scenario(word)
    from service.assemble import assemble

    if store is None:
        # Says by itself what is missing and which command makes it.
        with here.store(make=False) as opened:
            return assemble(opened, scenario)
    with here.err.status(here.say(said("Building layers and demand"))):
        return assemble(store, scenario)


def _solved(here: Terminal, problem: "Problem", limit_s: float) -> "Outcome":
    """Solve with a bar for the goals; Ctrl-C ends with the best plan so far."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from service.jobs.messages import Word
    from service.jobs.worker import solved
    from service.locale.terms import TIER

    stop = threading.Event()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=here.err, transient=True) as bars, _interrupts(stop):
        bar = bars.add_task(here.say(said("Solving")), total=len(problem.tiers))

        def say(message: "Said") -> None:
            told = message.progress
            if message.word is Word.PROGRESS and told is not None and told.tier is not None:
                words = [here.say(TIER[told.tier])]
                if told.value is not None:
                    words.append(here.words.number(told.value, 2))
                bars.update(bar, completed=told.tiers_done, description=" ".join(words))

        answer = solved(problem, limit_s, say, stop.is_set, begun=time.monotonic())
    assert answer.outcome is not None
    return answer.outcome


@contextmanager
def _interrupts(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks to stop; the second one ends the program as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _scene(here: Terminal, store: "Store | None", problem: "Problem") -> "Scene":
    from service.exports.shapes import Scene, scene_of

    return Scene() if store is None else scene_of(store, problem, here.settings.data_dir)


def _write(
    here: Terminal,
    out: Path,
    problem: "Problem",
    outcome: "Outcome",
    scene: "Scene",
) -> None:
    from service.exports.solve_files import write_solve_files

    with here.err.status(here.say(said("Writing files"))):
        day = datetime.now().date()  # noqa: DTZ005 - the office's own day
        written = write_solve_files(out, problem, outcome, scene=scene, words=here.words, day=day)
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


def _tell_problem(here: Terminal, problem: "Problem") -> None:
    from optimizer.staff import Gender

    here.tell(
        said("{areas} areas, {offices} offices, {officers} officers, {women} of them women"),
        areas=len(problem.areas),
        offices=len(problem.offices),
        officers=problem.head_count(),
        women=problem.head_count(Gender.WOMAN),
    )


def _tell_outcome(here: Terminal, outcome: "Outcome") -> Exit:
    from optimizer.plan import Status
    from service.locale.terms import STATUS

    if outcome.plan is not None:
        _tell_tiers(here, outcome)
    here.tell(STATUS[outcome.status])
    if outcome.status is Status.INFEASIBLE:
        for rule in outcome.broken_rules:
            here.tell(said("It breaks the rule {rule}."), rule=rule)
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
