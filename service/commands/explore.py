"""``mizan explore``: questions around a plan, solved side by side, kept, and gone on with."""

from typing import Annotated, get_args

import typer

from optimizer.problem import TierName
from optimizer.staff import Gender
from service.commands.explorer import command
from service.exploration.questions import (
    AskAlternatives,
    AskCurve,
    AskFrontier,
    AskRobust,
    AskStress,
    AskWhyNot,
    AskWorth,
    AskYears,
    Traded,
)

Goal = Annotated[TierName, typer.Option(help="The goal that the sentence is about.")]
Weeks = Annotated[int, typer.Option(min=0, max=5000, help="Also so many drawn weeks.")]
Level = Annotated[float, typer.Option(min=0, max=1, help="Share served to hold.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Of the drawn weeks.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="What one more is worth, how far hiring pays, what goals cost each other, and more. "
        "Answers are kept: the same command goes on where it was stopped.",
    )
    for make in (worth, curve, frontier, alternatives, stress, robust, years, why_not):
        group.command(make.__name__.replace("_", "-"))(command(make))
    app.add_typer(group, name="explore")


def worth(goal: Goal = TierName.UNMET) -> AskWorth:
    """What one more woman, man, vehicle or candidate office brings, and where it goes."""
    return AskWorth(goal=goal)


def curve(
    goal: Goal = TierName.UNMET,
    most: Annotated[int, typer.Option(min=1, max=500, help="Up to so many new officers.")] = 20,
    gender: Annotated[Gender, typer.Option(help="Who is hired.")] = Gender.WOMAN,
) -> AskCurve:
    """How far hiring pays: the goals with 0, 1, 2 ... new officers, and the knee."""
    return AskCurve(goal=goal, most=most, gender=gender)


def frontier(
    goal: Goal = TierName.UNMET,
    of: Annotated[Traded, typer.Option(help="What is traded.")] = Traded.MOVES,
    most: Annotated[int, typer.Option(min=1, max=5000, help="Most moves.")] = 20,
    step: Annotated[int, typer.Option(min=1, max=1000, help="Moves from point to point.")] = 4,
) -> AskFrontier:
    """What one goal costs another: a goal against moves, or against fairness."""
    return AskFrontier(goal=goal, of=of, most=most, step=step)


def alternatives(
    most: Annotated[int, typer.Option(min=1, max=20, help="So many other plans at most.")] = 3,
    within: Annotated[float, typer.Option(min=0, max=1, help="Share of a goal to give.")] = 0.01,
    different: Annotated[
        int, typer.Option(min=1, max=10_000, help="Officers and postings that differ at least.")
    ] = 4,
    more_moves: Annotated[
        int, typer.Option(min=0, max=5000, help="Moves beyond the plan's that are allowed.")
    ] = 0,
) -> AskAlternatives:
    """Other plans that are nearly as good in every goal and clearly different."""
    return AskAlternatives(most=most, within=within, different=different, more_moves=more_moves)


def stress(
    goal: Goal = TierName.UNMET, weeks: Weeks = 0, level: Level = 0.5, seed: Seed = 1
) -> AskStress:
    """How the plan's postings stand shocks: a clan arrives, a bridge closes, women leave."""
    return AskStress(goal=goal, weeks=weeks, level=level, seed=seed)


def robust(
    goal: Annotated[
        TierName, typer.Option(help="The goal that is held against the futures.")
    ] = TierName.UNMET,
    shock: Annotated[
        list[str] | None, typer.Option(help="Name of a shock; repeat it. Default: all that fit.")
    ] = None,
    drawn: Annotated[
        int, typer.Option(min=0, max=9, help="So many drawn weeks are futures as well.")
    ] = 0,
    likely: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Probability that things stay as planned.")
    ] = 0.5,
    weeks: Annotated[
        int, typer.Option(min=0, max=5000, help="So many other weeks test the decisions.")
    ] = 0,
    level: Level = 0.5,
    seed: Seed = 1,
) -> AskRobust:
    """One plan for several futures: best on average, best in the worst, least to be sorry for."""
    known = get_args(AskRobust.model_fields["goal"].annotation)
    if goal not in known:
        raise typer.BadParameter(f"{goal}: {', '.join(known)}", param_hint="--goal")
    return AskRobust.model_validate(
        {
            "goal": goal,
            "shocks": shock or (),
            "drawn": drawn,
            "likely": likely,
            "weeks": weeks,
            "level": level,
            "seed": seed,
        }
    )


def years(
    goal: Goal = TierName.UNMET,
    number: Annotated[int, typer.Option(min=1, max=25, help="Years after this one.")] = 5,
    first: Annotated[int | None, typer.Option(min=2000, max=2075, help="Default: now.")] = None,
    women: Annotated[int, typer.Option(min=0, max=500, help="Women recruited a year.")] = 0,
    men: Annotated[int, typer.Option(min=0, max=500, help="Men recruited a year.")] = 0,
    training: Annotated[int, typer.Option(min=0, max=10, help="Years of training.")] = 1,
) -> AskYears:
    """Year by year: need grows, recruits join, each year starts from the postings before."""
    return AskYears(goal=goal, number=number, first=first, women=women, men=men, training=training)


def why_not(
    office: Annotated[str, typer.Argument(help="Code of a candidate office.")],
) -> AskWhyNot:
    """Why a candidate office is not in the plan: what every goal loses if it is opened."""
    return AskWhyNot(office=office)
