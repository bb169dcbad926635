"""Questions around a plan: what one more is worth, how far hiring pays, what comes.

A question is a job; its page may be closed and found again, and shows chart, table and one
sentence once the answer is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from geo.notes import Note, said
from geo.places import Document
from optimizer.plan import Status
from optimizer.problem import TierName
from optimizer.staff import Gender
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.exploration.questions import QUESTIONS, AskAlternatives, AskWhyNot
from service.exploration.reread import findings_of
from service.exploration.shown import findings_content
from service.exports.content import Format
from service.exports.departures import copy_serial, note_export
from service.exports.plan_tables import PlanTable
from service.jobs.explored import Explored, explored_of
from service.jobs.messages import SaidFault
from service.jobs.model import MEANING, AllocateRequest, ExploreRequest, Kind
from service.jobs.requests import ask_exploration
from service.jobs.views import progress_of, runs_for_s
from service.locale.conflict_words import ToldExplanation
from service.locale.words import Words
from service.pages.advice import key_on_page
from service.pages.explore_charts import (
    GOALS,
    SERVED,
    chart_of,
    fairness_counts_more,
    fairness_gives_way,
    fairness_may_mislead,
    goal_matters,
    served_chart,
)
from service.pages.form_reading import WHOLE, Reading
from service.pages.plans import district_names
from service.pages.render import page
from service.store import PlanHead, StoredPlan
from service.store.errors import UnknownError
from service.store.jobs import Job

router = APIRouter(include_in_schema=False)
Reader = Annotated[Account, Depends(require(Right.SEE_PLANS))]
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]
Asker = Annotated[Account, Depends(require(Right.ASK_SCENARIO))]
MOST_LISTED = 30

TITLES: Mapping[str, tuple[str, str]] = {
    "worth": (
        said("What is one more worth?"),
        said("One more woman officer, man officer, vehicle or office: what each goal gains."),
    ),
    "curve": (
        said("How far does hiring pay?"),
        said("The staffing curve: the goals with 0, 1, 2 … new officers, and where it bends."),
    ),
    "frontier": (
        said("What does one goal cost another?"),
        said("The frontier: a goal against the moves, or against fairness."),
    ),
    "stress": (
        said("Does the plan stand a shock?"),
        said("A clan arrives, a bridge closes, women officers leave, a drought."),
    ),
    "years": (
        said("What comes in the next years?"),
        said("Year by year: need grows, recruits join, each year starts from the one before."),
    ),
    "why-not": (
        said("Why not this office?"),
        said("A candidate office is opened all the same: what each goal loses or gains."),
    ),
    "alternatives": (
        said("Is there another plan as good?"),
        said("Plans nearly as good and clearly different."),
    ),
}
"""Title and one line for each question, in the order of the page."""

_LIMITS = said("Some of the figures are out of their limits.")


@dataclass(frozen=True, slots=True)
class ExplorationView:
    """An exploration as its page and the lists show it."""

    job: Job
    what: str
    title: str
    points_done: int
    points_total: int
    elapsed_s: float

    @property
    def is_final(self) -> bool:
        return self.job.status.is_final


def view_of_exploration(job: Job, now: datetime) -> ExplorationView:
    request = ExploreRequest.model_validate_json(job.request)
    progress = progress_of(job)
    return ExplorationView(
        job=job,
        what=request.question.what,
        title=TITLES.get(request.question.what, (request.question.what, ""))[0],
        points_done=progress.points_done,
        points_total=progress.points_total,
        elapsed_s=runs_for_s(job, now),
    )


def _stored(house: House, plan_id: str) -> StoredPlan:
    try:
        return house.store.plans.get(plan_id)
    except UnknownError:
        raise NotFoundError from None


def _subject(house: House, stored: StoredPlan) -> dict[str, Any]:
    """What a question is asked about: the plan's scenario, else its problem."""
    if stored.head.job_id is not None:
        try:
            job = house.store.jobs.get(stored.head.job_id)
        except UnknownError:
            pass
        else:
            asked = AllocateRequest.model_validate_json(job.request)
            if asked.scenario is not None:
                return {"scenario": asked.scenario}
    return {"problem": stored.problem}


def _key(subject: Mapping[str, Any]) -> str:
    return "".join(f"{name}:{one.model_dump_json()}" for name, one in subject.items())


