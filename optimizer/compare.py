"""Two plans of one problem side by side: what changes, where, and whom it moves."""

from pydantic import Field

from geo.places import Code, Document
from optimizer.audit import audit
from optimizer.indicators import Indicators, indicators
from optimizer.instance import GENDERS, UNIT_ORDER
from optimizer.plan import Plan
from optimizer.problem import Problem, TierName
from optimizer.staff import Gender, Unit


class PostingChange(Document):
    """Officers of a posting under both plans, where they differ."""

    office: Code
    unit: Unit
    gender: Gender
    before: int
    after: int


class DistrictChange(Document):
    """Unmet shares of a district under both plans (all its demand; women's demand)."""

    district: Code
    before: float
    after: float
    women_before: float
    women_after: float


class TierChange(Document):
    """A goal under both plans. ``better`` counts for ``after``; small differences are none."""

    name: TierName
    before: float
    after: float
    better: bool | None


class Comparison(Document):
    """``before`` and ``after`` by the auditor's own figures."""

    before: Indicators
    after: Indicators
    before_breaches: int = Field(ge=0)
    after_breaches: int = Field(ge=0)
    tiers: tuple[TierChange, ...]
    districts: tuple[DistrictChange, ...]
    postings: tuple[PostingChange, ...]
    officers_changed: int = Field(ge=0, description="officers whom some posting gains")


def compare(problem: Problem, before: Plan, after: Plan) -> Comparison:
    """Differences of two plans; any plans, legal or not."""
    first, second = audit(problem, before), audit(problem, after)
    one, two = indicators(problem, before), indicators(problem, after)
    postings = _postings(before, after)
    other = {t.name: t for t in second.tiers}
    return Comparison(
        before=one,
        after=two,
        before_breaches=len(first.breaches),
        after_breaches=len(second.breaches),
        tiers=tuple(
            TierChange(
                name=t.name,
                before=t.value,
                after=other[t.name].value,
                better=_better(t.name, t.value, other[t.name].value),
            )
            for t in first.tiers
            if t.name in other
        ),
        districts=tuple(
            DistrictChange(
                district=a.district,
                before=a.unmet_share,
                after=b.unmet_share,
                women_before=a.women_unmet_share,
                women_after=b.women_unmet_share,
            )
            for a, b in zip(one.districts, two.districts, strict=True)
        ),
        postings=postings,
        officers_changed=sum(max(0, c.after - c.before) for c in postings),
    )


def _better(name: TierName, before: float, after: float) -> bool | None:
    if abs(before - after) <= 1e-6 * max(1.0, abs(before)):
        return None
    return (after > before) is (name is TierName.WOMEN_ACCESS)


def _postings(before: Plan, after: Plan) -> tuple[PostingChange, ...]:
    one = {(p.office, p.unit, p.gender): p.count for p in before.postings}
    two = {(p.office, p.unit, p.gender): p.count for p in after.postings}
    keys = sorted(
        one.keys() | two.keys(), key=lambda k: (k[0], UNIT_ORDER[k[1]], GENDERS.index(k[2]))
    )
    return tuple(
        PostingChange(
            office=o, unit=u, gender=q, before=one.get((o, u, q), 0), after=two.get((o, u, q), 0)
        )
        for o, u, q in keys
        if one.get((o, u, q), 0) != two.get((o, u, q), 0)
    )
