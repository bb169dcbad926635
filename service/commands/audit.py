"""``mizan audit``: every rule and every goal of a plan, recomputed without a solver."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.audit import AuditReport
    from optimizer.plan import Plan
    from optimizer.problem import Problem, ProblemArea, ProblemOffice


def register(app: typer.Typer) -> None:
    app.command("audit")(audit_files)


def audit_files(
    context: typer.Context,
    problem: Annotated[Path, typer.Argument(help="problem.json")],
    plan: Annotated[Path, typer.Argument(help="plan.json, of a solver or edited by hand")],
    hours: Annotated[
        bool,
        typer.Option(
            "--hours", help="Take only who is posted where; find the best hours for that anew."
        ),
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="With --hours: write that plan here.")
    ] = None,
) -> None:
    """Check a plan against its problem; ends with 0 when no rule is broken, else with 1.

    Postings that were edited by hand are measured with --hours as today's and any other are: the
    best hours for them under the rules of flow, whichever rules of posting they break.
    """
    from optimizer.audit import audit
    from service.exports.documents import read_plan, read_problem

    here = terminal(context)
    if out is not None and not hours:
        raise typer.BadParameter(here.say(said("Only with --hours.")), param_hint="--out")
    asked, given = read_problem(problem), read_plan(plan)
    if hours:
        given = _with_best_hours(asked, given, out)
    report = audit(asked, given)
    _tell_rules(here, report)
    _tell_goals(here, report, given)
    _tell_breaches(here, asked, report)
    if report.passed:
        here.tell(said("No rule is broken."))
        raise typer.Exit(Exit.DONE)
    here.tell(said("{n} places break a rule."), n=len(report.breaches))
    raise typer.Exit(Exit.REFUSED)


def _with_best_hours(problem: "Problem", plan: "Plan", out: Path | None) -> "Plan":
    """The plan that these postings make. Raises ``FaultsError`` where they name what is unknown."""
    from optimizer.evaluate import evaluate
    from service.atomic import write_whole

    unknown = sorted(
        {p.office for p in plan.postings} - {o.code for o in problem.offices}
        | {str(p.unit) for p in plan.postings} - {str(u.unit) for u in problem.units}
    )
    if unknown:
        fault = Fault(
            said("Postings name what the problem does not have: {names}."),
            said("Use the codes of the problem's offices and units."),
            {"names": ", ".join(unknown)},
        )
        raise FaultsError([fault])
    own = {o.code: o.vehicles for o in problem.offices}
    new = {c.office: c.vehicles - own.get(c.office, 0) for c in plan.crews}
    found = evaluate(
        problem,
        plan.postings,
        open_offices=[o for o in plan.open_offices if o in own],
        new_vehicles={office: n for office, n in new.items() if n > 0},
    )
    # Bounds hold for these postings only: nothing about the plan is proven.
    tiers = tuple(t.model_copy(update={"proven": False}) for t in found.tiers)
    found = found.model_copy(update={"tiers": tiers})
    if out is not None:
        write_whole(out, found.model_dump_json(indent=1).encode())
    return found


def _tell_rules(here: Terminal, report: "AuditReport") -> None:
    from service.locale.goal_words import rule_name
    from service.text_table import text_table

    titles = (said("Rule"), said("Code"), said("Checked"), said("Broken"))
    rows = [
        (
            here.say(rule_name(rule.rule)),
            rule.rule,
            here.words.number(rule.checked),
            here.words.number(rule.broken),
        )
        for rule in report.rules
    ]
    table = text_table([here.say(title) for title in titles], rows, right="  rr")
    here.out.print(table, markup=False, highlight=False)


def _tell_breaches(here: Terminal, problem: "Problem", report: "AuditReport") -> None:
    """Each with the rule's name, its code, what is wrong, where it is and by how much."""
    from service.locale.breach_words import breach_words
    from service.locale.goal_words import rule_name
    from service.locale.terms import UNIT

    places: list[ProblemOffice | ProblemArea] = [*problem.offices, *problem.areas]
    names = {one.code: here.words.name(one) for one in places}
    for breach in report.breaches:
        where = [f"{names.get(c, c)} ({c})" for c in (breach.office, breach.area) if c]
        where += [here.say(UNIT[breach.unit])] if breach.unit else []
        told = breach_words(here.words, breach.rule, breach.what)
        parts = (
            f"{here.say(rule_name(breach.rule))} ({breach.rule}: {breach.what})",
            *([] if told == breach.what else [told]),
            *where,
            here.words.number(breach.amount, 3),
        )
        here.out.print("; ".join(parts), markup=False, highlight=False)


def _tell_goals(here: Terminal, report: "AuditReport", plan: "Plan") -> None:
    """The plan's own figure beside the auditor's; a difference is a breach of ``tiers``."""
    from service.locale.terms import TIER
    from service.text_table import text_table

    declared = {tier.name: tier for tier in plan.tiers}
    titles = (
        said("Goal"),
        said("Value of the plan"),
        said("Value recomputed"),
        said("Bound"),
        said("Proven"),
    )
    rows = []
    for tier in report.tiers:
        own = declared.get(tier.name)
        rows.append(
            (
                here.say(TIER[tier.name]),
                here.words.number(own.value if own else None, 6),
                here.words.number(tier.value, 6),
                here.words.number(own.bound if own else None, 6),
                "" if own is None else here.say(said("yes") if own.proven else said("no")),
            )
        )
    table = text_table([here.say(title) for title in titles], rows, right=" rrr")
    here.out.print(table, markup=False, highlight=False)
