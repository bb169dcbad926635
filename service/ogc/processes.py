"""OGC API - Processes: describe, ask for a plan or an exploration, follow, stop, fetch results.

Execution is asynchronous only: a solve takes longer than a request may. The job is in the store
before the answer is sent, so an answered request is never lost.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from optimizer.plan import Plan, TierResult
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf
from service.jobs.model import MEANING, AllocateRequest, ExploreRequest, Kind, WorkRequest
from service.jobs.requests import FullQueueError, ask_allocation, ask_exploration
from service.jobs.views import progress_of
from service.ogc import html
from service.ogc.access import OgcRoute, caller
from service.ogc.errors import AGAIN_S, OgcError, bad_request
from service.ogc.job_status import FILTERS, JobsQuery, jobs_query, status_info
from service.ogc.links import base, link, two_views
from service.ogc.process_descriptions import (
    NO_JOB,
    NOT_READY,
    description,
    known,
    read_request,
    summary,
)
from service.ogc.query import COMMON, address, parameters, wanted_format
from service.ogc.wire import HTML, JSON, Bytes, answer, dumps
from service.pages.letters import LETTER_KEYS
from service.store.errors import ConflictError, UnknownError
from service.store.jobs import Job, JobStatus
from service.store.store import Store

router = APIRouter(prefix="/ogc", include_in_schema=False, route_class=OgcRoute)
Reader = Annotated[Account, Depends(caller(Right.SEE_PLANS))]
Asker = Annotated[Account, Depends(caller(Right.ASK_SCENARIO))]

LARGEST_BODY = 16 * 1024 * 1024
LONGEST_KEY = 120


@router.get("/processes")
def list_processes(request: Request, words: WordsOf, _account: Reader) -> Response:
    """The processes."""
    given = parameters(request, COMMON | {"limit"})
    shown = wanted_format(request, given)
    limit = jobs_query(given).limit
    root = base(request)
    listed = [summary(kind, root, words) for kind in Kind][:limit]
    data = {"processes": listed, "links": two_views(f"{root}/processes", shown)}
    page = partial(
        html.document,
        words,
        words.say("Processes"),
        links=data["links"],
        columns=["id", words.say("Title"), words.say("Description")],
        rows=[
            [
                {"href": f"{root}/processes/{one['id']}?f=html", "text": one["id"]},
                one["title"],
                one["description"],
            ]
            for one in listed
        ],
        crumbs=[("Mizan", f"{root}?f=html")],
    )
    return _answer(request, data, page, shown)


@router.get("/processes/{process}")
def describe(request: Request, words: WordsOf, _account: Reader, process: str) -> Response:
    """Inputs and outputs of a process, as JSON Schema."""
    shown = wanted_format(request, parameters(request, COMMON))
    root = base(request)
    data = description(known(process), root, words, shown)
    page = partial(
        html.document,
        words,
        data["title"],
        about=data["description"],
        links=data["links"],
        columns=[words.say("Input"), words.say("Title")],
        rows=[[name, one["title"]] for name, one in data["inputs"].items()],
        crumbs=[("Mizan", f"{root}?f=html"), ("processes", f"{root}/processes?f=html")],
    )
    return _answer(request, data, page, shown)


@router.post("/processes/{process}/execution")
async def execute(
    request: Request, house: HouseOf, words: WordsOf, account: Asker, process: str
) -> Response:
    """Ask for work; 201 with the address of its job, which is stored by then."""
    parameters(request, frozenset({"lang"}))
    kind = known(process)
    asked = read_request(kind, await _body(request), house.settings.solve_time_limit_s)
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise bad_request(f"an idempotency key has 1 to {LONGEST_KEY} characters")
    if key is not None and key.startswith(LETTER_KEYS):
        raise bad_request(f"no idempotency key may begin with {LETTER_KEYS}")
    try:
        job = await run_in_threadpool(_stored, house.store, asked, account.name, key)
    except ConflictError:
        raise OgcError(409, "this idempotency key was used for another request") from None
    except FullQueueError:
        title = "too many of your jobs have not ended; cancel some"
        raise OgcError(429, title, again_s=AGAIN_S) from None
    house.wake()
    root = base(request)
    made = Bytes.of(dumps(status_info(job, root, words, "json")), JSON)
    headers = {"location": f"{root}/jobs/{job.id}", "cache-control": "no-store"}
    wishes = {wish.strip().lower() for wish in request.headers.get("prefer", "").split(",")}
    if "respond-async" in wishes:
        headers["preference-applied"] = "respond-async"
    return answer(request, made, headers=headers, status=201)


def _stored(store: Store, asked: WorkRequest, owner: str, key: str | None) -> Job:
    if isinstance(asked, ExploreRequest):
        return ask_exploration(store, asked, owner=owner, idempotency_key=key)
    assert isinstance(asked, AllocateRequest)
    return ask_allocation(store, asked, owner=owner, idempotency_key=key)


@router.get("/jobs")
def list_jobs(request: Request, house: HouseOf, words: WordsOf, account: Reader) -> Response:
    """The caller's jobs, newest first, a page at a time."""
    given = parameters(request, COMMON | FILTERS | {"limit", "before"})
    shown = wanted_format(request, given)
    asked = jobs_query(given)
    root = base(request)
    jobs = _chosen(house, account, asked)
    more = len(jobs) > asked.limit
    jobs = jobs[: asked.limit]
    here = address(f"{root}/jobs", {k: v for k, v in given.items() if k != "f"})
    links = two_views(here, shown)
    if more:
        last = jobs[-1].sequence
        links.append(link(address(f"{root}/jobs", given, before=last), "next", title="next page"))
    data = {"jobs": [status_info(job, root, words, "json") for job in jobs], "links": links}
    page = partial(
        html.document,
        words,
        words.say("Jobs"),
        links=data["links"],
        columns=["id", words.say("State"), words.say("Goals settled")],
        rows=[
            [
                {"href": f"{root}/jobs/{job.id}?f=html", "text": job.id},
                words.say(MEANING[job.status.value]),
                words.percent(progress_of(job).share),
            ]
            for job in jobs
        ],
        crumbs=[("Mizan", f"{root}?f=html")],
    )
    return _answer(request, data, page, shown)


