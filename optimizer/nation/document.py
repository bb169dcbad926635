"""What is asked of a country, and what comes back. No person in either."""

from collections import Counter
from typing import Self

from pydantic import Field, model_validator

from geo.places import Code, Document
from optimizer.plan import Plan, Status, TierResult
from optimizer.problem import HireLot, Problem
from optimizer.staff import Gender, Unit


class Governorate(Document):
    """A part of the country that plans by itself: its offices serve no other one's areas."""

    code: Code
    name_ar: str
    name_en: str
    problem: Problem


class Pool(Document):
    """New officers to share out, in lots: a lot goes to one governorate as a whole.

    ``most_lots`` is what one governorate can take in (training, buildings).
    """

    gender: Gender = Gender.WOMAN
    skills: tuple[Unit, ...] = Field(default=(), description="empty: every unit of the problem")
    lot: int = Field(default=1, ge=1, description="officers in a lot")
    lots: int = Field(ge=0)
    most_lots: int = Field(ge=0)

    def given(self, problem: Problem, lots: int) -> Problem:
        """The problem of a governorate that gets so many lots.

        A lot of none is stated too: fairness is then measured by one yardstick for all numbers,
        or a governorate without women would look fair until it gets the first ones.
        """
        skills = self.skills or tuple(u.unit for u in problem.units)
        more = HireLot(gender=self.gender, skills=skills, count=lots * self.lot)
        return problem.model_copy(update={"hires": (*problem.hires, more)})


class Nation(Document):
    """Governorates with one order of goals, and what is shared out among them."""

    title: str = ""
    governorates: tuple[Governorate, ...] = Field(min_length=1)
    pool: Pool

    @model_validator(mode="after")
    def _one_order(self) -> Self:
        faults = [
            f"governorate {code} stands twice"
            for code, times in Counter(g.code for g in self.governorates).items()
            if times > 1
        ]
        order = [t.name for t in self.governorates[0].problem.tiers]
        faults += [
            f"governorate {g.code} orders its goals differently from {self.governorates[0].code}"
            for g in self.governorates
            if [t.name for t in g.problem.tiers] != order
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def in_order(self) -> tuple[Governorate, ...]:
        """By code, so that the order in a file changes nothing."""
        return tuple(sorted(self.governorates, key=lambda g: g.code))


class Share(Document):
    """What a governorate gets, and its plan with that."""

    governorate: Code
    lots: int = Field(ge=0)
    officers: int = Field(ge=0)
    plan: Plan


class NationPlan(Document):
    """The sharing and every governorate's plan.

    ``tiers`` are the country's: sums over governorates, and for fairness the sums of the k largest
    unmet shares of any areas of the country. A bound says what no sharing can beat that is as good
    in the goals before. The tie-break has no meaning for a country and is left out.
    """

    status: Status
    tiers: tuple[TierResult, ...] = ()
    shares: tuple[Share, ...] = ()
    reason: str = ""
    seconds: float = Field(default=0.0, ge=0)
