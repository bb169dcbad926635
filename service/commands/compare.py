"""``mizan compare``: two plans side by side, each measured by the auditor on its own problem."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.indicators import Indicators
    from optimizer.plan import Plan
    from optimizer.problem import Problem


def register(app: typer.Typer) -> None:
    app.command("compare")(compare_files)


def compare_files(
    context: typer.Context,
    before: Annotated[Path, typer.Argument(help="A plan.json; its problem.json lies beside it.")],
    after: Annotated[Path, typer.Argument(help="The plan.json to hold against it.")],
    problem: Annotated[
        Path | None, typer.Option(help="The problem of both, where none lies beside them.")
    ] = None,
) -> None:
    """Show what changes from one plan to another: service, goals, and who is posted where."""
    from optimizer.indicators import indicators
    from service.exports.documents import read_plan

    here = terminal(context)
    plans = (read_plan(before), read_plan(after))
    paths = (before, after)
    pairs = [
        (_problem_of(plan, path, problem), plan) for plan, path in zip(plans, paths, strict=True)
    ]
    if plans[0].problem_digest != plans[1].problem_digest:
        here.tell(said("The two plans answer different problems."))
    first, second = (indicators(asked, plan) for asked, plan in pairs)
    _tell_service(here, first, second)
    _tell_goals(here, pairs)
    _tell_postings(here, pairs)
    raise typer.Exit(Exit.DONE)


def _problem_of(plan: "Plan", path: Path, given: Path | None) -> "Problem":
    """The problem that ``plan`` answers. Raises ``FaultsError`` if it is another one."""
    from service.exports.documents import read_problem

    found = read_problem(given or path.with_name("problem.json"))
    if found.digest != plan.problem_digest:
        raise FaultsError(
            [
                Fault(
                    said("This plan answers another problem than {problem}."),
                    said("Name the right one with --problem."),
                    {"problem": str(given or path.with_name("problem.json"))},
                    file=path.name,
                )
            ]
        )
    return found


def _tell_service(here: Terminal, before: "Indicators", after: "Indicators") -> None:
    figures = (
        (said("Hours asked for"), "hours_week"),
        (said("Hours on the road a week"), "road_hours_week"),
        (said("Officers moved"), "moves"),
    )
    shares = (
        (said("Share served"), "served_share"),
        (said("Share of women's demand served"), "women_served_share"),
        (said("Women residents within reach of women officers"), "women_access_share"),
        (said("Worst area, share not served"), "worst_share"),
        (said("Worst area, share of women's demand not served"), "worst_women_share"),
        (said("Inequality of what is not served (Gini)"), "gini"),
    )
    pair = (before, after)
    rows = [
        (here.say(what), *(here.words.number(getattr(one, name)) for one in pair))
        for what, name in figures
    ]
    rows += [
        (here.say(what), *(here.words.percent(getattr(one, name), 1) for one in pair))
        for what, name in shares
    ]
    _print(here, (said("Service"), said("Before"), said("After")), rows, " rr")


def _tell_goals(here: Terminal, pairs: "Sequence[tuple[Problem, Plan]]") -> None:
    from optimizer.audit import audit
    from service.locale.terms import TIER

    reports = [audit(problem, plan) for problem, plan in pairs]
    second = {tier.name: tier.value for tier in reports[1].tiers}
    rows = [
        (
            here.say(TIER[tier.name]),
            here.words.number(tier.value, 3),
            here.words.number(second.get(tier.name), 3),
        )
        for tier in reports[0].tiers
    ]
    _print(here, (said("Goal"), said("Before"), said("After")), rows, " rr")
    for which, report in zip((said("Before"), said("After")), reports, strict=True):
        if not report.passed:
            here.warn(
                said("{which}: {n} places break a rule."),
                which=here.say(which),
                n=len(report.breaches),
            )


def _tell_postings(here: Terminal, pairs: "Sequence[tuple[Problem, Plan]]") -> None:
    from optimizer.staff import Gender, Unit
    from service.locale.terms import GENDER, UNIT

    counts: dict[tuple[str, Unit, Gender], list[int]] = defaultdict(lambda: [0, 0])
    for place, (_problem, plan) in enumerate(pairs):
        for posting in plan.postings:
            counts[posting.office, posting.unit, posting.gender][place] += posting.count
    names = {
        office.code: here.words.name(office)
        for problem, _plan in pairs
        for office in problem.offices
    }
    rows = [
        (
            names.get(office, office),
            here.say(UNIT[unit]),
            here.say(GENDER[gender]),
            here.words.number(before),
            here.words.number(after),
            here.words.signed(after - before),
        )
        for (office, unit, gender), (before, after) in sorted(counts.items())
        if before != after
    ]
    if not rows:
        here.tell(said("Everybody is posted alike."))
        return
    titles = (
        said("Office"),
        said("Unit"),
        said("Officers"),
        said("Before"),
        said("After"),
        said("Change"),
    )
    _print(here, titles, rows, "   rrr")


def _print(
    here: Terminal, titles: "Sequence[str]", rows: "Sequence[Sequence[str]]", right: str
) -> None:
    from service.text_table import text_table

    table = text_table([here.say(title) for title in titles], rows, right=right)
    here.out.print(table, "", sep="\n", markup=False, highlight=False)