def _chosen(house: HouseOf, account: Account, asked: JobsQuery) -> list[Job]:
    """The page that was asked for, and one job more where there are more."""
    if asked.nothing:
        return []
    found: list[Job] = []
    before, now = asked.before, house.clock()
    while len(found) <= asked.limit:
        batch = house.store.jobs.list(
            owner=account.name,
            processes=asked.processes,
            statuses=asked.statuses,
            limit=asked.limit + 1,
            before=before,
        )
        found += [job for job in batch if asked.wants(job, now)]
        if len(batch) <= asked.limit:
            break
        before = batch[-1].sequence
    return found[: asked.limit + 1]


@router.get("/jobs/{job_id}")
def status(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, job_id: str
) -> Response:
    """How far a job is: goal, value, bound, gap; or points."""
    shown = wanted_format(request, parameters(request, COMMON))
    job = _mine(house, account, job_id)
    root = base(request)
    data = status_info(job, root, words, shown)
    page = partial(
        html.document,
        words,
        job.id,
        about=words.say(MEANING[job.status.value]),
        links=data["links"],
        columns=[words.say("Property"), words.say("Value")],
        rows=[
            [key, html.cell(value, words)]
            for key, value in data.items()
            if key not in {"links", "goal", "points"}
        ],
        crumbs=[("Mizan", f"{root}?f=html"), ("jobs", f"{root}/jobs?f=html")],
    )
    return _answer(request, data, page, shown)


@router.delete("/jobs/{job_id}")
def dismiss(
    request: Request, house: HouseOf, words: WordsOf, account: Asker, job_id: str
) -> Response:
    """Stop a job: a waiting one at once, a running one within two seconds."""
    parameters(request, COMMON)
    _mine(house, account, job_id)
    job = house.store.jobs.cancel(job_id)
    house.wake()
    data = status_info(job, base(request), words, "json")
    if not job.status.is_final:
        # The wish is stored; the runner ends the solver, and the status follows.
        data["message"] = words.say("It is being stopped.")
    return _answer(request, data, bytes, "json")


@router.get("/jobs/{job_id}/results")
def results(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, job_id: str
) -> Response:
    """The plan, its problem and the auditor's report, or the findings; or why there are none."""
    shown = wanted_format(request, parameters(request, COMMON))
    job = _mine(house, account, job_id)
    _check_results(job)
    kept = orjson.loads(job.result) if job.result else {}
    found: dict[str, Any] = {"outcome": kept.get("outcome")}
    if job.process == Kind.EXPLORE:
        found |= {name: kept[name] for name in ("explored", "problem") if name in kept}
    if job.plan_id is not None:
        problem, plan = house.store.plans.texts(job.plan_id)
        report = house.store.plans.get(job.plan_id).report
        found["plan"] = orjson.Fragment(plan)
        found["problem"] = orjson.Fragment(problem)
        found["report"] = None if report is None else orjson.Fragment(report)
    page = partial(_results_page, request, words, job, house)
    return _answer(request, found, page, shown)


def _check_results(job: Job) -> None:
    """Raises ``OgcError`` where there are none: not yet, stopped, or failed with its reason."""
    if not job.status.is_final:
        raise OgcError(404, "the job has not ended", NOT_READY)
    if job.status is JobStatus.DISMISSED:
        raise OgcError(410, "the job was stopped on request")
    if job.status is JobStatus.FAILED:
        raise OgcError(422, "the job ended without results; its status says why")


def _results_page(request: Request, words: WordsOf, job: Job, house: HouseOf) -> bytes:
    root = base(request)
    here = f"{root}/jobs/{job.id}/results"
    tiers: tuple[TierResult, ...] = ()
    if job.plan_id is not None:
        plan = Plan.model_validate_json(house.store.plans.texts(job.plan_id)[1])
        tiers = plan.tiers
    return html.document(
        words,
        words.say("Result"),
        links=two_views(here, "html"),
        columns=[words.say("Goal"), words.say("Value reached"), words.say("Bound")],
        rows=[
            [tier.name.value, words.number(tier.value, 3), words.number(tier.bound, 3)]
            for tier in tiers
        ],
        crumbs=[("Mizan", f"{root}?f=html"), (job.id, f"{root}/jobs/{job.id}?f=html")],
    )


def _answer(
    request: Request, data: dict[str, Any], page: Callable[[], bytes], shown: str
) -> Response:
    made = Bytes.of(page(), HTML) if shown == "html" else Bytes.of(dumps(data), JSON)
    return answer(request, made, headers={"cache-control": "no-store"})


def _mine(house: HouseOf, account: Account, job_id: str) -> Job:
    """A job of the caller; another's is as unknown as none."""
    try:
        job = house.store.jobs.get(job_id)
    except UnknownError:
        job = None
    if job is None or job.owner != account.name:
        raise OgcError(404, "there is no such job", NO_JOB)
    return job


async def _body(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise OgcError(413, "the request is too large")
    try:
        found = orjson.loads(bytes(body))
    except orjson.JSONDecodeError:
        raise bad_request("the body is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("inputs"), dict):
        raise bad_request("the body needs inputs")
    return found
