"""``mizan audit``: every rule and every goal of a plan, recomputed without a solver."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from optimizer.audit import AuditReport
    from optimizer.plan import Plan


def register(app: typer.Typer) -> None:
    app.command("audit")(audit_files)


def audit_files(
    context: typer.Context,
    problem: Annotated[Path, typer.Argument(help="problem.json")],
    plan: Annotated[Path, typer.Argument(help="plan.json, of a solver or edited by hand")],
) -> None:
    """Check a plan against its problem; ends with 0 when no rule is broken, else with 1."""
    from optimizer.audit import audit
    from service.exports.documents import read_plan, read_problem

    here = terminal(context)
    asked, given = read_problem(problem), read_plan(plan)
    report = audit(asked, given)
    _tell_rules(here, report)
    _tell_goals(here, report, given)
    for breach in report.breaches:
        place = " ".join(filter(None, (breach.office, breach.area, breach.unit)))
        here.out.print(
            f"{breach.rule}: {breach.what} {place} {breach.amount:g}", markup=False, highlight=False
        )
    if report.passed:
        here.tell(said("No rule is broken."))
        raise typer.Exit(Exit.DONE)
    here.tell(said("{n} places break a rule."), n=len(report.breaches))
    raise typer.Exit(Exit.REFUSED)


def _tell_rules(here: Terminal, report: "AuditReport") -> None:
    from service.text_table import text_table

    titles = (said("Rule"), said("Checked"), said("Broken"))
    rows = [(rule.rule, str(rule.checked), str(rule.broken)) for rule in report.rules]
    table = text_table([here.say(title) for title in titles], rows, right=" rr")
    here.out.print(table, markup=False, highlight=False)


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
