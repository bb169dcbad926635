"""OGC API - Processes: describe ``allocate``, ask for a plan, follow, stop, fetch its results.

Execution is asynchronous only: a solve takes longer than a request may. The job is in the store
before the answer is sent, so an answered request is never lost.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from optimizer.plan import Plan, TierResult
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf
from service.jobs.model import MEANING, AllocateRequest, Kind
from service.jobs.requests import FullQueueError, ask_allocation
from service.jobs.views import progress_of
from service.ogc import html
from service.ogc.access import OgcRoute, caller
from service.ogc.errors import OgcError, bad_request
from service.ogc.links import EXECUTE, HTML_TYPE, RESULTS, base, link, two_views
from service.ogc.query import COMMON, parameters, wanted_format
from service.ogc.wire import HTML, JSON, Bytes, answer, dumps
from service.scenario import Scenario, presets
from service.store.errors import ConflictError, UnknownError
from service.store.jobs import Job, JobStatus

router = APIRouter(prefix="/ogc", include_in_schema=False, route_class=OgcRoute)
Reader = Annotated[Account, Depends(caller(Right.SEE_PLANS))]
Asker = Annotated[Account, Depends(caller(Right.ASK_SCENARIO))]

ALLOCATE = Kind.ALLOCATE.value
LARGEST_BODY = 16 * 1024 * 1024
LONGEST_KEY = 120
JOBS_SHOWN = 100
_EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
_NO_PROCESS = f"{_EXCEPTIONS}/no-such-process"
_NO_JOB = f"{_EXCEPTIONS}/no-such-job"
_NOT_READY = f"{_EXCEPTIONS}/result-not-ready"


@router.get("/processes")
def list_processes(request: Request, words: WordsOf, _account: Reader) -> Response:
    """The processes: there is one."""
    shown = wanted_format(request, parameters(request, COMMON))
    root = base(request)
    summary = _summary(root, words)
    data = {"processes": [summary], "links": two_views(f"{root}/processes", shown)}
    page = partial(
        html.document,
        words,
        words.say("Processes"),
        links=data["links"],
        columns=["id", words.say("Title"), words.say("Description")],
        rows=[
            [
                {"href": f"{root}/processes/{ALLOCATE}?f=html", "text": ALLOCATE},
                summary["title"],
                summary["description"],
            ]
        ],
        crumbs=[("Mizan", f"{root}?f=html")],
    )
    return _answer(request, data, page, shown)


@router.get("/processes/{process}")
def describe(request: Request, words: WordsOf, _account: Reader, process: str) -> Response:
    """Inputs and outputs of a process, as JSON Schema."""
    shown = wanted_format(request, parameters(request, COMMON))
    _known(process)
    root = base(request)
    data = _summary(root, words) | {"inputs": _inputs(words), "outputs": _outputs(words)}
    data["links"] = [
        *two_views(f"{root}/processes/{ALLOCATE}", shown),
        link(f"{root}/processes/{ALLOCATE}/execution", EXECUTE, JSON, "execute"),
    ]
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
    """Ask for a plan; 201 with the address of its job, which is stored by then."""
    parameters(request, frozenset({"lang"}))
    _known(process)
    asked = _request(await _body(request), house.settings.solve_time_limit_s)
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise bad_request(f"an idempotency key has 1 to {LONGEST_KEY} characters")
    try:
        job = await run_in_threadpool(
            ask_allocation, house.store, asked, owner=account.name, idempotency_key=key
        )
    except ConflictError:
        raise OgcError(409, "this idempotency key was used for another request") from None
    except FullQueueError:
        raise OgcError(429, "too many of your jobs have not ended; cancel some") from None
    house.wake()
    root = base(request)
    made = Bytes.of(dumps(_status(job, root, words, "json")), JSON)
    headers = {
        "location": f"{root}/jobs/{job.id}",
        "preference-applied": "respond-async",
        "cache-control": "no-store",
    }
    return answer(request, made, headers=headers, status=201)


@router.get("/jobs")
def list_jobs(request: Request, house: HouseOf, words: WordsOf, account: Reader) -> Response:
    """The caller's jobs, newest first."""
    given = parameters(request, COMMON | {"limit"})
    shown = wanted_format(request, given)
    limit = given.get("limit", str(JOBS_SHOWN))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= 10_000):  # noqa: PLR2004 (the largest page)
        raise bad_request("limit must be a whole number from 1 on")
    root = base(request)
    jobs = house.store.jobs.list(owner=account.name, limit=int(limit))
    data = {
        "jobs": [_status(job, root, words, "json") for job in jobs],
        "links": two_views(f"{root}/jobs", shown),
    }
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


@router.get("/jobs/{job_id}")
def status(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, job_id: str
) -> Response:
    """How far a job is: goal, value, bound, gap."""
    shown = wanted_format(request, parameters(request, COMMON))
    job = _mine(house, account, job_id)
    root = base(request)
    data = _status(job, root, words, shown)
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
            if key not in {"links", "goal"}
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
    data = _status(job, base(request), words, "json")
    if not job.status.is_final:
        # The wish is stored; the runner ends the solver, and the status follows.
        data["message"] = words.say("It is being stopped.")
    return _answer(request, data, bytes, "json")


