"""What a plan is held against: today's postings, a careful hand's, and a spreadsheet's shares.

All three are measured by the one evaluator of ``optimizer.evaluate``; none is a plan of ours.
"""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Mapping

from geo.notes import said
from optimizer.evaluate import evaluate
from optimizer.extract import plan_of
from optimizer.greedy import greedy
from optimizer.instance import Instance
from optimizer.plan import Plan, Posting, Status
from optimizer.problem import Problem
from optimizer.staff import Gender, Unit

TODAY, GREEDY, PROPORTIONAL = "today", "greedy", "proportional"
AGAINST = {
    TODAY: said("Today's postings"),
    PROPORTIONAL: said("By residents, as a spreadsheet"),
    GREEDY: said("Step by step, by hand"),
}
"""What they are called, in the order of tables. A scenario's year or arrivals hold for all."""


def todays_postings(problem: Problem) -> tuple[Posting, ...]:
    """Staff where they stand; new officers are not posted anywhere."""
    count: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for group in problem.staff:
        count[group.office, group.unit, group.gender] += group.count
    return _postings(count)


def proportional_postings(problem: Problem) -> tuple[Posting, ...]:
    """Each unit's officers spread over today's offices by the residents nearest to each.

    What a spreadsheet does: largest remainders, no look at demand, road or women. New officers
    join the first unit that they can serve.
    """
    share = _nearest_residents(problem)
    total: dict[tuple[Unit, Gender], int] = defaultdict(int)
    for group in problem.staff:
        total[group.unit, group.gender] += group.count
    for lot in problem.hires:
        total[lot.skills[0], lot.gender] += lot.count
    count: dict[tuple[str, Unit, Gender], int] = defaultdict(int)
    for (unit, gender), officers in total.items():
        for office, part in _largest_remainders(share, officers).items():
            count[office, unit, gender] += part
    return _postings(count)


def _nearest_residents(problem: Problem) -> dict[str, float]:
    offices = [office.code for office in problem.offices if not office.is_candidate]
    minutes: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in problem.travel:
        if pair.office in offices:
            minutes[pair.area][pair.office] = pair.travel_min
    share = dict.fromkeys(offices, 0.0)
    for area in problem.areas:
        near = minutes.get(area.code)
        if near:
            share[min(near, key=lambda office: (near[office], office))] += area.residents
    return share if sum(share.values()) > 0 else dict.fromkeys(offices, 1.0)


def _largest_remainders(share: Mapping[str, float], seats: int) -> dict[str, int]:
    whole = sum(share.values())
    exact = {office: seats * part / whole for office, part in share.items()}
    given = {office: int(part) for office, part in exact.items()}
    left = seats - sum(given.values())
    for office in sorted(exact, key=lambda o: (given[o] - exact[o], o))[:left]:
        given[office] += 1
    return given


def _postings(count: Mapping[tuple[str, Unit, Gender], int]) -> tuple[Posting, ...]:
    return tuple(
        Posting(office=office, unit=unit, gender=gender, count=number)
        for (office, unit, gender), number in sorted(count.items())
        if number
    )


def baselines(problem: Problem) -> dict[str, Plan]:
    """Plans to hold a solution against; greedy is left out where it ends in a breach."""
    found = {TODAY: evaluate(problem, todays_postings(problem), method=TODAY)}
    instance = Instance(problem)
    by_hand = greedy(instance)
    if by_hand is not None:
        found[GREEDY] = plan_of(instance, by_hand, method=GREEDY, status=Status.FEASIBLE)
    found[PROPORTIONAL] = evaluate(problem, proportional_postings(problem), method=PROPORTIONAL)
    return found


class Baselines:
    """Baselines of the problems looked at lately, by digest."""

    def __init__(self, kept: int = 32) -> None:
        self._kept = kept
        self._found: OrderedDict[str, dict[str, Plan]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, problem: Problem) -> Mapping[str, Plan]:
        """Made at the first look, a second or so for Basra."""
        digest = problem.digest
        with self._lock:
            if digest not in self._found:
                self._found[digest] = baselines(problem)
            self._found.move_to_end(digest)
            while len(self._found) > self._kept:
                self._found.popitem(last=False)
            return self._found[digest]
