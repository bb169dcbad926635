"""Details of a plan: its list of postings, its roster, its waits and its reasons."""

from enum import StrEnum

from pydantic import Field

from geo.places import Document
from optimizer.area_reasons import AreaReason, BindingRule
from optimizer.postings_list import PostingsList
from optimizer.roster import Roster
from optimizer.visits import VisitPlan
from optimizer.waiting.report import WaitingComparison


class Part(StrEnum):
    """One detail of a plan, in the order in which they are worked out."""

    WAITING = "waiting"
    POSTS = "posts"
    REASONS = "reasons"
    ROSTER = "roster"
    VISITS = "visits"


class Why(StrEnum):
    """Why a part is not there."""

    APART = "apart"  # a solve from the command line leaves it to a command of its own
    UNDER_WAY = "under_way"  # it is being worked out
    TIME = "time"  # it took longer than the setting allows
    STAFF = "staff"  # the staff of the problem can't fill this plan: it was edited by hand
    REFUSED = "refused"  # its auditor refused it; nobody may see it
    BROKEN = "broken"  # we are at fault


class Reasons(Document):
    """Why each area is served as it is, and which rules bind, the tightest first."""

    areas: tuple[AreaReason, ...]
    binding: tuple[BindingRule, ...]


class PlanDetails(Document):
    """Parts that are there; ``lacking`` says of each other one why it is not.

    ``of_register`` tells whether the posts are those of the register of staff; else they carry
    numbers made up for the counts of the problem.
    """

    waiting: WaitingComparison | None = None
    posts: PostingsList | None = None
    of_register: bool = False
    reasons: Reasons | None = None
    roster: Roster | None = None
    visits: VisitPlan | None = None
    lacking: dict[Part, Why] = Field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether each part is there, or said why not."""
        return all(self.has(part) or part in self.lacking for part in Part)

    def has(self, part: Part) -> bool:
        return getattr(self, part.value) is not None
