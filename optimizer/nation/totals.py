"""A country's goals from those of its governorates.

Sums, but for fairness: the sum of the k largest unmet shares of a union is the largest of
``sum_g top[g, k_g]`` over all ways to write ``k = sum_g k_g``, where ``top[g, j]`` is the sum of
governorate g's j largest. That holds for values and, as it only grows with them, for bounds.
"""

from collections.abc import Iterable, Iterator, Mapping

from optimizer.instance import K_LARGEST, Instance
from optimizer.nation.curve import Totals
from optimizer.problem import Problem, TierName
from optimizer.tiers import unmet_scale

FAIR = (TierName.FAIRNESS_WOMEN, TierName.FAIRNESS_ALL)
Split = tuple[tuple[str, int], ...]
"""Which governorate brings how many of the k worst areas."""


def parts_of(tier: TierName, by_governorate: Mapping[str, Totals]) -> int:
    """How many figures the goal has in the country: for fairness at most three."""
    if tier not in FAIR:
        return 1
    return min(K_LARGEST[-1], sum(len(t) for t in by_governorate.values()))


def splits(k: int, most: Mapping[str, int]) -> Iterator[Split]:
    """All ways to take k areas from governorates that have so many each."""
    yield from _splits(k, sorted(most.items()))


def _splits(k: int, left: list[tuple[str, int]]) -> Iterator[Split]:
    if k == 0:
        yield ()
        return
    for n, (code, most) in enumerate(left):
        for here in range(1, min(k, most) + 1):
            for rest in _splits(k - here, left[n + 1 :]):
                yield ((code, here), *rest)


def in_the_country(tier: TierName, by_governorate: Mapping[str, Totals]) -> Totals:
    """The country's figures of a goal from its governorates' figures."""
    if tier not in FAIR:
        return (sum(t[0] for t in by_governorate.values()),)
    most = {code: len(t) for code, t in by_governorate.items()}
    return tuple(
        max(sum(by_governorate[code][j - 1] for code, j in split) for split in splits(k, most))
        for k in range(1, parts_of(tier, by_governorate) + 1)
    ) or (0.0,)


def scale_of(tier: TierName, problems: Iterable[Problem]) -> float:
    """What the goal is about at its worst in these governorates: its tolerance is a part of it.

    The same scales as in ``optimizer.tiers``, added up; shares stay parts of one.
    """
    if tier in FAIR or tier is TierName.MOVES:
        return 1.0
    return sum(_scale(tier, p) for p in problems)


def _scale(tier: TierName, problem: Problem) -> float:
    if tier is TierName.WOMEN_ACCESS:
        return sum(a.women_residents for a in problem.areas)
    if tier is TierName.UNMET:
        return unmet_scale(Instance(problem))
    if tier is TierName.ROAD:
        return 60 * problem.policies.hours_week * max(problem.head_count(), 1)
    return problem.policies.hours_week
