"""One plan for several futures, what it is worth to have thought of them, and to know them.

For a goal ``g`` to be made small, postings ``x``, futures ``k`` with probabilities ``p``:

* alone: ``w[k] = min_x g_k(x)``, what could be reached if one knew the future;
* expected: ``RP = min_x sum p g_k(x)``; worst: ``min_x max_k g_k(x)``; regret:
  ``min_x max_k (g_k(x) - w[k])`` (Savage 1951);
* mean: ``x`` made for the average future, ``EEV = sum p g_k(x)``;
* value of the stochastic solution ``VSS = EEV - RP``: what thinking of all futures saves;
* value of knowing ``EVPI = RP - sum p w[k]``: the most that a perfect forecast could save
  (Birge & Louveaux 2011, ch. 4). Neither is ever negative.

Before the goal come the policies (T0); after it, where it leaves a choice: the goal's mean,
fewest moves, the fixed tie-break. Each figure is recomputed by the auditor from the hours that the
postings give in that future, and no decision leaves that the auditor refuses in one of them.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import Field

from geo.places import Document
from optimizer.audit import audit
from optimizer.explore_stress import HELD, Held, Settled
from optimizer.milp import BrokenSolverError
from optimizer.plan import Plan, Status
from optimizer.problem import Problem, TierName
from optimizer.robust.decide import Decided, Decision, Sense, decide
from optimizer.robust.futures import Future, check_futures, mean_future, mean_of, weights
from optimizer.robust.recourse import Reached, Recourse, reached
from optimizer.side_by_side import Asked, Given, Kept, Pieces, done_side_by_side

DUST = 1e-6
MEAN = "mean"


class Choice(Document):
    """One decision and what it costs in each future (order of the futures).

    ``name`` is a sense, or ``mean``: the plan made for the average future. ``bound`` is a proven
    limit of the sense's own objective.
    """

    name: str
    status: Status
    value: float
    bound: float
    seconds: float
    costs: tuple[float, ...]
    expected: float
    worst: float
    regret: float
    plan: Plan = Field(description="audited, on the problem as it stands")


class Robust(Document):
    """Decisions side by side. ``alone``: what each future could reach by itself.

    Costs are in the goal's unit; of women's access, women residents without it.
    """

    goal: TierName
    futures: tuple[str, ...]
    probability: tuple[float, ...]
    alone: tuple[float, ...]
    alone_proven: tuple[bool, ...]
    choices: tuple[Choice, ...]
    knowing: float = Field(description="mean of alone: the wait-and-see value")
    vss: float = Field(description="value of the stochastic solution, never negative if proven")
    evpi: float = Field(description="expected value of perfect information")

    def choice(self, name: str) -> Choice:
        """The decision of a sense, or of the mean."""
        return next(c for c in self.choices if c.name == name)


def robust(
    problem: Problem,
    futures: Sequence[Future],
    *,
    goal: TierName = TierName.UNMET,
    time_limit_s: float = 120.0,
    workers: int = 1,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Robust | None:
    """The best decisions for up to ten futures; None where no legal plan exists or was found.

    ``time_limit_s`` is that of each solve. ``kept`` keeps what ended, by its digest. Raises
    ``FuturesError``, ``Cancelled``, ``BrokenSolverError``.
    """
    check_futures(problem, futures)
    work = _Work(problem, tuple(futures), goal, time_limit_s, workers, kept, progress, cancelled)
    return work.robust()


_DECIDE = Pieces(decide, Decided, lambda asked: _key("decide", asked))
_REACH = Pieces(reached, Reached, lambda asked: _key("recourse", asked))


def _key(kind: str, asked: Document) -> str:
    return hashlib.sha256(f"{kind} {asked.model_dump_json()}".encode()).hexdigest()


@dataclass
class _Work:
    """The rounds of solves; each goes over processes and is kept."""

    problem: Problem
    futures: tuple[Future, ...]
    goal: TierName
    time_limit_s: float
    workers: int
    kept: Kept | None
    progress: Callable[[int, int], None] | None
    cancelled: Callable[[], bool]
    before: int = 0

    def robust(self) -> Robust | None:
        """Alone, mean, expected and worst at once; then regret; then what each comes to."""
        one_each = [self._asked(Sense.EXPECTED, (f,)) for f in self.futures]
        mean = self._asked(Sense.EXPECTED, (mean_future(self.problem, self.futures),))
        both = [self._asked(sense, self.futures) for sense in (Sense.EXPECTED, Sense.WORST)]
        found = self._round(_DECIDE, [*one_each, mean, *both])
        alone, (for_mean, for_expected, for_worst) = found[: len(one_each)], found[len(one_each) :]
        if not all(d.postings for d in found):
            return None
        least = tuple(d.value for d in alone)
        asked = self._asked(Sense.REGRET, self.futures, least)
        (for_regret,) = self._round(_DECIDE, [asked])
        if not for_regret.postings:
            return None
        named = {
            Sense.EXPECTED.value: for_expected,
            Sense.WORST.value: for_worst,
            Sense.REGRET.value: for_regret,
            MEAN: for_mean,
        }
        choices = self._choices(named, least)
        share = weights(self.futures)
        by_name = {c.name: c for c in choices}
        knowing = mean_of(share, least)
        expected = by_name[Sense.EXPECTED].expected
        return Robust(
            goal=self.goal,
            futures=tuple(f.name for f in self.futures),
            probability=share,
            alone=least,
            alone_proven=tuple(d.status is Status.PROVEN for d in alone),
            choices=choices,
            knowing=knowing,
            vss=_tidy(by_name[MEAN].expected - expected, expected),
            evpi=_tidy(expected - knowing, expected),
        )

    def _choices(self, named: dict[str, Decided], least: tuple[float, ...]) -> tuple[Choice, ...]:
        """Every decision in every future, and its plan on the problem as it stands."""
        stays = {name: _stays(d) for name, d in named.items()}
        pairs = [
            Recourse(problem=f.problem, stays=one, goal=self.goal)
            for one in stays.values()
            for f in self.futures
        ]
        costs = iter(self._round(_REACH, pairs))
        plans = self._round(HELD, [Held(problem=self.problem, stays=s) for s in stays.values()])
        share = weights(self.futures)
        choices = []
        for (name, decided), plan in zip(named.items(), plans, strict=True):
            mine = [next(costs) for _ in self.futures]
            broken = {b.rule for b in audit(self.problem, plan).breaches}
            broken |= {rule for one in mine for rule in one.broken}
            if broken:
                raise BrokenSolverError(f"the auditor refuses a robust plan: {sorted(broken)}")
            cost = tuple(one.cost for one in mine)
            choices.append(
                Choice(
                    name=name,
                    status=decided.status,
                    value=_tidy(decided.value, max(cost)),
                    bound=_tidy(decided.bound, max(cost)),
                    seconds=decided.seconds,
                    costs=cost,
                    expected=mean_of(share, cost),
                    worst=max(cost),
                    regret=max(_tidy(c - base, c) for c, base in zip(cost, least, strict=True)),
                    plan=plan.model_copy(update={"method": f"robust-{name}"}),
                )
            )
        return tuple(choices)

    def _asked(
        self, sense: Sense, futures: tuple[Future, ...], alone: tuple[float, ...] = ()
    ) -> Decision:
        return Decision(
            sense=sense,
            problem=self.problem,
            futures=futures,
            goal=self.goal,
            alone=alone,
            time_limit_s=self.time_limit_s,
        )

    def _round(self, pieces: Pieces[Asked, Given], asked: list[Asked]) -> tuple[Given, ...]:
        every = len(self.futures) * 5 + 8  # one each, mean, expected, worst, regret; 4 decisions

        def told(done: int, _of: int) -> None:
            if self.progress is not None:
                self.progress(self.before + done, every)

        found = done_side_by_side(
            pieces,
            asked,
            workers=self.workers,
            kept=self.kept,
            progress=told,
            cancelled=self.cancelled,
        )
        self.before += len(asked)
        told(0, 0)  # equal questions are asked once: now all of them are answered
        return found


def _stays(decided: Decided) -> Settled:
    return Settled(
        postings=decided.postings,
        open_offices=decided.open_offices,
        new_vehicles=decided.new_vehicles,
    )


def _tidy(difference: float, of: float) -> float:
    """Differences of nearly equal figures without their arithmetic dust."""
    return 0.0 if abs(difference) <= DUST * max(1.0, abs(of)) else difference
