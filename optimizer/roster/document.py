"""Words of the roster: days, duties, what is assumed about them, and what is lacking."""

from enum import StrEnum

from pydantic import Field

from geo.places import Code, Document
from optimizer.problem import Assumption
from optimizer.staff import Gender, Shift, Unit


class Weekday(StrEnum):
    """Days of the week as offices in Iraq count them: from Sunday to Saturday."""

    SUNDAY = "sunday"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"


WEEK = tuple(Weekday)
DAY_NUMBER = {day: n for n, day in enumerate(WEEK)}
FRIDAY = DAY_NUMBER[Weekday.FRIDAY]
_LEFT_FREE_FIRST = (5, 6, 4, 3, 2, 1)  # Friday, then Saturday, then from the week's end
MORNING_H, EVENING_H = 6, 18


class RosterRules(Document):
    """What a week may hold; each an assumption until the office gives its own."""

    hours_week: float = Field(default=40.0, gt=0, description="most hours of duty in a week")
    rest_h: float = Field(default=11.0, ge=0, description="least hours between two duties")
    days_off: int = Field(default=2, ge=0, le=6, description="days without duty in a week")

    def as_assumptions(self) -> tuple[Assumption, ...]:
        """Each figure with its reason, for the page."""
        return (
            _assumed("roster.hours_week", self.hours_week, "h", "2,080 hours a year in 52 weeks"),
            _assumed(
                "roster.rest_h",
                self.rest_h,
                "h",
                "no Iraqi norm for police was found; 11 hours is the daily rest of the European "
                "directive 2003/88/EC, article 3",
            ),
            _assumed(
                "roster.days_off", self.days_off, "days", "as many as the public weekend of Iraq"
            ),
        )


def _assumed(key: str, value: float, unit: str, reason: str) -> Assumption:
    return Assumption(key=key, value=value, unit=unit, reason=reason, source="assumption")


class Duty(Document):
    """One post on one shift of one day."""

    week: int = Field(ge=1)
    day: Weekday
    shift: Code
    office: Code
    unit: Unit
    post: Code
    gender: Gender
    hours: float = Field(gt=0)


class RosterLackKind(StrEnum):
    """What a shift of a day can lack although the plan posts people to it."""

    NO_COUNSELLOR = "no_counsellor"  # the referral centre, whose plan has counsellors there
    BELOW_TWO = "below_two"
    NO_WOMAN = "no_woman"  # the plan has women in this shift, but not enough for every day
    LONE_WOMAN = "lone_woman"  # the plan has one woman in this shift
    CREW_SHORT = "crew_short"  # officers missing to the plan's patrol crews


class RosterLack(Document):
    """A named lack: ``amount`` officers that are missing (women, for the women's lacks)."""

    kind: RosterLackKind
    week: int = Field(ge=1)
    day: Weekday
    shift: Code
    office: Code
    amount: int = Field(ge=1)


class RosterGoal(Document):
    """What one office's goal came to; ``proven`` when nothing better exists."""

    office: Code
    name: str
    value: float
    proven: bool


class LateGap(Document):
    """Most evening and night duties of a post of one posting less the fewest, over all weeks."""

    office: Code
    unit: Unit
    gender: Gender
    duties: int = Field(ge=0)


class Roster(Document):
    """Duties sorted by office, week, day, shift, unit and post."""

    schema_version: int = 1
    problem_digest: str
    weeks: int = Field(ge=1)
    rules: RosterRules
    duties: tuple[Duty, ...]
    lacks: tuple[RosterLack, ...] = ()
    goals: tuple[RosterGoal, ...] = ()
    late_gaps: tuple[LateGap, ...] = ()
    reason: str = Field(default="", description="why there are no duties, if there are none")


def manned_days(shift: Shift) -> tuple[int, ...]:
    """Days on which a shift runs, by number; Fridays are the first to be left out."""
    return tuple(d for d in range(7) if d not in _LEFT_FREE_FIRST[: 7 - shift.days_week])


def unsocial(shift: Shift) -> bool:
    """Whether the middle of the shift lies in the evening or the night."""
    middle = (shift.start_hour + shift.hours / 2) % 24
    return not MORNING_H <= middle < EVENING_H


def hours_between(first: tuple[int, Shift], second: tuple[int, Shift]) -> float:
    """Hours from the end of a duty to the start of a later one; days counted from any day."""
    day, shift = first
    later, other = second
    return (later - day) * 24 + other.start_hour - shift.start_hour - shift.hours
