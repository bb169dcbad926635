"""What a plan means for posts, duties, calls, visits and areas: parts that a report may lay out.

Each part is a document that its own auditor has passed, and tables of it in a reader's language.
They cost from a tenth of a second to some seconds for a governorate, so each is made when it is
first asked for and then kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from optimizer.area_reasons import AreaReason, BindingRule, area_reasons, binding_rules
from optimizer.audit import Breach
from optimizer.audit_posts import audit_postings
from optimizer.baseline import today
from optimizer.milp import BrokenSolverError, Milp
from optimizer.plan import Plan
from optimizer.postings_list import PostingsList
from optimizer.posts import PostingsError, numbered_posts, post_numbers
from optimizer.problem import Problem
from optimizer.roster import Roster, check_roster, weekly_roster
from optimizer.staff import Post
from optimizer.visits import VisitPlan, check_visits, plan_visits
from optimizer.waiting.report import (
    CrewReport,
    WaitingComparison,
    crew_workloads,
    waiting_before_after,
)
from service.exports.plan_tables import (
    PlanTable,
    posts_tables,
    reasons_tables,
    roster_tables,
    visits_tables,
    waiting_tables,
)
from service.locale.words import Words

WEEKS = 4


@dataclass(frozen=True)
class PlanData:
    """Parts of one plan. ``register`` are the posts by number; else the counts get numbers.

    A part that its auditor refuses raises ``BrokenSolverError``: nothing of it may be shown.
    """

    problem: Problem
    plan: Plan
    register: tuple[Post, ...] = ()
    before: Plan | None = None
    weeks: int = WEEKS
    milp: Milp | None = None

    @cached_property
    def _posts(self) -> tuple[tuple[Post, ...], PostingsList]:
        for posts in (self.register, numbered_posts(self.problem)):
            if not posts:
                continue
            try:
                return posts, post_numbers(self.problem, self.plan, posts)
            except PostingsError:
                if posts is not self.register:
                    raise
        raise PostingsError("there is nobody to post")

    @cached_property
    def posts(self) -> PostingsList:
        """Which post goes where, with the fewest moves. Raises ``PostingsError``."""
        posts, listed = self._posts
        _passed("posts", audit_postings(self.problem, self.plan, posts, listed))
        return listed

    @cached_property
    def roster(self) -> Roster:
        """Who works which shift on which day."""
        made = weekly_roster(self.problem, self.plan, self.posts, weeks=self.weeks)
        _passed("roster", check_roster(self.problem, self.plan, self.posts, made))
        return made

    @cached_property
    def waiting(self) -> WaitingComparison:
        """How long calls wait at each office, before and after."""
        baseline = self.before or today(self.problem, milp=self.milp)
        return waiting_before_after(self.problem, self.plan, baseline)

    @cached_property
    def workloads(self) -> CrewReport | None:
        """How busy each patrol crew is (hypercube); None with more crews than it can hold."""
        return crew_workloads(self.problem, self.plan)

    @cached_property
    def visits(self) -> VisitPlan:
        """Visiting days for areas beyond daily reach."""
        made = plan_visits(self.problem, self.plan, milp=self.milp)
        _passed("visits", check_visits(self.problem, self.plan, made))
        return made

    @cached_property
    def reasons(self) -> tuple[AreaReason, ...]:
        """Who serves each area, what limits it, what would lift it."""
        return tuple(area_reasons(self.problem, self.plan))

    @cached_property
    def binding(self) -> tuple[BindingRule, ...]:
        """Rules that are full, the one that would bring most first."""
        return tuple(binding_rules(self.problem, self.plan))

    def posts_tables(self, words: Words) -> tuple[PlanTable, ...]:
        return posts_tables(self.problem, self.posts, words)

    def roster_tables(self, words: Words) -> tuple[PlanTable, ...]:
        return roster_tables(self.problem, self.roster, words)

    def waiting_tables(self, words: Words) -> tuple[PlanTable, ...]:
        return waiting_tables(self.problem, self.waiting, words)

    def visits_tables(self, words: Words) -> tuple[PlanTable, ...]:
        return visits_tables(self.problem, self.visits, words)

    def reasons_tables(self, words: Words) -> tuple[PlanTable, ...]:
        return reasons_tables(self.problem, self.reasons, self.binding, words)


def _passed(part: str, breaches: Sequence[Breach]) -> None:
    if breaches:
        first = breaches[0]
        raise BrokenSolverError(f"the auditor refuses the {part}: {first.rule}, {first.what}")
