"""The answer: a plan with its proof, its price and its shortfalls in words of the domain."""

from enum import StrEnum

from pydantic import Field

from geo.places import Code, Document
from optimizer.problem import TierName
from optimizer.staff import Gender, Unit


class Status(StrEnum):
    """What is known about a problem; a broken solver is an exception, not a status."""

    PROVEN = "proven"  # every tier has bound = value
    FEASIBLE = "feasible"  # a legal plan, not proven best
    INFEASIBLE = "infeasible"  # proven: no legal plan exists
    UNKNOWN = "unknown"  # no plan found within the limits, nothing proven


class Posting(Document):
    """Officers of a gender posted to a unit of an office; zero counts are not listed."""

    office: Code
    unit: Unit
    gender: Gender
    count: int = Field(ge=1)


class Transfer(Document):
    """Staff who leave a posting for another; without an origin they are new officers.

    Counts of interchangeable staff, never persons. The sum over transfers with an origin is
    the number of moves.
    """

    gender: Gender
    skills: tuple[Unit, ...]
    from_office: Code | None = None
    from_unit: Unit | None = None
    to_office: Code
    to_unit: Unit
    count: int = Field(ge=1)


class ShiftPosting(Document):
    """Officers of a posting who work a shift.

    The counts of a posting add up to the posting. On an average day
    ``count * hours_week / (shift hours * days)`` of them are on duty.
    """

    office: Code
    unit: Unit
    shift: Code
    gender: Gender
    count: int = Field(ge=1)


class Flow(Document):
    """Officer-hours a week that an office gives an area.

    ``women_hours_week`` is the part given by women to demand that needs them;
    ``call_hours_week`` the part of patrol work that answers calls (the rest is presence),
    ``women_call_hours_week`` the part that is both.
    """

    area: Code
    office: Code
    unit: Unit
    hours_week: float = Field(ge=0)
    women_hours_week: float = Field(default=0.0, ge=0)
    call_hours_week: float = Field(default=0.0, ge=0)
    women_call_hours_week: float = Field(default=0.0, ge=0)


class Crews(Document):
    """Patrol crews that an office keeps on the road in every manned hour, and its vehicles."""

    office: Code
    crews: int = Field(ge=0)
    vehicles: int = Field(ge=0)


class ShortfallKind(StrEnum):
    """Named, measured lacks; never hidden in a total."""

    OUT_OF_REACH = "out_of_reach"  # an area no office reaches for a unit
    NO_WOMAN_IN_REACH = "no_woman_in_reach"
    UNMET_HOURS = "unmet_hours"
    UNMET_WOMEN_HOURS = "unmet_women_hours"
    SHIFT_WITHOUT_WOMEN = "shift_without_women"
    SHIFT_BELOW_TWO = "shift_below_two"
    POLICY = "policy"  # an elastic policy rule that had to bend


class Shortfall(Document):
    """A lack: what, where, how much. ``message`` is a catalogue key, filled from the fields."""

    kind: ShortfallKind
    amount: float
    measure: str = Field(description="unit of amount, such as hours_week or cases_week")
    area: Code | None = None
    office: Code | None = None
    unit: Unit | None = None
    shift: Code | None = None
    rule: str = ""


class TierPart(Document):
    """One step of a goal that has several: the sum of the k largest unmet shares."""

    k: int = Field(ge=1)
    value: float
    bound: float
    proven: bool


class TierResult(Document):
    """One goal: the value reached, what was proven about it, and the time it took.

    Fairness has ``parts`` for k = 1, 2, 3; its ``value`` and ``bound`` are those of the worst
    area (k = 1), its ``gap`` the largest of the parts, and it is proven if all of them are.
    """

    name: TierName
    value: float
    bound: float
    gap: float = Field(ge=0, description="absolute distance of value and bound")
    seconds: float = Field(ge=0)
    proven: bool
    words: str = ""
    parts: tuple[TierPart, ...] = ()


class Lead(Document):
    """The office that gives an area most of its hours: whom to call."""

    area: Code
    office: Code
    hours_week: float
    share: float = Field(ge=0, le=1)


class Plan(Document):
    """What is proposed. Lists are sorted by their keys, so that equal plans are equal bytes."""

    schema_version: int = 1
    status: Status
    method: str = Field(description="postings-mip, greedy, today, edited, ...")
    problem_digest: str
    data_version: str = ""
    seed: int = 1
    versions: dict[str, str] = Field(default_factory=dict)
    tiers: tuple[TierResult, ...] = ()
    open_offices: tuple[Code, ...] = ()
    postings: tuple[Posting, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    crews: tuple[Crews, ...] = ()
    flows: tuple[Flow, ...] = ()
    leads: tuple[Lead, ...] = ()
    shifts: tuple[ShiftPosting, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    seconds: float = 0.0

    def canonical_bytes(self) -> bytes:
        """The plan as JSON without its clock: equal questions give equal bytes."""
        tiers = tuple(tier.model_copy(update={"seconds": 0.0}) for tier in self.tiers)
        return self.model_copy(update={"tiers": tiers, "seconds": 0.0}).model_dump_json().encode()


class Outcome(Document):
    """What a solver hands back: a plan or none, and why."""

    status: Status
    plan: Plan | None = None
    reason: str = ""
    broken_rules: tuple[str, ...] = ()
