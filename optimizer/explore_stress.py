"""How a plan stands what may come: named shocks.

A shock is a changed problem (a clan arrives, a bridge closes, women leave). The plan's postings
are kept and only the hours adapt; the regret is what a fresh plan would have reached.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from geo.places import Document
from optimizer.audit import audit
from optimizer.evaluate import evaluate
from optimizer.explore import Variant, solve_all
from optimizer.milp import Milp
from optimizer.plan import Plan, Posting
from optimizer.problem import DemandItem, Problem, TierName
from optimizer.side_by_side import Kept, Pieces, done_side_by_side
from optimizer.staff import Gender


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


class Settled(Document):
    """Postings, offices and vehicles that stay whatever comes."""

    postings: tuple[Posting, ...]
    open_offices: tuple[str, ...]
    new_vehicles: dict[str, int]

    def measured(self, problem: Problem, milp: Milp) -> Plan:
        """The best hours that they can give a problem."""
        return evaluate(
            problem,
            self.postings,
            open_offices=self.open_offices,
            new_vehicles=self.new_vehicles,
            milp=milp,
        )


def settled(problem: Problem, plan: Plan) -> Settled:
    """What stays of a plan of this problem."""
    own = {o.code: o.vehicles for o in problem.offices}
    more = {c.office: c.vehicles - own.get(c.office, 0) for c in plan.crews}
    return Settled(
        postings=plan.postings,
        open_offices=plan.open_offices,
        new_vehicles={office: n for office, n in sorted(more.items()) if n > 0},
    )


class Held(Document):
    """A question: these postings under this problem."""

    problem: Problem
    stays: Settled


def _measured(asked: Held, milp: Milp) -> Plan:
    return asked.stays.measured(asked.problem, milp)


def _held_key(asked: Held) -> str:
    said = f"held {asked.problem.digest} {asked.stays.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()


HELD = Pieces(_measured, Plan, _held_key)


def stress(
    problem: Problem,
    plan: Plan,
    shocks: Iterable[Variant],
    *,
    parts: Kept | None = None,
    **options: Any,
) -> tuple[ShockResult, ...]:
    """Regret of a plan of ``problem`` under named shocks; without a legal fresh plan, none of it.

    Staff who leave in a shock leave the plan's postings as well. ``options`` are those of
    ``solve_all``; ``parts`` keeps what the postings came to under each shock.
    """
    named = tuple(shocks)
    fresh = {a.name: a for a in solve_all(named, **options)}
    stays = settled(problem, plan)
    held = done_side_by_side(
        HELD,
        [
            Held(
                problem=shock.problem,
                stays=stays.model_copy(update={"postings": staying(stays.postings, shock.problem)}),
            )
            for shock in named
        ],
        workers=int(options.get("workers", 1)),
        kept=parts,
        cancelled=options.get("cancelled", lambda: False),
    )
    return tuple(
        _result(shock, kept, {t.name: t.value for t in fresh[shock.name].tiers})
        for shock, kept in zip(named, held, strict=True)
        if shock.name in fresh
    )


def _result(shock: Variant, kept: Plan, after: dict[TierName, float]) -> ShockResult:
    before = {t.name: t.value for t in kept.tiers}
    return ShockResult(
        name=shock.name,
        broken=_broken(shock.problem, kept),
        kept=before,
        fresh=after,
        regret={t: _regret(t, before[t], after[t]) for t in after if t in before},
    )


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
