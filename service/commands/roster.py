"""``mizan posts|roster|waiting|visits|reasons``: what a plan means for posts, days and areas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from geo.places import Document
    from optimizer.audit import Breach
    from optimizer.plan import Plan
    from optimizer.postings_list import PostingsList
    from optimizer.problem import Problem
    from optimizer.staff import Post
    from service.exports.plan_tables import PlanTable

ProblemFile = Annotated[Path, typer.Argument(help="problem.json")]
PlanFile = Annotated[Path, typer.Argument(help="plan.json, of a solver or edited by hand")]
Out = Annotated[Path, typer.Option("--out", "-o", help="A file: .xlsx, .csv or .json.")]
WRITTEN = (".xlsx", ".csv", ".json")


def register(app: typer.Typer) -> None:
    app.command("posts")(posts)
    app.command("roster")(roster)
    app.command("waiting")(waiting)
    app.command("visits")(visits)
    app.command("reasons")(reasons)


@dataclass(frozen=True)
class _Asked:
    """The two files of every command here, and where the answer goes."""

    here: Terminal
    problem: "Problem"
    plan: "Plan"
    out: Path


def _read(context: typer.Context, problem: Path, plan: Path, out: Path) -> _Asked:
    """Both files, refused where they don't belong together."""
    from service.exports.documents import read_plan, read_problem

    if out.suffix.lower() not in WRITTEN:
        raise typer.BadParameter(f"{out.name}: {', '.join(WRITTEN)}", param_hint="--out")
    asked, given = read_problem(problem), read_plan(plan)
    if asked.digest != given.problem_digest:
        raise FaultsError(
            [
                Fault(
                    said("This plan answers another problem than {problem}."),
                    said("Give the problem.json that was written with the plan."),
                    {"problem": str(problem)},
                    file=plan.name,
                )
            ]
        )
    return _Asked(terminal(context), asked, given, out)


def posts(context: typer.Context, problem: ProblemFile, plan: PlanFile, out: Out) -> None:
    """List which post moves where: the fewest moves that make the plan, with proof."""
    from optimizer.audit_posts import audit_postings
    from service.exports.plan_tables import posts_tables

    asked = _read(context, problem, plan, out)
    register, listed = _listed(asked)
    _judged(asked, audit_postings(asked.problem, asked.plan, register, listed))
    _write(asked, listed, lambda: posts_tables(asked.problem, listed, asked.here.words))
    asked.here.tell(
        said("{moved} posts move, {new} are new, {same} stay. Fewer than {fewest} moves can't do."),
        moved=len(listed.moved),
        new=len(listed.new),
        same=len(listed.unchanged),
        fewest=listed.fewest_moves,
    )
    if listed.new:
        asked.here.tell(
            said(
                "New officers first fill posts that need no experience. Whoever serves today stays "
                "in her unit, or in his, where somebody new can take the other post."
            )
        )


def roster(
    context: typer.Context,
    problem: ProblemFile,
    plan: PlanFile,
    out: Out,
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks to roster.")] = 4,
) -> None:
    """Write the weekly roster of every office: who works which shift on which day."""
    from optimizer.roster import check_roster, weekly_roster
    from service.exports.plan_tables import roster_tables

    asked = _read(context, problem, plan, out)
    _, listed = _listed(asked)
    with asked.here.err.status(asked.here.say(said("Making the roster"))):
        made = weekly_roster(asked.problem, asked.plan, listed, weeks=weeks)
    _judged(asked, check_roster(asked.problem, asked.plan, listed, made))
    _write(asked, made, lambda: roster_tables(asked.problem, made, asked.here.words))
    asked.here.tell(
        said("{duties} duties in {weeks} weeks, {lacks} shortfalls named."),
        duties=len(made.duties),
        weeks=weeks,
        lacks=len(made.lacks),
    )


def waiting(
    context: typer.Context,
    problem: ProblemFile,
    plan: PlanFile,
    out: Out,
    before: Annotated[
        Path | None, typer.Option(help="Another plan of this problem; else today's postings.")
    ] = None,
) -> None:
    """Show how long calls wait at each office, before and after."""
    from optimizer.baseline import today
    from optimizer.waiting.report import waiting_before_after
    from service.exports.documents import read_plan
    from service.exports.plan_tables import waiting_tables

    asked = _read(context, problem, plan, out)
    baseline = read_plan(before) if before else today(asked.problem)
    found = waiting_before_after(asked.problem, asked.plan, baseline)
    _write(asked, found, lambda: waiting_tables(asked.problem, found, asked.here.words))


