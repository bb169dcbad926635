"""``mizan country``: share new officers out among governorates, each a problem file."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from optimizer.staff import Gender
from service.commands.asking import interrupts
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from optimizer.nation import Nation, NationPlan


def register(app: typer.Typer) -> None:
    app.command("country")(country)


def country(
    context: typer.Context,
    problems: Annotated[
        list[Path],
        typer.Argument(help="One problem file for each governorate; its name is the code."),
    ],
    lots: Annotated[int, typer.Option(min=0, max=500, help="Lots of new officers to share out.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Write the country's plan here (JSON).")],
    lot: Annotated[int, typer.Option(min=1, max=500, help="Officers in a lot.")] = 1,
    most_lots: Annotated[
        int | None, typer.Option(min=0, max=500, help="Most lots for one governorate.")
    ] = None,
    gender: Annotated[Gender, typer.Option(help="Who is hired.")] = Gender.WOMAN,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Solves at the same time; default: all cores.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            file_okay=False, help="Folder of kept answers; default: explored in MIZAN_HOME."
        ),
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds for each solve.")
    ] = None,
    limit_s: Annotated[
        float | None,
        typer.Option(
            min=1, help="Seconds for all of it; then the best plan so far and its bounds."
        ),
    ] = None,
    gap: Annotated[
        float,
        typer.Option(min=0, max=50, help="End when every goal is so near to its bound, per cent."),
    ] = 0.0,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Also solve nobody hired and lots in proportion to need and people, to hold the "
            "plan against: up to two more solves for each governorate.",
        ),
    ] = False,
) -> None:
    """Share new officers out among governorates, with proof.

    Every number of lots that a governorate may get is bounded, those that matter are solved;
    answers are kept, the same command goes on where it was stopped.
    """
    import threading
    import time

    from optimizer.milp import Cancelled
    from optimizer.nation import plan_nation
    from service.atomic import write_whole
    from service.exploration.kept import KeptParts

    here = terminal(context)
    asked = _nation(problems, lots, lot, lots if most_lots is None else most_lots, gender)
    kept: MutableMapping[str, str] = KeptParts(keep or here.settings.home / "explored")
    until = None if limit_s is None else time.monotonic() + limit_s
    solving = _Solving(
        workers=workers or len(os.sched_getaffinity(0)),
        time_limit_s=time_limit or here.settings.solve_time_limit_s,
        kept=kept,
    )
    stop = threading.Event()
    with interrupts(stop), here.err.status(here.say(said("Solving"))) as status:

        def told(done: int, of: int) -> None:
            status.update(f"{here.say(said('Solving'))} {done} / {of}")

        try:
            plan = plan_nation(
                asked,
                **solving,
                limit_s=limit_s,
                enough_gap=gap / 100,
                progress=told,
                cancelled=stop.is_set,
            )
        except Cancelled:
            here.warn(said("Stopped. What was answered is kept: ask again to go on."))
            raise typer.Exit(Exit.NO_PROOF) from None
        others = _others(asked, solving, until, stop.is_set) if compare and plan.shares else ()
    if not plan.shares:
        _end_without_plan(here, plan)
    _tell(here, plan, others)
    write_whole(out, plan.model_dump_json(indent=1).encode())
    here.out.print(str(out), markup=False, highlight=False)
    raise typer.Exit(Exit.DONE if plan.status.value == "proven" else Exit.NO_PROOF)


def _nation(
    problems: Sequence[Path], lots: int, lot: int, most_lots: int, gender: Gender
) -> "Nation":
    """The question of these files; ``FaultsError`` for what can't be read or put together."""
    from optimizer.nation import Governorate, Nation, Pool
    from service.exports.documents import read_problem

    parts = []
    for path in problems:
        code = path.parent.name if path.stem == "problem" else path.stem
        problem = read_problem(path)
        parts.append(Governorate(code=code, name_ar=code, name_en=code, problem=problem))
    pool = Pool(gender=gender, lot=lot, lots=lots, most_lots=most_lots)
    try:
        return Nation(governorates=tuple(parts), pool=pool)
    except ValueError:
        fault = Fault(
            said("These files make no country: a name stands twice, or their goals differ."),
            said("Give each governorate's problem once, all with the same order of goals."),
        )
        raise FaultsError([fault]) from None


def _end_without_plan(here: Terminal, plan: "NationPlan") -> None:
    from optimizer.plan import Status
    from service.locale.terms import STATUS

    here.tell(STATUS[plan.status])
    where = plan.reason.partition(": ")[2]
    if where:
        here.tell(said("It fails in governorate {code}."), code=where)
    infeasible = plan.status is Status.INFEASIBLE
    raise typer.Exit(Exit.INFEASIBLE if infeasible else Exit.NO_PROOF)


class _Solving(TypedDict):
    """How points are solved."""

    workers: int
    time_limit_s: float
    kept: "MutableMapping[str, str]"


def _others(
    asked: "Nation", solving: _Solving, until: float | None, stopped: Callable[[], bool]
) -> "tuple[NationPlan | None, ...]":
    """The country with nobody hired and with a spreadsheet's sharing, where there is time.

    None: a governorate has no legal plan with that number, or time ran out.
    """
    import time

    from optimizer.milp import Cancelled
    from optimizer.nation import plan_of_lots, proportional_lots, value_points

    def over() -> bool:
        return stopped() or (until is not None and time.monotonic() > until)

    found: list[NationPlan | None] = []
    for lots in ({g.code: 0 for g in asked.governorates}, proportional_lots(asked)):
        try:
            points = value_points(asked, [lots], **solving, cancelled=over)
            found.append(plan_of_lots(asked, points, lots))
        except (Cancelled, KeyError):
            found.append(None)
    return tuple(found)


def _tell(here: Terminal, plan: "NationPlan", others: "Sequence[NationPlan | None]") -> None:
    """Who gets how many, and the country's goals beside what they are held against, if anything."""
    from optimizer.nation import relative_gap
    from optimizer.plan import Status
    from service.locale.terms import STATUS, TIER
    from service.text_table import text_table

    shares = text_table(
        [here.say(said("Governorate")), here.say(said("New officers")), here.say(said("Proof"))],
        [
            (s.governorate, here.words.number(s.officers), here.say(STATUS[s.plan.status]))
            for s in plan.shares
        ],
        right=" r ",
    )
    here.out.print(shares, "", sep="\n", markup=False, highlight=False)
    columns = [None if o is None else {t.name: t.value for t in o.tiers} for o in others]
    rows = [
        (
            here.say(TIER[tier.name]),
            *(here.words.number(None if c is None else c[tier.name], 3) for c in columns),
            here.words.number(tier.value, 3),
            here.words.number(tier.bound, 3),
        )
        for tier in plan.tiers
    ]
    held_against = (said("Nobody hired"), said("In proportion to need and people"))
    titles = (
        said("Goal"),
        *held_against[: len(others)],
        said("This plan"),
        said("Bound"),
    )
    right = " ".ljust(len(titles), "r")
    goals = text_table([here.say(t) for t in titles], rows, right=right)
    here.out.print(goals, "", sep="\n", markup=False, highlight=False)
    here.tell(STATUS[plan.status])
    if plan.status is not Status.PROVEN:
        share = here.words.percent(relative_gap(plan.tiers), 2)
        here.tell(said("No goal is further from its bound than {share} of its value."), share=share)
