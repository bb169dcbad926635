"""The scenario: what the director changes, in words; everything else stays as it is today."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from geo.checks import Fault, FaultsError
from geo.notes import Note, said
from geo.places import Code, Document
from optimizer.problem import DEFAULT_TIERS, TierRule
from optimizer.staff import Gender, Unit

Factor = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Figure = Annotated[float, Field(allow_inf_nan=False)]


def _each_goal_once(tiers: tuple[TierRule, ...]) -> tuple[TierRule, ...]:
    names = [rule.name for rule in tiers]
    if len(set(names)) < len(names):
        raise PydanticCustomError("goal_twice", "a goal stands twice")
    return tiers


Tiers = Annotated[tuple[TierRule, ...], Field(min_length=1), AfterValidator(_each_goal_once)]


class Hires(Document):
    """New officers for a unit; negative counts are people who leave."""

    unit: Unit
    gender: Gender
    count: int = Field(ge=-500, le=5000)


class ClanArrival(Document):
    """Families that may arrive in an area; a whole clan also asks for tribal coordination."""

    area: Code
    families: int = Field(ge=1, le=100_000)
    clan: bool = True


class SitesFrom(StrEnum):
    """Places where a new office may be proposed."""

    SETTLEMENTS = "settlements"  # the seats of the areas
    CELLS = "cells"  # planning cells of the towns as well


class Scenario(Document):
    """A named set of changes to today.

    ``offices_open`` are candidate offices that must open; ``max_opened`` lets the plan choose
    among the other candidates by itself. ``propose_sites`` lets siting find so many new places,
    which are candidates then; unless ``max_opened`` says otherwise all of them may open.
    ``assumptions`` overrides single figures of the demand and of the policies by their key (see
    ``docs/model.md``); an unknown key is refused.

    What no data could make possible is refused here; what these data make impossible (more
    people who leave than there are, a bridge nobody knows) by ``service.assemble.refusals``.
    """

    name: Code = "today"
    title_ar: str = Field(default="", max_length=200)
    title_en: str = Field(default="", max_length=200)
    governorate: Code | None = Field(default=None, description="default: where the offices are")
    hires: tuple[Hires, ...] = ()
    vehicles: int = Field(default=0, ge=0, le=1000)
    offices_open: tuple[Code, ...] = ()
    max_opened: int = Field(default=0, ge=0, le=50)
    propose_sites: int = Field(default=0, ge=0, le=20, description="new sites found by siting")
    propose_from: SitesFrom = SitesFrom.SETTLEMENTS
    arrivals: tuple[ClanArrival, ...] = ()
    crossings_closed: tuple[Code, ...] = ()
    horizon_year: int | None = Field(default=None, ge=2000, le=2100)
    max_moves: int | None = Field(default=None, ge=0)
    women_share_target: float | None = Field(default=None, ge=0, le=1)
    patrol_share_cap: float | None = Field(default=None, gt=0, le=1)
    incident_factor: Factor = 1.0
    arrival_factor: Factor = 1.0
    use_incidents: bool = Field(default=True, description="off: need without the incident layer")
    need_weights: dict[str, Weight] = Field(default_factory=dict)
    assumptions: dict[str, Figure] = Field(default_factory=dict)
    tiers: Tiers = DEFAULT_TIERS
    seed: int = 1

    @property
    def asks_otherwise(self) -> bool:
        """Whether areas may ask for other hours than today."""
        plain = Scenario()
        return any(getattr(self, name) != getattr(plain, name) for name in _OF_DEMAND)


_OF_DEMAND = (
    "arrivals",
    "horizon_year",
    "incident_factor",
    "arrival_factor",
    "use_incidents",
    "need_weights",
    "assumptions",
)


def _hire(unit: Unit, gender: Gender, count: int) -> Hires:
    return Hires(unit=unit, gender=gender, count=count)


def presets() -> Mapping[str, Scenario]:
    """Scenarios a director asks for by name.

    ``clan-qurna`` and ``bridge-closed`` name places of Basra: ``assemble`` refuses them, with
    the remedy, where those places are not loaded.
    """
    found = (
        Scenario(
            name="today",
            title_ar="منتسبو اليوم في أماكن أفضل",
            title_en="Today's people, better placed",
        ),
        Scenario(
            name="ten-women",
            title_ar="عشر ضابطات إضافيات",
            title_en="Ten more women officers",
            hires=(_hire(Unit.WOMEN, Gender.WOMAN, 6), _hire(Unit.REFERRAL, Gender.WOMAN, 4)),
        ),
        Scenario(
            name="fourth-office",
            title_ar="افتتاح مكتب رابع",
            title_en="A fourth office",
            max_opened=1,
        ),
        Scenario(
            name="clan-qurna",
            title_ar="وصول عشيرة من 300 أسرة إلى القرنة",
            title_en="A clan of 300 families arrives in Al-Qurna",
            arrivals=(ClanArrival(area="IQG02Q05N03", families=300),),
        ),
        Scenario(
            name="bridge-closed",
            title_ar="إغلاق جسر التنومة",
            title_en="The Tanuma bridge is closed",
            crossings_closed=("tanuma",),
        ),
        Scenario(
            name="drought",
            title_ar="صيف من الجفاف",
            title_en="A summer of drought",
            arrival_factor=2.0,
        ),
        Scenario(
            name="growth-2031",
            title_ar="نمو السكان حتى عام 2031",
            title_en="Growth to 2031",
            horizon_year=2031,
        ),
        Scenario(
            name="two-women-leave",
            title_ar="مغادرة ضابطتين",
            title_en="Two women officers leave",
            hires=(_hire(Unit.WOMEN, Gender.WOMAN, -2),),
        ),
        Scenario(
            name="women-20",
            title_ar="كم ضابطة تلزم لبلوغ 20% من المنتسبين؟",
            title_en="How many women officers make 20%?",
            women_share_target=0.2,
        ),
        Scenario(
            name="women-30",
            title_ar="كم ضابطة تلزم لبلوغ 30% من المنتسبين؟",
            title_en="How many women officers make 30%?",
            women_share_target=0.3,
        ),
    )
    return {scenario.name: scenario for scenario in found}


def read_scenario(word: str) -> Scenario:
    """Read a preset by name, or a scenario file (JSON).

    Raises ``FaultsError`` that names the file, the field and the remedy.
    """
    known = presets()
    if word in known:
        return known[word]
    path = Path(word)
    if not path.is_file():
        fault = Fault(
            said("No scenario is named {name}."),
            said("Give a scenario file, or one of: {known}."),
            {"name": word, "known": ", ".join(sorted(known))},
        )
        raise FaultsError([fault])
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise FaultsError(scenario_faults(error, path.name)) from None


_WHY = {
    "greater_than_equal": said("it is at least {ge}"),
    "greater_than": said("it is above {gt}"),
    "less_than_equal": said("it is at most {le}"),
    "less_than": said("it is below {lt}"),
    "finite_number": said("it is a number"),
    "int_type": said("it is a whole number"),
    "int_parsing": said("it is a whole number"),
    "int_from_float": said("it is a whole number"),
    "float_type": said("it is a number"),
    "float_parsing": said("it is a number"),
    "bool_type": said("it is true or false"),
    "bool_parsing": said("it is true or false"),
    "string_type": said("it is a text"),
    "string_too_long": said("it has at most {max_length} characters"),
    "string_pattern_mismatch": said("a code has letters, digits, dots, dashes and underscores"),
    "enum": said("it is one of: {expected}"),
    "missing": said("it is missing"),
    "extra_forbidden": said("a scenario has no such field"),
    "too_short": said("it is not empty"),
    "tuple_type": said("it is a list"),
    "dict_type": said("it is a list of keys and values"),
    "goal_twice": said("a goal stands twice"),
    "json_invalid": said("it is no JSON"),
}
"""What a field must be, by pydantic's type of fault; other types keep pydantic's own words."""


_OF_FIELD = said("The field {column} does not hold: {why}.")
_OF_WHOLE = said("The scenario does not hold: {why}.")
_QUOTED = re.compile(r"'([^']*)'")


def scenario_faults(error: ValidationError, file: str = "") -> list[Fault]:
    """Pydantic's complaints as faults that name the field; what was sent is not repeated."""
    return [
        Fault(
            _OF_FIELD if fault["loc"] else _OF_WHOLE,
            said("Correct this field.") if fault["loc"] else said("Correct the scenario."),
            {"column": _field(fault), "why": why_of(fault)},
            column=_field(fault),
            file=file,
        )
        for fault in error.errors(include_url=False, include_input=False)
    ]


def _field(fault: ErrorDetails) -> str:
    return ".".join(map(str, fault["loc"]))


def why_of(fault: ErrorDetails) -> str:
    """What the field must be, without what was sent."""
    message = _WHY.get(fault["type"])
    if message is None:
        return fault["msg"]
    told = dict(fault.get("ctx", {}))
    if "expected" in told:  # pydantic joins the words of a choice in English
        told["expected"] = " / ".join(_QUOTED.findall(str(told["expected"])))
    return Note(message, **told)