def _about(house: House, subject: Mapping[str, Any]) -> list[ExplorationView]:
    """Explorations of the same scenario or problem, newest first."""
    wanted = _key(subject)
    found = []
    for job in house.store.jobs.list(limit=200):
        if job.process != Kind.EXPLORE:
            continue
        request = ExploreRequest.model_validate_json(job.request)
        both = {"scenario": request.scenario, "problem": request.problem}
        if _key({name: one for name, one in both.items() if one is not None}) == wanted:
            found.append(view_of_exploration(job, house.clock()))
    return found[:MOST_LISTED]


@router.get("/plans/{plan_id}/explore")
def explore_page(request: Request, house: HouseOf, account: Reader, plan_id: str) -> Response:
    """All questions with their few settings, and what was asked already."""
    return _page(request, house, account, plan_id, Reading({}))


def _page(
    request: Request,
    house: House,
    account: Account,
    plan_id: str,
    reading: Reading,
    what: str = "",
    status: int = 200,
) -> Response:
    stored = _stored(house, plan_id)
    subject = _subject(house, stored)
    return page(
        request,
        "explore.html",
        account,
        status=status,
        head=stored.head,
        titles=TITLES,
        goals=GOALS,
        usual=TierName.UNMET,
        genders=tuple(Gender),
        candidates=[one for one in stored.problem.offices if one.is_candidate],
        has_scenario="scenario" in subject,
        asked=_about(house, subject),
        meaning=MEANING,
        typed=reading.typed,
        faults=reading.faults,
        faulty=what,
    )


@router.post("/plans/{plan_id}/explore")
async def ask(request: Request, house: HouseOf, account: Asker, plan_id: str) -> Response:
    """Store the question as a job; a figure out of its limits is told at its form."""
    sent = await request.form(max_files=0, max_fields=40)
    plain = {name: str(sent[name]) for name in sent}
    return await run_in_threadpool(_ask, request, house, account, plan_id, plain)


def _ask(
    request: Request, house: House, account: Account, plan_id: str, plain: dict[str, str]
) -> Response:
    subject = _subject(house, _stored(house, plan_id))
    what = plain.pop("what", "")
    kind = QUESTIONS.get(what)
    if kind is None:
        raise NotFoundError
    given = {
        name: Reading(plain).latin(name)
        for name in kind.model_fields
        if plain.get(name, "").strip() and name != "what"
    }
    reading = Reading(plain)
    try:
        question = {"what": what, **given}
        wanted = ExploreRequest.model_validate(
            {**subject, "question": question, "time_limit_s": house.settings.solve_time_limit_s}
        )
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = str(fault["loc"][-1]) if fault["loc"] else "what"
            reading.faults[name] = _limits(kind, name)
        return _page(request, house, account, plan_id, reading, what, status=422)
    job = ask_exploration(house.store, wanted, owner=account.name)
    house.wake()
    return RedirectResponse(f"/explorations/{job.id}?plan={plan_id}", status_code=303)


def _limits(kind: type[Document], name: str) -> Note:
    """What may be typed into a field of a question."""
    info = kind.model_fields.get(name)
    bounds = info.metadata if info is not None else []
    low = next((bound.ge for bound in bounds if hasattr(bound, "ge")), None)
    high = next((bound.le for bound in bounds if hasattr(bound, "le")), None)
    if low is None or high is None:
        return Note(_LIMITS)
    return Note(WHOLE, low=str(low), high=str(high))


def _job(house: House, job_id: str) -> Job:
    try:
        job = house.store.jobs.get(job_id)
    except UnknownError:
        raise NotFoundError from None
    if job.process != Kind.EXPLORE:
        raise NotFoundError
    return job


@router.get("/explorations/{job_id}")
def exploration(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Reader,
    job_id: str,
    plan: str = "",
    goal: str = "",
) -> Response:
    """Progress until the answer is there; then the sentence, the chart and the tables."""
    job = _job(house, job_id)
    found = explored_of(job)
    districts = district_names(house.atlases.open(account), words)
    return page(
        request,
        "exploration.html",
        account,
        view=view_of_exploration(job, house.clock()),
        line=TITLES.get(_what(job), ("", ""))[1],
        meaning=MEANING,
        plan_id=plan if plan.isalnum() else "",
        answer=None if found is None else _answer(found, goal, words, districts),
        about=_title(house, plan),
        goals=GOALS,
        refusal=_refusal(job, words),
    )