def visits(context: typer.Context, problem: ProblemFile, plan: PlanFile, out: Out) -> None:
    """Plan visiting days for areas beyond daily reach, from the hours that the plan leaves."""
    from optimizer.visits import check_visits, plan_visits
    from service.exports.plan_tables import visits_tables

    asked = _read(context, problem, plan, out)
    with asked.here.err.status(asked.here.say(said("Planning visiting days"))):
        made = plan_visits(asked.problem, asked.plan)
    _judged(asked, check_visits(asked.problem, asked.plan, made))
    _write(asked, made, lambda: visits_tables(asked.problem, made, asked.here.words))
    asked.here.tell(
        said("{trips} trips in {weeks} weeks, {lacks} shortfalls named."),
        trips=len(made.trips),
        weeks=made.rules.cycle_weeks,
        lacks=len(made.shortfalls),
    )
    asked.here.tell(
        said(
            "Rounds take their stops in the shortest order, each order tried; trips are chosen by "
            "a covering model, {proven} of its {goals} goals within 1% of their bound."
        ),
        proven=sum(goal.proven for goal in made.goals),
        goals=len(made.goals),
    )


def reasons(context: typer.Context, problem: ProblemFile, plan: PlanFile, out: Out) -> None:
    """Say for each area who serves it, what limits it and what would lift it."""
    import orjson

    from optimizer.area_reasons import area_reasons, binding_rules
    from service.exports.plan_tables import reasons_tables

    asked = _read(context, problem, plan, out)
    with asked.here.err.status(asked.here.say(said("Looking for reasons"))):
        areas = area_reasons(asked.problem, asked.plan)
        binding = binding_rules(asked.problem, asked.plan)
    told = {"areas": [a.model_dump() for a in areas], "binding": [b.model_dump() for b in binding]}
    body = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    _write(asked, body, lambda: reasons_tables(asked.problem, areas, binding, asked.here.words))


def _listed(asked: _Asked) -> "tuple[tuple[Post, ...], PostingsList]":
    """Posts of the register where it is the problem's, else numbers made up for its counts."""
    from optimizer.posts import PostingsError, numbered_posts, post_numbers
    from service.store import StoreError

    try:
        with asked.here.store(make=False) as store:
            register = store.records().posts()
        return register, post_numbers(asked.problem, asked.plan, register)
    except StoreError:
        pass
    except PostingsError:
        asked.here.warn(
            said("The register of posts is not that of this problem; posts get numbers.")
        )
    numbered = numbered_posts(asked.problem)
    try:
        return numbered, post_numbers(asked.problem, asked.plan, numbered)
    except PostingsError as error:
        fault = Fault(
            said("The staff of the problem can't fill this plan: {why}."),
            said("Check the plan with mizan audit."),
            {"why": str(error)},
        )
        raise FaultsError([fault]) from error


def _judged(asked: _Asked, breaches: "Sequence[Breach]") -> None:
    """Nothing leaves that its auditor refuses."""
    for breach in breaches:
        asked.here.warn(
            said("{rule}: {what} {place}"),
            rule=breach.rule,
            what=breach.what,
            place=breach.office or breach.area or "",
        )
    if breaches:
        raise typer.Exit(Exit.REFUSED)


def _write(
    asked: _Asked, document: "Document | bytes", tables: "Callable[[], tuple[PlanTable, ...]]"
) -> None:
    from service.atomic import write_whole
    from service.exports.content import Format
    from service.exports.plan_features import plan_provenance
    from service.exports.plan_tables import tables_content

    form = asked.out.suffix.lower().removeprefix(".")
    if form == "json":
        whole = document if isinstance(document, bytes) else document.model_dump_json(indent=1)
        body = whole if isinstance(whole, bytes) else whole.encode()
    else:
        body = tables_content(
            tables(),
            Format(form),
            provenance=plan_provenance(asked.problem, asked.plan),
            words=asked.here.words,
            filename=asked.out.name,
        ).body
    write_whole(asked.out, body)
    asked.here.out.print(str(asked.out), markup=False, highlight=False)
