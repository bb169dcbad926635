"""``mizan letter``: the request for more women officers, with what each further one would bring."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from service.commands.asking import asked_problem, maybe_store, tell_problem
from service.commands.explorer import Common, Keep, Limit, Run, Workers
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.plan import Plan
    from optimizer.problem import Problem
    from service.exploration.answering import Tools
    from service.reports.maps import Ground
    from service.store import Store


def register(app: typer.Typer) -> None:
    app.command("letter")(letter)


def letter(
    context: typer.Context,
    scenario: Annotated[
        str, typer.Argument(help="Name of a preset, a scenario file, or a problem file.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the letters.")],
    women: Annotated[
        int | None,
        typer.Option(min=1, max=500, help="Ask for so many; default: those the scenario hires."),
    ] = None,
    most: Annotated[
        int | None, typer.Option(min=1, max=500, help="The curve ends there; default: as asked.")
    ] = None,
    workers: Workers = None,
    keep: Keep = None,
    time_limit: Limit = None,
) -> None:
    """Write the letter to the ministry in Arabic and English, with the staffing curve.

    Each number of officers is a plan of its own; plans are kept, the same command goes on where
    it was stopped.
    """
    from service.reports.press import fonts_are_here

    here = terminal(context)
    if not fonts_are_here():
        here.warn(said("No letter was written: its fonts are missing. Run: make setup"))
        raise typer.Exit(Exit.REFUSED)
    with maybe_store(here) as store:
        given = asked_problem(here, scenario, store)
        asked, base = _asked(given, women)
        tell_problem(here, asked)
        run = Run(here, Common(workers=workers, keep=keep, time_limit=time_limit))
        number = women or _hired_women(given)
        with run.answering(lambda _scenario: given) as tools:
            plan = tools.base(asked)
            solved = _curve(base, most or number, given, tools)
        run.end_if_stopped()
        ground = _ground(here, store, asked)
    _write(here, out, asked, plan, solved, ground)
    run.end(tools)


def _hired_women(problem: "Problem") -> int:
    from optimizer.staff import Gender

    return sum(lot.count for lot in problem.hires if lot.gender is Gender.WOMAN)


def _asked(given: "Problem", women: int | None) -> "tuple[Problem, Problem]":
    """The problem with the officers who are asked for, and the one without them."""
    from optimizer.explore_worth import hired
    from optimizer.staff import Gender

    if women is not None:
        return hired(given, Gender.WOMAN, women), given
    if not _hired_women(given):
        raise FaultsError(
            [
                Fault(
                    said("This scenario hires no women officers, so there is nothing to ask for."),
                    said("Say how many with --women, or take a scenario such as ten-women."),
                )
            ]
        )
    others = tuple(lot for lot in given.hires if lot.gender is not Gender.WOMAN)
    return given, given.model_copy(update={"hires": others})


def _curve(
    base: "Problem", most: int, given: "Problem", tools: "Tools"
) -> "list[tuple[int, Problem, Plan]]":
    """Plans with 0 .. most more women; they can serve what the scenario's own hires can."""
    from optimizer.explore import Variant, solve_all
    from optimizer.explore_worth import hired
    from optimizer.staff import Gender

    own = {unit for lot in given.hires if lot.gender is Gender.WOMAN for unit in lot.skills}
    skills = tuple(u.unit for u in base.units if u.unit in own)
    problems = {str(n): hired(base, Gender.WOMAN, n, skills) for n in range(most + 1)}
    answers = solve_all(
        (Variant(name=name, problem=problem) for name, problem in problems.items()),
        **tools.options,
    )
    tools.statuses += [one.status for one in answers]
    return [
        (int(one.name), problems[one.name], one.plan) for one in answers if one.plan is not None
    ]


def _ground(here: Terminal, store: "Store | None", problem: "Problem") -> "Ground":
    from service.exports.shapes import scene_of
    from service.reports.ground import ground_of
    from service.reports.maps import Ground

    if store is None:
        return Ground({})
    atlas = scene_of(store, problem, here.settings.data_dir).atlas
    return Ground({}) if atlas is None else ground_of(atlas, problem)


def _write(
    here: Terminal,
    out: Path,
    problem: "Problem",
    plan: "Plan",
    solved: "Sequence[tuple[int, Problem, Plan]]",
    ground: "Ground",
) -> None:
    from datetime import datetime

    from service.atomic import write_whole
    from service.locale.words import LANGS, Words
    from service.reports.charts.explored import women_knee
    from service.reports.curves import curve_of
    from service.reports.ground import todays_plan
    from service.reports.letter import letter_pdf

    points = curve_of(solved)
    today = todays_plan(problem)
    out.mkdir(parents=True, exist_ok=True)
    for lang in LANGS:
        content = letter_pdf(
            problem,
            plan,
            words=Words(lang, here.settings.digits),
            day=datetime.now().date(),  # noqa: DTZ005 - the office's own day
            today=today,
            curve=points,
            knee=women_knee(points),
            ground=ground,
        )
        path = out / f"letter-{lang}.pdf"
        write_whole(path, content.body)
        here.out.print(str(path), markup=False, highlight=False)
