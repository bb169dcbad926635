"""Which points are worth a proof: only those that the best sharing may be made of.

All points are outlined first (``optimizer.nation.outline``). The best sharing by what is known at
best of every point can only be beaten by none: its points are solved, the sharing is chosen anew
by what is known then, and so on. When all points of the sharing so chosen are solved, no other can
be better, and the rest was never solved. It may also end before that: when the plan in hand is
near enough to its bounds, or the time is up.

Where there is a limit for all of it, every point has its part of the time that is left, by its
size. What such a part did not suffice for is asked again with twice as much, when nothing else is
wanted and so much is left.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from optimizer.milp import Cancelled
from optimizer.nation.curve import POINTS, Asked, ValuePoint, every_choice, point
from optimizer.nation.document import Nation
from optimizer.nation.knapsack import Choice, Shared
from optimizer.side_by_side import Kept, done_as_chosen

GROWTH = 1.5  # of the time of a proof with the number of areas times offices, measured roughly
USED = 0.9  # of the time left; the rest is for choosing
FREE = 4.0  # times its part of the time that an outline may take: few take even the part
LONGER = 2.0  # times as long as before, for what is asked again
LEAST_S = 1.0  # that is worth asking again for

Sharing = Callable[[Sequence[ValuePoint]], Shared | None]
"""The best sharing by what is known at best of these points."""
Enough = Callable[[Sequence[ValuePoint]], bool]
"""Whether the plan that these points give is near enough to its bounds."""


@dataclass
class Search:
    """What is known so far, and what to ask next. ``until`` is a time of ``time.monotonic``."""

    nation: Nation
    time_limit_s: float
    sharing: Sharing
    enough: Enough
    workers: int = 1
    until: float | None = None
    found: dict[tuple[Choice, bool], list[ValuePoint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._parts = {g.code: g for g in self.nation.governorates}
        # With no lots first: where time runs out in the outlines, every governorate has a plan.
        self._choices = sorted(
            self._ordered((g.code, lots) for g, lots in every_choice(self.nation)),
            key=lambda choice: choice[1],
        )
        self._wanted: list[Choice] = []
        self._answers = 0
        self._looked_at = -1
        self.ended = False

    @property
    def points(self) -> tuple[ValuePoint, ...]:
        """The outlines and the solved ones, in order of governorate and lots."""
        return tuple(one for key in sorted(self.found) for one in self.found[key])

    @property
    def is_late(self) -> bool:
        return self.until is not None and time.monotonic() > self.until

    @property
    def left_s(self) -> float | None:
        """Until the time is up; None where there is no limit."""
        return None if self.until is None else max(self.until - time.monotonic(), 0.0)

    def add(self, one: ValuePoint) -> None:
        """Bounds of earlier, shorter tries hold as well and are kept."""
        self._answers += 1
        self.found.setdefault(((one.governorate, one.lots), not one.outline), []).append(one)

    def next(self) -> Iterator[Asked]:
        """The points wanted now, the longest first; none when no other sharing can be better.

        Whoever takes all that the last sharing wanted makes it be chosen anew, if more is known.
        """
        if any((c, False) not in self.found for c in self._choices):
            yield from self._in_time(self._choices, outline=True)
            return
        yield from self._in_time(self._wanted)
        if self._answers != self._looked_at:
            self._looked_at = self._answers
            self._wanted = self._chosen()
            yield from self._in_time(self._wanted)
        yield from self._again()

    def _chosen(self) -> list[Choice]:
        """Points of the best sharing by what is known at best."""
        points = self.points
        self.ended = self.enough(points)
        shared = None if self.ended else self.sharing(points)
        return [] if shared is None else self._ordered(shared.lots.items())

    def _in_time(self, choices: Iterable[Choice], *, outline: bool = False) -> Iterator[Asked]:
        """Those of the points that are open, each with its part of the time by its size."""
        open_ = [c for c in choices if (c, not outline) not in self.found]
        sizes = [self._size(code) ** GROWTH for code, _ in open_]
        for n, choice in enumerate(open_):
            left_s = self.left_s
            if left_s is not None:
                part = self.workers * USED * sizes[n] / sum(sizes[n:])
                left_s *= min(USED, FREE * part if outline else part)
            yield self._asked(choice, left_s, outline=outline)

    def _again(self) -> Iterator[Asked]:
        """Wanted points whose time did not suffice, where there is now so much more of it."""
        for choice in self._wanted:
            tries = self.found.get((choice, True))
            last_s = tries[-1].hurried_s if tries else None
            if last_s is None or self.left_s is None:
                continue
            longer_s = max(LONGER * last_s, LEAST_S)
            if longer_s <= USED * self.left_s:
                yield self._asked(choice, longer_s)

    def _asked(self, choice: Choice, hurry_s: float | None, *, outline: bool = False) -> Asked:
        code, lots = choice
        return point(
            self.nation,
            self._parts[code],
            lots,
            self.time_limit_s,
            outline=outline,
            hurry_s=hurry_s,
        )

    def _ordered(self, choices: Iterable[Choice]) -> list[Choice]:
        return sorted(choices, key=lambda c: (-self._size(c[0]), *c))

    def _size(self, code: str) -> float:
        problem = self._parts[code].problem
        return len(problem.areas) * len(problem.offices)


def search(
    asked: Search,
    *,
    kept: Kept | None,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool],
) -> tuple[ValuePoint, ...]:
    """All that is known when it ends.

    ``progress`` is called with (points known, points there are, outlines and proofs together).
    """
    of = 2 * len(every_choice(asked.nation))
    answers = done_as_chosen(
        POINTS,
        asked.next,
        workers=asked.workers,
        kept=kept,
        cancelled=lambda: cancelled() or asked.ended or asked.is_late,
    )
    try:
        for one in answers:
            asked.add(one)
            if progress is not None:
                progress(len(asked.found), of)
    except Cancelled:
        if cancelled():
            raise
    return asked.points
