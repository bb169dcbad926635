"""Work out the details of a plan, part by part, each passed by its auditor."""

from collections.abc import Iterator, Sequence

from optimizer.area_reasons import area_reasons, binding_rules
from optimizer.audit_posts import audit_postings
from optimizer.baseline import today
from optimizer.plan import Plan
from optimizer.postings_list import PostingsList
from optimizer.posts import PostingsError, numbered_posts, post_numbers
from optimizer.problem import Problem
from optimizer.roster import check_roster, weekly_roster
from optimizer.staff import Post
from optimizer.visits import check_visits, plan_visits
from optimizer.waiting.report import waiting_before_after
from service.details.document import Part, PlanDetails, Reasons, Why

WEEKS = 4


def details(problem: Problem, plan: Plan, register: Sequence[Post]) -> Iterator[PlanDetails]:
    """Each part as soon as it is there, alone in its document; cheap ones first.

    ``register`` are the posts of the store; where they are not those of the problem, posts get
    numbers. A roster needs the list of postings: without one it is lacking for the same reason.
    Visits come last: they may take the longest, and nothing waits for them.
    """
    yield PlanDetails(waiting=waiting_before_after(problem, plan, today(problem)))
    listed, of_register, why = _listed(problem, plan, register)
    if listed is None:
        yield PlanDetails(lacking={Part.POSTS: why})
    else:
        yield PlanDetails(posts=listed, of_register=of_register)
    yield PlanDetails(
        reasons=Reasons(areas=area_reasons(problem, plan), binding=binding_rules(problem, plan))
    )
    yield _roster(problem, plan, listed, why)
    visits = plan_visits(problem, plan)
    if check_visits(problem, plan, visits):
        yield PlanDetails(lacking={Part.VISITS: Why.REFUSED})
    else:
        yield PlanDetails(visits=visits)


def _roster(problem: Problem, plan: Plan, listed: PostingsList | None, why: Why) -> PlanDetails:
    if listed is None:
        return PlanDetails(lacking={Part.ROSTER: why})
    roster = weekly_roster(problem, plan, listed, weeks=WEEKS)
    if check_roster(problem, plan, listed, roster):
        return PlanDetails(lacking={Part.ROSTER: Why.REFUSED})
    return PlanDetails(roster=roster)


def _listed(
    problem: Problem, plan: Plan, register: Sequence[Post]
) -> tuple[PostingsList | None, bool, Why]:
    """The list of postings, whether its posts are the register's, and why there is none."""
    for posts, of_register in ((tuple(register), True), (numbered_posts(problem), False)):
        try:
            listed = post_numbers(problem, plan, posts)
        except PostingsError:
            continue
        if audit_postings(problem, plan, posts, listed):
            return None, False, Why.REFUSED
        return listed, of_register, Why.STAFF
    return None, False, Why.STAFF


def joined(first: PlanDetails, second: PlanDetails) -> PlanDetails:
    """Both documents' parts in one; a part of ``second`` takes the place of one of ``first``."""
    given = {part.value: getattr(second, part.value) for part in Part if second.has(part)}
    if second.posts is not None:
        given["of_register"] = second.of_register
    return first.model_copy(update=given | {"lacking": first.lacking | second.lacking})
