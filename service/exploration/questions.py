"""The questions that an exploration asks, each a closed document with the CLI's own limits."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from geo.places import Code, Document
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit


class Traded(StrEnum):
    """What a frontier trades a goal against."""

    MOVES = "moves"
    FAIRNESS = "fairness"


Goal = Annotated[TierName, Field(description="the goal that the sentence is about")]


class AskWorth(Document):
    """What one more woman, man, vehicle or candidate office brings."""

    what: Literal["worth"] = "worth"
    goal: Goal = TierName.UNMET


class AskCurve(Document):
    """The goals with 0, 1, 2 ... new officers."""

    what: Literal["curve"] = "curve"
    goal: Goal = TierName.UNMET
    most: int = Field(default=20, ge=1, le=500, description="up to so many new officers")
    gender: Gender = Field(default=Gender.WOMAN, description="who is hired")
    skills: tuple[Unit, ...] = Field(
        default=(), max_length=len(Unit), description="units they can serve; none: every unit"
    )


class AskFrontier(Document):
    """What one goal costs another."""

    what: Literal["frontier"] = "frontier"
    goal: Goal = TierName.UNMET
    of: Traded = Field(default=Traded.MOVES, description="what is traded")
    most: int = Field(default=20, ge=1, le=5000, description="most moves")
    step: int = Field(default=4, ge=1, le=1000, description="moves from point to point")


class AskAlternatives(Document):
    """Other plans, nearly as good and clearly different."""

    what: Literal["alternatives"] = "alternatives"
    most: int = Field(default=3, ge=1, le=20, description="so many other plans at most")
    within: float = Field(default=0.01, ge=0, le=1, description="share of a goal to give")
    different: int = Field(
        default=4, ge=1, le=10_000, description="officers and postings that differ at least"
    )
    more_moves: int = Field(default=0, ge=0, le=5000, description="moves beyond the plan's")


class AskStress(Document):
    """How the plan's postings stand shocks and drawn weeks."""

    what: Literal["stress"] = "stress"
    goal: Goal = TierName.UNMET
    weeks: int = Field(default=0, ge=0, le=5000, description="also so many drawn weeks")
    level: float = Field(default=0.5, ge=0, le=1, description="share served to hold")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="of the drawn weeks")


class AskRobust(Document):
    """Postings for several futures: best on average, in the worst, least to be sorry for."""

    what: Literal["robust"] = "robust"
    goal: Literal[
        TierName.WOMEN_ACCESS, TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL, TierName.UNMET
    ] = Field(default=TierName.UNMET, description="the goal that is held against the futures")
    shocks: tuple[Code, ...] = Field(
        default=(), max_length=9, description="names of shocks; none: all that fit the data"
    )
    drawn: int = Field(default=0, ge=0, le=9, description="drawn weeks that are futures as well")
    likely: float = Field(
        default=0.5, ge=0.01, le=0.99, description="probability that things stay as planned"
    )
    weeks: int = Field(default=0, ge=0, le=5000, description="weeks drawn to test the decisions")
    level: float = Field(default=0.5, ge=0, le=1, description="share served to hold")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="of the drawn weeks")


class AskYears(Document):
    """Year by year; each year starts from the postings before."""

    what: Literal["years"] = "years"
    goal: Goal = TierName.UNMET
    number: int = Field(default=5, ge=1, le=25, description="years after this one")
    first: int | None = Field(default=None, ge=2000, le=2075, description="default: now")
    women: int = Field(default=0, ge=0, le=500, description="women recruited a year")
    men: int = Field(default=0, ge=0, le=500, description="men recruited a year")
    training: int = Field(default=1, ge=0, le=10, description="years of training")

    @property
    def begin(self) -> int:
        """The first year, the office's own where none was given."""
        return self.first or datetime.now().year  # noqa: DTZ005 (the office's own year)


class AskWhyNot(Document):
    """What every goal loses if a candidate office is opened all the same."""

    what: Literal["why-not"] = "why-not"
    office: Code = Field(description="code of a candidate office")


Question = Annotated[
    AskWorth
    | AskCurve
    | AskFrontier
    | AskAlternatives
    | AskStress
    | AskRobust
    | AskYears
    | AskWhyNot,
    Field(discriminator="what"),
]
QUESTIONS: dict[str, type[Document]] = {
    kind.model_fields["what"].default: kind
    for kind in (
        AskWorth,
        AskCurve,
        AskFrontier,
        AskAlternatives,
        AskStress,
        AskRobust,
        AskYears,
        AskWhyNot,
    )
}
