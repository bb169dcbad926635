"""How often each district gets its level of service in weeks drawn from a plan's demand.

Weeks vary every area's cases as random counts do, and whole weeks of bad weather or festivals by a
factor common to the governorate. They are not those that the plan was made for, so what it serves
in them is an honest test. The n-th week of a seed is the same whoever draws it and in what order.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterator

from pydantic import Field

from geo.places import Code, Document
from optimizer.explore_stress import Settled, settled
from optimizer.indicators import indicators
from optimizer.milp import Milp
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.side_by_side import Kept, Pieces, done_side_by_side

COMMON_SPREAD = 0.1  # assumption: weeks differ by about 10 % all over the governorate at once
BLOCK = 10  # weeks that one process serves before it tells


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


class _Block(Document):
    """Some weeks in a row."""

    problem: Problem
    stays: Settled
    seed: int
    first: int = Field(ge=0)
    count: int = Field(ge=1)


class _Served(Document):
    """Share served, week by week, of each district."""

    shares: dict[str, tuple[float, ...]]


def weeks(
    problem: Problem,
    plan: Plan,
    *,
    number: int = 200,
    level: float = 0.5,
    seed: int = 1,
    workers: int = 1,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> WeeksResult:
    """Serve ``number`` seeded weeks with the plan's postings, ``workers`` processes at a time.

    ``progress`` is called with (weeks served, of).
    """
    blocks = list(_blocks(problem, settled(problem, plan), number, seed))

    def told(done: int, _of: int) -> None:
        if progress is not None:
            progress(min(done * BLOCK, number), number)

    served: dict[str, list[float]] = defaultdict(list)
    for block in done_side_by_side(
        WEEKS, blocks, workers=workers, kept=kept, progress=told, cancelled=cancelled
    ):
        for district, shares in block.shares.items():
            served[district] += shares
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


def _blocks(problem: Problem, stays: Settled, number: int, seed: int) -> Iterator[_Block]:
    for first in range(0, number, BLOCK):
        count = min(BLOCK, number - first)
        yield _Block(problem=problem, stays=stays, seed=seed, first=first, count=count)


def _serve(asked: _Block, milp: Milp) -> _Served:
    served: dict[str, list[float]] = defaultdict(list)
    for n in range(asked.first, asked.first + asked.count):
        week = drawn_week(asked.problem, random.Random(f"{asked.seed}/{n}"))  # noqa: S311 - no secret
        done = asked.stays.measured(week, milp)
        for d in indicators(week, done).districts:
            served[d.district].append(1 - d.unmet_share)
    return _Served(shares={district: tuple(shares) for district, shares in served.items()})


def _key(asked: _Block) -> str:
    rest = asked.model_dump_json(exclude={"problem"})
    return hashlib.sha256(f"weeks {asked.problem.digest} {rest}".encode()).hexdigest()


WEEKS = Pieces(_serve, _Served, _key)


def drawn_weeks(problem: Problem, number: int, seed: str) -> list[Problem]:
    """Seeded weeks as problems of their own."""
    return [drawn_week(problem, random.Random(f"{seed}/{n}")) for n in range(number)]  # noqa: S311 - no secret


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
