"""Who takes which place of the week: an exact assignment, week after week.

A place is a shift with a day pattern. Interchangeable posts (one posting) share their places:
those who had most evenings and nights until now get the fewest next, then those who had most
Fridays; nobody starts a week before the rest after the last duty is over. Keeping the place of
the week before always keeps the rest, so a rotation that would break it is simply not made.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from optimizer.roster.document import FRIDAY, RosterRules, hours_between, unsocial
from optimizer.roster.patterns import Pattern
from optimizer.staff import Shift

Place = tuple[int, Pattern]  # shift number and days
TIRED = 1e9  # dearer than anything that fairness can gain


@dataclass
class History:
    """What posts have behind them: unsocial duties, Fridays, and the last duty of last week."""

    unsocial: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fridays: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    last: dict[str, tuple[int, Shift]] = field(default_factory=dict)
    place: dict[str, Place] = field(default_factory=dict)

    def note(self, post: str, place: Place, shifts: Sequence[Shift]) -> None:
        t, pattern = place
        self.unsocial[post] += len(pattern) * unsocial(shifts[t])
        self.fridays[post] += FRIDAY in pattern
        self.place[post] = place
        if pattern:
            self.last[post] = (pattern[-1] - 7, shifts[t])
        else:
            self.last.pop(post, None)


def share_out(
    posts: Sequence[str],
    places: Sequence[Place],
    history: History,
    shifts: Sequence[Shift],
    rules: RosterRules,
) -> dict[str, Place]:
    """One place for each post, the fairest that keeps everybody's rest."""
    people = sorted(posts)
    seats = sorted(places)
    cost = _costs(people, seats, history, shifts, rules)
    rows, chosen = linear_sum_assignment(cost)
    given = {people[r]: seats[c] for r, c in zip(rows, chosen, strict=True)}
    same = {p: history.place[p] for p in people if p in history.place}
    if cost[rows, chosen].sum() >= TIRED and sorted(same.values()) == seats:
        return same
    return given


def _costs(
    people: Sequence[str],
    seats: Sequence[Place],
    history: History,
    shifts: Sequence[Shift],
    rules: RosterRules,
) -> Any:
    kinds = {seat: n for n, seat in enumerate(dict.fromkeys(seats))}
    small = np.array(
        [
            [_cost(post, kind, history, shifts, rules, len(people)) for kind in kinds]
            for post in people
        ]
    ).reshape(len(people), len(kinds))
    return small[:, [kinds[s] for s in seats]]


def _cost(
    post: str,
    place: Place,
    history: History,
    shifts: Sequence[Shift],
    rules: RosterRules,
    people: int,
) -> float:
    t, pattern = place
    first_friday = 1 + max(history.fridays.values(), default=0) * people
    fair = float(history.unsocial[post] * len(pattern) * unsocial(shifts[t]) * first_friday)
    fair += history.fridays[post] * (FRIDAY in pattern)
    return fair + TIRED * too_early(history, post, place, shifts, rules)


def too_early(
    history: History, post: str, place: Place, shifts: Sequence[Shift], rules: RosterRules
) -> bool:
    """Whether the first duty of the place begins before the rest is over."""
    t, pattern = place
    last = history.last.get(post)
    if last is None or not pattern:
        return False
    return hours_between(last, (pattern[0], shifts[t])) < rules.rest_h - 1e-9