@router.get("/explorations/{job_id}/findings.xlsx")
def download_findings(house: HouseOf, words: WordsOf, account: Exporter, job_id: str) -> Response:
    """All tables of the answer as a workbook; who took it stands in the audit log."""
    found = explored_of(_job(house, job_id))
    if found is None:
        raise NotFoundError
    content = findings_content(
        found.problem,
        found.findings,
        Format.XLSX,
        words,
        f"{found.question.what}.xlsx",
        serial=copy_serial(),
    )
    note_export(house.store, account, job_id, content, asked={}, exact=False)
    headers = {"Content-Disposition": f'attachment; filename="{content.filename}"'}
    return Response(content.body, media_type=content.media_type, headers=headers)


def _title(house: House, plan_id: str) -> PlanHead | None:
    """The plan that the page is about, where its address names one."""
    if not plan_id:
        return None
    try:
        return house.store.plans.get(plan_id).head
    except UnknownError:
        return None


def _what(job: Job) -> str:
    return ExploreRequest.model_validate_json(job.request).question.what


def _answer(
    found: Explored, measure: str, words: Words, districts: Mapping[str, str]
) -> dict[str, Any]:
    question = found.question
    usual = TierName.UNMET if isinstance(question, AskWhyNot) else getattr(question, "goal", None)
    chosen = next((one for one in GOALS if one.value == measure), usual or TierName.UNMET)
    by_goal = goal_matters(found)
    served = served_chart(found, words)
    shows_served = served is not None and measure not in {one.value for one in GOALS}
    findings = found.findings
    if by_goal and chosen is not usual:
        findings = findings_of(
            question.model_copy(update={"goal": chosen}), found.problem, found.typed
        )
    chart = served if shows_served else chart_of(found, chosen, words)
    told = chart.reading(words) if shows_served and chart is not None else findings.reading(words)
    return {
        "reading": told,
        "tables": [with_names(table, districts) for table in findings.tables(words)],
        "chart": chart,
        "measure": SERVED if shows_served else chosen.value,
        "served": served is not None,
        "by_goal": by_goal,
        "proven": found.proven,
        "first_only": isinstance(question, AskAlternatives),
        "misleads": fairness_may_mislead(found),
        "gives_way": fairness_gives_way(found),
        "counts_more": fairness_counts_more(found),
        "problem": found.problem,
    }


def with_names(table: PlanTable, names: Mapping[str, str]) -> PlanTable:
    """The table with districts by name: a problem knows their codes only."""
    rows = tuple(
        tuple(names.get(cell, cell) if isinstance(cell, str) else cell for cell in row)
        for row in table.rows
    )
    return replace(table, rows=rows)


def _refusal(job: Job, words: Words) -> dict[str, Any]:
    """Why there is no answer: faults of the request, or why no legal plan exists."""
    result = orjson.loads(job.result) if job.result else {}
    faults = [SaidFault.model_validate(one) for one in result.get("faults", ())]
    told = result.get("explanation", {}).get("said", {}).get(words.lang)
    return {
        "faults": [
            f"{words.say(one.key, **one.params)} {words.say(key_on_page(one.remedy), **one.params)}"
            for one in faults
        ],
        "infeasible": result.get("outcome", {}).get("status") == Status.INFEASIBLE,
        "why": ToldExplanation.model_validate(told) if told else None,
    }


@router.get("/explorations/{job_id}/progress")
def progress(
    request: Request, house: HouseOf, account: Reader, job_id: str, plan: str = ""
) -> Response:
    """The part that renews itself; an ended job sends its reader to the answer."""
    job = _job(house, job_id)
    plan_id = plan if plan.isalnum() else ""
    headers = {}
    if job.status.is_final:
        headers["HX-Redirect"] = f"/explorations/{job_id}?plan={plan_id}"
    return page(
        request,
        "parts/exploration_progress.html",
        account,
        headers=headers,
        view=view_of_exploration(job, house.clock()),
        meaning=MEANING,
        plan_id=plan_id,
    )


@router.post("/explorations/{job_id}/cancel", dependencies=[Depends(require(Right.ASK_SCENARIO))])
def cancel(house: HouseOf, job_id: str, plan: str = "") -> Response:
    """Stop it; points that were answered are kept, asking again goes on from there."""
    _job(house, job_id)
    house.store.jobs.cancel(job_id)
    house.wake()
    plan_id = plan if plan.isalnum() else ""
    return RedirectResponse(f"/explorations/{job_id}?plan={plan_id}", status_code=303)
