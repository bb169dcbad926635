"""The curve behind the letter to the ministry: asked for on the plan's page, found again there.

The letter asks for the women officers whom a plan hires. What each of them would bring is a
curve from none to all of them, a plan a point, so it is an exploration of its own.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from optimizer.explore_worth import StaffingCurve
from optimizer.problem import Problem
from optimizer.staff import Gender
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, require
from service.errors import NotFoundError
from service.exploration.questions import AskCurve
from service.jobs.explored import explored_of
from service.jobs.model import ExploreRequest
from service.jobs.requests import ask_exploration
from service.reports.charts import CurvePoint
from service.reports.charts.explored import served_points, women_knee
from service.store.errors import UnknownError
from service.store.jobs import Job, JobStatus

router = APIRouter(include_in_schema=False)
Asker = Annotated[Account, Depends(require(Right.ASK_SCENARIO))]
LETTER_KEYS = "letter:"
"""Keys of our own work begin so: no caller may choose such a key and stand before a real curve."""
_GONE = frozenset({JobStatus.FAILED, JobStatus.DISMISSED})


@dataclass(frozen=True, slots=True)
class LetterState:
    """How far the letter of a plan is: for so many women, with its curve or without."""

    women: int
    job: Job | None = None
    points: Sequence[CurvePoint] = ()
    knee: int | None = None

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and not self.job.status.is_final


def asked_women(problem: Problem) -> int:
    """Women officers whom the plan hires; without any there is nothing to ask for."""
    return sum(lot.count for lot in problem.hires if lot.gender is Gender.WOMAN)


def curve_request(problem: Problem, time_limit_s: float) -> ExploreRequest:
    """The curve from none of the plan's women officers to all of them."""
    lots = [lot for lot in problem.hires if lot.gender is Gender.WOMAN]
    able = {unit for lot in lots for unit in lot.skills}
    others = tuple(lot for lot in problem.hires if lot.gender is not Gender.WOMAN)
    return ExploreRequest(
        problem=problem.model_copy(update={"hires": others}),
        question=AskCurve(
            most=asked_women(problem),
            skills=tuple(rule.unit for rule in problem.units if rule.unit in able),
        ),
        time_limit_s=time_limit_s,
    )


def letter_state(house: House, plan_id: str, problem: Problem) -> LetterState | None:
    """What is there of the letter; None where the plan hires no woman officer."""
    women = asked_women(problem)
    if not women:
        return None
    job = _asked(house, plan_id, problem)
    found = None if job is None else explored_of(job)
    if found is None or not isinstance(found.typed, StaffingCurve):
        return LetterState(women, job)
    points = served_points(found.typed)
    return LetterState(women, job, points, women_knee(points))


def _key(plan_id: str) -> str:
    return f"{LETTER_KEYS}{plan_id}:"


def _asked(house: House, plan_id: str, problem: Problem) -> Job | None:
    """The newest question for this curve; keys were once anybody's to choose, so it is compared."""
    job = house.store.jobs.newest_keyed(_key(plan_id))
    if job is None or job.status in _GONE:
        return None
    wanted = curve_request(problem, house.settings.solve_time_limit_s)
    request = ExploreRequest.model_validate_json(job.request)
    same = request.question == wanted.question and request.problem == wanted.problem
    return job if same else None


@router.post("/plans/{plan_id}/letter")
def ask_curve(house: HouseOf, account: Asker, plan_id: str) -> Response:
    """Ask for the curve once; whoever asks again is led to the same work."""
    try:
        problem = house.store.plans.get(plan_id).problem
    except UnknownError:
        raise NotFoundError from None
    if not asked_women(problem):
        raise NotFoundError
    job = _asked(house, plan_id, problem)
    if job is None:
        job = ask_exploration(
            house.store,
            curve_request(problem, house.settings.solve_time_limit_s),
            owner=account.name,
            idempotency_key=f"{_key(plan_id)}{secrets.token_hex(4)}",
        )
        house.wake()
    return RedirectResponse(f"/explorations/{job.id}?plan={plan_id}", status_code=303)
