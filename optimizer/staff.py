"""Words of the staff: units, genders, shifts, posts. Posts have numbers, never names."""

from enum import StrEnum

from pydantic import Field

from geo.places import Code, Document


class Unit(StrEnum):
    """What an officer is posted to do."""

    PATROL = "patrol"
    OUTREACH = "outreach"
    TRIBAL = "tribal"  # tribal coordination
    WOMEN = "women"  # women's engagement
    REFERRAL = "referral"  # counsellors of the referral centre


BASIC_UNIT = Unit.OUTREACH
"""What everybody learns with the basic training of community police."""
EXPERIENCED_UNITS = frozenset({Unit.TRIBAL, Unit.WOMEN, Unit.REFERRAL})
"""Work that rests on trust and practice: who serves today comes before a recruit."""


class Gender(StrEnum):
    """Of an officer; women officers are the scarce resource the product is about."""

    WOMAN = "woman"
    MAN = "man"


class Shift(Document):
    """A daily stretch of duty; ``days_week`` says on how many days it is manned."""

    code: Code
    name_ar: str
    name_en: str
    start_hour: int = Field(ge=0, le=23)
    hours: float = Field(gt=0, le=24)
    days_week: int = Field(default=7, ge=1, le=7)


class Post(Document):
    """One established post and where it stands today.

    ``skills`` are the units its holder can serve (the own unit always among them); ``home`` is
    the sub-district its holder comes from, if known; a ``locked`` post stays where it is.
    """

    code: Code
    office: Code
    unit: Unit
    gender: Gender
    skills: tuple[Unit, ...] = ()
    home: Code | None = None
    locked: bool = False


class StaffGroup(Document):
    """Interchangeable staff: same office, unit, gender, skills and lock."""

    office: Code
    unit: Unit
    gender: Gender
    skills: tuple[Unit, ...]
    locked: bool = False
    count: int = Field(ge=0)
