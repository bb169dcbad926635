"""What one more is worth: one woman, man, vehicle, office more; and how far hiring pays."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import Field

from geo.places import Code, Document, OfficeKind
from optimizer.audit_facts import Facts
from optimizer.audit_tiers import figures
from optimizer.explore import Answer, Variant, solve_all
from optimizer.instance import Instance
from optimizer.plan import Plan, Posting, Status
from optimizer.problem import HireLot, Problem, TierName
from optimizer.served import Served, served
from optimizer.staff import Gender, Unit
from optimizer.tiers import FAIRNESS

FLAT = 1e-9
OFFICERS = tuple(gender.value for gender in Gender)


class Gain(Document):
    """A goal before and after; ``gain`` is positive when things get better."""

    tier: TierName
    before: float
    after: float
    gain: float


class Worth(Document):
    """What one more of something brings, and where the plan puts it."""

    name: str
    status: Status
    gains: tuple[Gain, ...] = ()
    office: Code | None = Field(default=None, description="where it goes")
    unit: Unit | None = None
    before: Served | None = None
    after: Served | None = None


class CurvePoint(Document):
    """The goals with so many hires."""

    hires: int
    status: Status
    values: dict[TierName, float]
    served: Served | None = None


class StaffingCurve(Document):
    """Hires against goals. ``knee`` by tier: after so many hires each further one brings less."""

    points: tuple[CurvePoint, ...]
    knee: dict[TierName, int]


def worth(problem: Problem, base: Plan, **options: Any) -> tuple[Worth, ...]:
    """One more woman, man, vehicle, and each candidate office, against the proven ``base``.

    New officers can serve every unit of the problem. ``options`` are those of ``solve_all``. Where
    one would bring a skill that nobody has, ``base`` is measured with the demand for it as well:
    against a shorter list of demand, hiring would read as unfair.
    """
    variants = tuple(_one_more(problem))
    answers = solve_all(variants, warm=base, **options)
    asked = {variant.name: variant.problem for variant in variants}
    before = served(problem, base)
    return tuple(
        _worth(
            base,
            _measured_alike(problem, base, answer.name),
            before,
            answer,
            asked[answer.name],
        )
        for answer in answers
    )


def counts_more(problem: Problem, gender: Gender, skills: tuple[Unit, ...] = ()) -> bool:
    """Whether new officers could serve demand that nobody can now, so that fairness counts more."""
    asked = hired(problem, gender, 0, skills)
    return Instance(asked).fair_streams != Instance(problem).fair_streams


def _measured_alike(problem: Problem, base: Plan, name: str) -> dict[TierName, float]:
    """The goals of ``base`` by the yardstick of the answer: what its officer could serve counts."""
    goals = {tier.name: tier.value for tier in base.tiers}
    if name not in OFFICERS:
        return goals
    now = figures(Facts(hired(problem, Gender(name), 0), base))
    return goals | {tier: now[tier][0] for tier in FAIRNESS if tier in goals and now[tier]}


def hired(problem: Problem, gender: Gender, count: int, skills: tuple[Unit, ...] = ()) -> Problem:
    """The problem with more hires; skills: those given, else every unit.

    A lot of nobody is stated as well: what these officers could serve then counts in fairness
    whether they come or not (``Instance.has_staff_for``), so that none and some compare.
    """
    lot = HireLot(gender=gender, skills=skills or tuple(u.unit for u in problem.units), count=count)
    return problem.model_copy(update={"hires": (*problem.hires, lot)})


def forced_open(problem: Problem, code: str) -> Problem:
    """The problem with a candidate opened whatever it costs the goals.

    Fairness stays measured over what was counted before: with another yardstick a new office
    would look unfair because it brings areas into reach.
    """
    offices = tuple(
        o.model_copy(update={"forced_open": True, "counted": o.is_counted}) if o.code == code else o
        for o in problem.offices
    )
    return problem.model_copy(update={"offices": offices})


def _one_more(problem: Problem) -> Iterator[Variant]:
    yield Variant(name="woman", problem=hired(problem, Gender.WOMAN, 1))
    yield Variant(name="man", problem=hired(problem, Gender.MAN, 1))
    more = problem.policies.model_copy(
        update={"spare_vehicles": problem.policies.spare_vehicles + 1}
    )
    yield Variant(name="vehicle", problem=problem.model_copy(update={"policies": more}))
    for office in problem.offices:
        if office.kind is OfficeKind.CANDIDATE and not office.forced_open:
            yield Variant(name=f"office {office.code}", problem=forced_open(problem, office.code))


def gains(before: Mapping[TierName, float], answer: Answer) -> tuple[Gain, ...]:
    """Goal by goal, values before against an answer."""
    found = []
    for name, value in before.items():
        after = answer.value(name)
        if after is not None:
            sign = 1 if name is TierName.WOMEN_ACCESS else -1
            found.append(
                Gain(
                    tier=name,
                    before=value,
                    after=after,
                    gain=sign * (after - value) + 0.0,  # no minus before a zero
                )
            )
    return tuple(found)


def _worth(
    base: Plan, goals: Mapping[TierName, float], before: Served, answer: Answer, asked: Problem
) -> Worth:
    place = _where(base, answer)
    return Worth(
        name=answer.name,
        status=answer.status,
        gains=gains(goals, answer),
        office=place.office if place else None,
        unit=place.unit if place else None,
        before=before,
        after=None if answer.plan is None else served(asked, answer.plan),
    )


def _where(base: Plan, answer: Answer) -> Posting | None:
    """The posting of the wanted kind that grows most."""
    if answer.plan is None or answer.name not in OFFICERS:
        return None
    gender = Gender(answer.name)
    before = {(p.office, p.unit): p.count for p in base.postings if p.gender is gender}
    grown = [
        (p.count - before.get((p.office, p.unit), 0), p)
        for p in answer.plan.postings
        if p.gender is gender
    ]
    best = max(grown, key=lambda g: (g[0], g[1].office, g[1].unit), default=None)
    return best[1] if best is not None and best[0] > 0 else None


def staffing_curve(
    problem: Problem,
    *,
    gender: Gender,
    most: int,
    skills: tuple[Unit, ...] = (),
    **options: Any,
) -> StaffingCurve:
    """0..``most`` hires of a gender; ``options`` are those of ``solve_all``."""
    problems = {str(n): hired(problem, gender, n, skills) for n in range(most + 1)}
    variants = (Variant(name=name, problem=one) for name, one in problems.items())
    points = tuple(
        CurvePoint(
            hires=int(a.name),
            status=a.status,
            values={t.name: t.value for t in a.tiers},
            served=None if a.plan is None else served(problems[a.name], a.plan),
        )
        for a in solve_all(variants, **options)
    )
    tiers = {t for p in points for t in p.values}
    found = {
        tier: at
        for tier in sorted(tiers)
        if (at := knee([(p.hires, p.values[tier]) for p in points if tier in p.values])) is not None
    }
    return StaffingCurve(points=points, knee=found)


def knee(points: list[tuple[int, float]]) -> int | None:
    """Where a curve lies farthest from its chord (Satopaa et al. 2011); None when it is flat.

    Works for falling and rising curves that level off.
    """
    if len(points) < 3:  # noqa: PLR2004 - a chord needs a point between its ends
        return None
    (x0, y0), (x1, y1) = points[0], points[-1]
    if abs(y1 - y0) <= FLAT or x1 == x0:
        return None
    distance: Callable[[tuple[int, float]], float] = lambda p: (  # noqa: E731
        (p[1] - y0) / (y1 - y0) - (p[0] - x0) / (x1 - x0)
    )
    best = max(points, key=lambda p: (distance(p), -p[0]))
    return best[0] if distance(best) > FLAT else None
