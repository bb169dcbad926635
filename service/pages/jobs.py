"""A job's page: tier by tier, best and bound, cancel; it may be closed and found again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from optimizer.plan import Status
from optimizer.problem import DEFAULT_TIERS, TierName
from optimizer.staff import Unit
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, require
from service.errors import NotFoundError
from service.jobs.messages import SaidFault
from service.jobs.model import MEANING, AllocateRequest, Progress
from service.locale.conflict_words import ToldExplanation
from service.locale.goal_words import goal_figure
from service.locale.terms import UNIT
from service.locale.words import Words
from service.pages.advice import key_on_page
from service.pages.render import page
from service.scenario import Scenario
from service.store.errors import UnknownError
from service.store.jobs import Job, JobStatus

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_PLANS))]


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its page shows it."""

    job: Job
    progress: Progress
    scenario: Scenario | None
    title_ar: str
    title_en: str
    tiers: Sequence[TierName]
    elapsed_s: float
    limit_s: float
    is_infeasible: bool = False
    why: Mapping[str, ToldExplanation] = field(default_factory=dict)
    """Where no legal plan exists and the cause was found: it and what would help, by language."""
    faults: tuple[SaidFault, ...] = ()
    """What is wrong with the request, where that is why the job failed."""

    @property
    def is_final(self) -> bool:
        return self.job.status.is_final

    def faults_in(self, words: Words) -> list[str]:
        """The faults as sentences of the reader's language, each with its remedy."""
        return [
            f"{words.say(one.key, **params)} {words.say(key_on_page(one.remedy), **params)}"
            for one in self.faults
            for params in [_said_params(one.params, words)]
        ]

    @property
    def name_ar(self) -> str:
        return self.title_ar

    @property
    def name_en(self) -> str:
        return self.title_en


def _said_params(params: Mapping[str, object], words: Words) -> dict[str, object]:
    """Codes of units among the params by their names; the rest as it is."""
    units = {unit.value for unit in Unit}
    return {
        name: words.say(UNIT[Unit(str(value))]) if name == "unit" and value in units else value
        for name, value in params.items()
    }


def view_of(job: Job, now: datetime) -> JobView:
    """Read the row; a request of a kind that pages don't know has no title."""
    request = AllocateRequest.model_validate_json(job.request)
    progress = Progress.model_validate(dict(job.progress)) if job.progress else Progress()
    scenario = request.scenario
    rules = scenario.tiers if scenario is not None else DEFAULT_TIERS
    if request.problem is not None:
        rules = request.problem.tiers
    elapsed = 0.0
    if job.started_at is not None:
        elapsed = max(0.0, ((job.finished_at or now) - job.started_at).total_seconds())
    result = orjson.loads(job.result) if job.result else {}
    title = request.problem.title if request.problem is not None else ""
    return JobView(
        job=job,
        progress=progress,
        scenario=scenario,
        title_ar=(scenario.title_ar or scenario.title_en) if scenario else title,
        title_en=(scenario.title_en or scenario.title_ar) if scenario else title,
        tiers=[rule.name for rule in rules],
        elapsed_s=elapsed,
        limit_s=request.time_limit_s,
        is_infeasible=result.get("outcome", {}).get("status") == Status.INFEASIBLE,
        why={
            lang: ToldExplanation.model_validate(told)
            for lang, told in result.get("explanation", {}).get("said", {}).items()
        },
        faults=tuple(SaidFault.model_validate(one) for one in result.get("faults", ())),
    )


def _found(house: HouseOf, job_id: str) -> JobView:
    try:
        return view_of(house.store.jobs.get(job_id), house.clock())
    except (UnknownError, ValidationError):  # an exploration has pages of its own
        raise NotFoundError from None


@router.get("/jobs/{job_id}")
def job_page(request: Request, house: HouseOf, account: Reader, job_id: str) -> Response:
    view = _found(house, job_id)
    return page(request, "job.html", account, view=view, meaning=MEANING, goal_figure=goal_figure)


@router.get("/jobs/{job_id}/progress")
def job_progress(request: Request, house: HouseOf, account: Reader, job_id: str) -> Response:
    """The part that renews itself; a finished job sends its reader to the plan."""
    view = _found(house, job_id)
    headers = {}
    if view.job.status is JobStatus.SUCCESSFUL and view.job.plan_id:
        headers["HX-Redirect"] = f"/plans/{view.job.plan_id}"
    return page(
        request,
        "parts/job_progress.html",
        account,
        headers=headers,
        view=view,
        meaning=MEANING,
        goal_figure=goal_figure,
    )


@router.post("/jobs/{job_id}/cancel", dependencies=[Depends(require(Right.ASK_SCENARIO))])
def cancel(house: HouseOf, job_id: str) -> Response:
    """Stop it; what was found until then is kept, and called not proven."""
    _found(house, job_id)
    house.store.jobs.cancel(job_id)
    house.wake()
    return RedirectResponse(f"/jobs/{job_id}", status_code=303)
