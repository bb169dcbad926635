"""How a plan stands what may come: named shocks, and weeks drawn from its demand.

A shock is a changed problem (a clan arrives, a bridge closes, women leave). The plan's postings
are kept and only the hours adapt; the regret is what a fresh plan would have reached. Weeks vary
every area's cases as random counts do, and whole days of bad weather or festivals by a factor
common to the governorate: how often does each district get its level of service?
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from geo.places import Code, Document
from optimizer.audit import audit
from optimizer.evaluate import evaluate
from optimizer.explore import Variant, solve_all
from optimizer.indicators import indicators
from optimizer.milp import Milp, engine
from optimizer.plan import Plan, Posting
from optimizer.problem import DemandItem, Problem, TierName
from optimizer.staff import Gender

COMMON_SPREAD = 0.1  # assumption: weeks differ by about 10 % all over the governorate at once


class ShockResult(Document):
    """A shock: goals if postings stay, and if all is planned anew.

    ``broken`` names rules that the postings then break (a woman left alone, say); goals of such
    postings may look better than any legal plan's.
    """

    name: str
    broken: tuple[str, ...] = ()
    kept: dict[TierName, float]
    fresh: dict[TierName, float]
    regret: dict[TierName, float]


class DistrictWeeks(Document):
    """Share of drawn weeks in which a district's served share is at least the level."""

    district: Code
    held: float
    mean_served: float
    worst_served: float


class WeeksResult(Document):
    """What a plan serves in drawn weeks."""

    weeks: int
    level: float
    districts: tuple[DistrictWeeks, ...]


def stress(
    plan: Plan, shocks: Iterable[Variant], *, milp: Milp | None = None, **options: Any
) -> tuple[ShockResult, ...]:
    """Regret of a plan under named shocks; shocks without a legal fresh plan have none of it.

    Staff who leave in a shock leave the plan's postings as well.
    """
    named = tuple(shocks)
    fresh = {a.name: a for a in solve_all(named, **options)}
    results = []
    with engine(milp) as solver:
        for shock in named:
            postings = staying(plan.postings, shock.problem)
            kept = evaluate(shock.problem, postings, open_offices=plan.open_offices, milp=solver)
            before = {t.name: t.value for t in kept.tiers}
            after = (
                {t.name: t.value for t in fresh[shock.name].tiers} if shock.name in fresh else {}
            )
            results.append(
                ShockResult(
                    name=shock.name,
                    broken=_broken(shock.problem, kept),
                    kept=before,
                    fresh=after,
                    regret={t: _regret(t, before[t], after[t]) for t in after if t in before},
                )
            )
    return tuple(results)


def _broken(problem: Problem, plan: Plan) -> tuple[str, ...]:
    return tuple(sorted({b.rule for b in audit(problem, plan).breaches}))


def _regret(tier: TierName, kept: float, fresh: float) -> float:
    return fresh - kept if tier is TierName.WOMEN_ACCESS else kept - fresh


def staying(postings: tuple[Posting, ...], problem: Problem) -> tuple[Posting, ...]:
    """Postings cut down to the staff that a problem has, largest postings first."""
    left = {q: problem.head_count(q) for q in Gender}
    over = {q: sum(p.count for p in postings if p.gender is q) - left[q] for q in Gender}
    kept = []
    for p in sorted(postings, key=lambda p: (-p.count, p.office, p.unit)):
        gone = max(0, min(p.count, over[p.gender]))
        over[p.gender] -= gone
        if p.count > gone:
            kept.append(p.model_copy(update={"count": p.count - gone}))
    return tuple(sorted(kept, key=lambda p: (p.office, p.unit, p.gender)))


def clan_arrives(problem: Problem, area: str, extra: tuple[DemandItem, ...]) -> Variant:
    """More demand in an area: ``extra`` is what ``demand_items`` says of the arrival."""
    items = {(d.area, d.unit, d.term): d for d in problem.demand}
    for more in extra:
        key = (more.area, more.unit, more.term)
        old = items.get(key)
        items[key] = more if old is None else _added(old, more)
    return Variant(
        name=f"clan {area}", problem=problem.model_copy(update={"demand": tuple(items.values())})
    )


def _added(old: DemandItem, more: DemandItem) -> DemandItem:
    return old.model_copy(
        update={
            "hours_week": old.hours_week + more.hours_week,
            "women_hours_week": old.women_hours_week + more.women_hours_week,
            "cases_week": old.cases_week + more.cases_week,
            "women_cases_week": old.women_cases_week + more.women_cases_week,
        }
    )


def women_leave(problem: Problem, count: int) -> Variant:
    """So many women fewer, from the largest groups; two stay where a pair would be broken up."""
    staff = list(problem.staff)
    for _ in range(count):
        women = [n for n, g in enumerate(staff) if g.gender is Gender.WOMAN and g.count]
        if not women:
            break
        n = max(women, key=lambda k: (staff[k].count, staff[k].office))
        staff[n] = staff[n].model_copy(update={"count": staff[n].count - 1})
    kept = tuple(g for g in staff if g.count)
    return Variant(name=f"women leave {count}", problem=problem.model_copy(update={"staff": kept}))


def weeks(
    problem: Problem,
    plan: Plan,
    *,
    number: int = 200,
    level: float = 0.5,
    seed: int = 1,
    milp: Milp | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> WeeksResult:
    """Serve ``number`` seeded weeks with the plan's postings."""
    rng = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    served: dict[str, list[float]] = defaultdict(list)
    with engine(milp) as solver:
        for n in range(number):
            week = drawn_week(problem, rng)
            done = evaluate(week, plan.postings, open_offices=plan.open_offices, milp=solver)
            for d in indicators(week, done).districts:
                served[d.district].append(1 - d.unmet_share)
            if progress is not None:
                progress(n + 1, number)
    return WeeksResult(
        weeks=number,
        level=level,
        districts=tuple(
            DistrictWeeks(
                district=district,
                held=sum(s >= level for s in shares) / len(shares),
                mean_served=sum(shares) / len(shares),
                worst_served=min(shares),
            )
            for district, shares in sorted(served.items())
        ),
    )


def drawn_week(problem: Problem, rng: random.Random) -> Problem:
    """A week of demand: cases vary as Poisson counts do, all terms by a common factor."""
    common = max(0.1, rng.gauss(1.0, COMMON_SPREAD))
    items = []
    for d in problem.demand:
        factor = common
        if d.cases_week > 0:
            factor *= _poisson(rng, d.cases_week) / d.cases_week
        items.append(
            d.model_copy(
                update={
                    name: getattr(d, name) * factor
                    for name in ("hours_week", "women_hours_week", "cases_week", "women_cases_week")
                }
            )
        )
    return problem.model_copy(update={"demand": tuple(items)})


def _poisson(rng: random.Random, mean: float) -> int:
    """Counts by exponential gaps (Knuth); means of a week are small."""
    count, clock = 0, rng.expovariate(1.0)
    while clock < mean:
        count += 1
        clock += rng.expovariate(1.0)
    return count