@router.get("/jobs/{job_id}/results")
def results(
    request: Request, house: HouseOf, words: WordsOf, account: Reader, job_id: str
) -> Response:
    """The plan, its problem and the auditor's report; or why there is none."""
    shown = wanted_format(request, parameters(request, COMMON))
    job = _mine(house, account, job_id)
    if not job.status.is_final:
        raise OgcError(404, "the job has not ended", _NOT_READY)
    if job.status is not JobStatus.SUCCESSFUL:
        raise OgcError(404, "the job ended without results; its status says why", _NOT_READY)
    found: dict[str, Any] = {"outcome": _outcome(job)}
    if job.plan_id is not None:
        problem, plan = house.store.plans.texts(job.plan_id)
        report = house.store.plans.get(job.plan_id).report
        found["plan"] = orjson.Fragment(plan)
        found["problem"] = orjson.Fragment(problem)
        found["report"] = None if report is None else orjson.Fragment(report)
    page = partial(_results_page, request, words, job, house)
    return _answer(request, found, page, shown)


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


def _known(process: str) -> None:
    if process != ALLOCATE:
        raise OgcError(404, "there is no such process", _NO_PROCESS)


def _mine(house: HouseOf, account: Account, job_id: str) -> Job:
    """A job of the caller; another's is as unknown as none."""
    try:
        job = house.store.jobs.get(job_id)
    except UnknownError:
        job = None
    if job is None or job.owner != account.name:
        raise OgcError(404, "there is no such job", _NO_JOB)
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


def _request(body: dict[str, Any], limit_s: float) -> AllocateRequest:
    """The inputs as a request. Which field is wrong is said, not what was sent in it."""
    inputs = dict(body["inputs"])
    scenario = inputs.get("scenario")
    if isinstance(scenario, str):
        if scenario not in presets():
            raise bad_request("no scenario has that name")
        inputs["scenario"] = presets()[scenario].model_dump(mode="json")
    inputs.setdefault("time_limit_s", limit_s)
    try:
        return AllocateRequest.model_validate_json(dumps(inputs))
    except ValidationError as error:
        fields = {
            ".".join(
                str(part) for part in one["loc"] if isinstance(part, int) or part.isidentifier()
            )
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        }
        told = ", ".join(sorted(fields))[:500]
        raise bad_request(
            f"the inputs do not fit: {told or 'give a scenario or a problem'}"
        ) from None


def _outcome(job: Job) -> Any:
    return orjson.loads(job.result).get("outcome") if job.result else None


def _status(job: Job, root: str, words: WordsOf, shown: str) -> dict[str, Any]:
    """statusInfo; ``goal`` is ours: the goal at work with value, bound and gap."""
    progress = progress_of(job)
    here = f"{root}/jobs/{job.id}"
    done = job.status is JobStatus.SUCCESSFUL
    found: dict[str, Any] = {
        "jobID": job.id,
        "processID": job.process,
        "type": "process",
        "status": job.status.value,
        "message": job.message or words.say(MEANING[job.status.value]),
        "progress": 100 if done else round(99 * progress.share),
        "created": _moment(job.created_at),
        "started": _moment(job.started_at),
        "updated": _moment(job.updated_at),
        "finished": _moment(job.finished_at),
        "goal": {
            "stage": progress.stage.value,
            "name": progress.tier.value if progress.tier else None,
            "settled": progress.tiers_done,
            "all": progress.tiers_total,
            "value": progress.value,
            "bound": progress.bound,
            "gap": progress.gap,
            "elapsed_s": progress.elapsed_s,
        },
        "links": two_views(here, shown),
    }
    if done:
        found["links"].append(link(f"{here}/results", RESULTS, JSON, "results"))
    if job.plan_id is not None:
        plan = f"{root.removesuffix('/ogc')}/plans/{job.plan_id}"
        found["links"].append(link(plan, "related", HTML_TYPE, "plan"))
    return {key: value for key, value in found.items() if value is not None}


def _moment(when: datetime | None) -> str | None:
    if when is None:
        return None
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _summary(root: str, words: WordsOf) -> dict[str, Any]:
    return {
        "id": ALLOCATE,
        "version": version("mizan"),
        "title": words.say("Allocate officers"),
        "description": words.say(
            "Decide where officers, patrols and women officers serve; proven, or with its gap."
        ),
        "jobControlOptions": ["async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [link(f"{root}/processes/{ALLOCATE}?f=json", "self")],
    }


def _inputs(words: WordsOf) -> dict[str, Any]:
    scenario = Scenario.model_json_schema()
    return {
        "scenario": {
            "title": words.say("Scenario: a preset's name, or a document"),
            "minOccurs": 0,
            "schema": {"oneOf": [{"type": "string", "enum": sorted(presets())}, scenario]},
        },
        "problem": {
            "title": words.say("A problem that carries its own data"),
            "minOccurs": 0,
            "schema": {"type": "object", "contentMediaType": JSON},
        },
        "time_limit_s": {
            "title": words.say("Seconds for all goals together"),
            "minOccurs": 0,
            "schema": {"type": "number", "exclusiveMinimum": 0, "maximum": 86_400},
        },
    }


def _outputs(words: WordsOf) -> dict[str, Any]:
    document = {"type": "object", "contentMediaType": JSON}
    return {
        "outcome": {"title": words.say("Result"), "schema": document},
        "plan": {"title": words.say("Plan"), "schema": document},
        "problem": {"title": words.say("Problem"), "schema": document},
        "report": {"title": words.say("The auditor's report"), "schema": document},
    }
