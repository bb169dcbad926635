"""Words of visiting days: trips, stops, what they serve, and what is assumed about them."""

from pydantic import Field

from geo.places import Code, Document
from optimizer.plan import Shortfall
from optimizer.problem import AreaTravel, Assumption
from optimizer.roster.document import Weekday
from optimizer.staff import Unit

WORKING_DAYS = (
    Weekday.SUNDAY,
    Weekday.MONDAY,
    Weekday.TUESDAY,
    Weekday.WEDNESDAY,
    Weekday.THURSDAY,
)


class SetAside(Document):
    """Hours a week that the director keeps for visits although daily work asks for them."""

    office: Code
    unit: Unit
    hours_week: float = Field(ge=0)
    women_hours_week: float = Field(default=0.0, ge=0, description="of these, of women officers")


class VisitRules(Document):
    """How visits are made; each figure an assumption until the office gives its own."""

    crew: int = Field(default=2, ge=1, description="officers on a trip")
    day_h: float = Field(default=8.0, gt=0, description="longest trip, road included")
    stay_h: float = Field(default=1.0, gt=0, description="shortest stay at a stop")
    most_stops: int = Field(default=3, ge=1, le=4)
    cycle_weeks: int = Field(default=4, ge=1, le=13, description="weeks after which it repeats")
    weekdays: tuple[Weekday, ...] = Field(default=WORKING_DAYS, min_length=1)
    set_aside: tuple[SetAside, ...] = ()

    def as_assumptions(self) -> tuple[Assumption, ...]:
        """Each figure with its reason, for the page."""
        reasons = (
            ("crew", float(self.crew), "officers", "nobody travels alone; women in pairs"),
            ("day_h", self.day_h, "h", "there and back within one shift of 8 hours"),
            ("stay_h", self.stay_h, "h", "less than an hour is not worth the road"),
            ("most_stops", float(self.most_stops), "stops", "neighbours on one road, in one day"),
            ("cycle_weeks", float(self.cycle_weeks), "weeks", "forums meet monthly (IOM 2022)"),
        )
        return tuple(
            Assumption(
                key=f"visits.{key}", value=value, unit=unit, reason=reason, source="assumption"
            )
            for key, value, unit, reason in reasons
        )


class Stop(Document):
    """A stay in an area; served hours are officer-hours, ``site_h`` is the clock's."""

    area: Code
    site_h: float = Field(gt=0)
    served_hours: float = Field(ge=0)
    women_hours: float = Field(default=0.0, ge=0, description="of these, demand that needs women")


class Trip(Document):
    """One crew's day: from its office, to the stops in their order, and back."""

    week: int = Field(ge=1)
    day: Weekday
    office: Code
    unit: Unit
    women_crew: bool = Field(description="all of the crew are women officers")
    officers: int = Field(ge=1)
    road_min: float = Field(ge=0, description="the whole round")
    stops: tuple[Stop, ...] = Field(min_length=1)

    @property
    def hours(self) -> float:
        """Length of the day by the clock."""
        return self.road_min / 60 + sum(s.site_h for s in self.stops)


class VisitService(Document):
    """What an area beyond reach asks of a unit, and what the visits give, a week on average."""

    area: Code
    unit: Unit
    hours_week: float
    served_hours_week: float
    women_hours_week: float
    women_served_hours_week: float
    visits_cycle: int = Field(ge=0)


class VisitGoal(Document):
    """What a goal came to and could come to at best; proven within one percent."""

    name: str
    value: float
    bound: float | None = None
    proven: bool


class VisitPlan(Document):
    """Trips by week, day, office and unit; a shortfall's ``rule`` says why it remains.

    Reasons: ``no_way`` (no road to it from an open office), ``no_crew`` (no open office has the
    officers), ``too_far`` (there and back and a stay are longer than the day), ``no_hours``
    (daily work takes what there is).
    """

    schema_version: int = 1
    problem_digest: str
    rules: VisitRules
    between: tuple[AreaTravel, ...] = ()
    trips: tuple[Trip, ...] = ()
    service: tuple[VisitService, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    goals: tuple[VisitGoal, ...] = ()
