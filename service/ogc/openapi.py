"""The API's own description: OpenAPI 3.0.3, built by hand from the collections and processes.

FastAPI's 3.1 document misleads QGIS and GDAL, and would describe the pages as well.
"""

from collections.abc import Sequence
from typing import Any

from service.jobs.model import Kind
from service.ogc import openapi_parts as parts
from service.ogc.collections import Collection
from service.ogc.crs import KNOWN
from service.ogc.openapi_parts import HTML, PROBLEM, in_path, in_query, parameter, ref
from service.ogc.openapi_schemas import schemas
from service.ogc.query import DEFAULT_LIMIT, FORMATS, LANGUAGES, LARGEST_LIMIT
from service.ogc.wire import GEOJSON, JSON, OPENAPI, SCHEMA
from service.store.jobs import JobStatus


def document(root: str, version: str, visible: Sequence[Collection]) -> dict[str, Any]:
    """The OpenAPI document as the caller may use it."""
    paths: dict[str, Any] = {
        "/": _get("getLandingPage", "Landing page", "Capabilities", JSON, "landingPage"),
        "/conformance": _get("getConformance", "Conformance", "Capabilities", JSON, "conformance"),
        "/api": _get("getApi", "This document", "Capabilities", OPENAPI),
        "/collections": _get("getCollections", "Collections", "Capabilities", JSON, "collections"),
    }
    for one in visible:
        paths |= _collection_paths(one)
    paths |= _process_paths()
    found = parts.document(
        "Mizan",
        "Need, fair allocation and its proof for community police.",
        version,
        root,
        paths,
        schemas=schemas(),
        parameters=_parameters(),
        tags=("Capabilities", "Data", "Processes", "Jobs"),
    )
    uploads = {"description": "Uploads, downloads and figures of the machine"}
    return found | {"externalDocs": uploads | {"url": f"{root.removesuffix('/ogc')}/api"}}


def _collection_paths(one: Collection) -> dict[str, Any]:
    here = f"/collections/{one.id}"
    stem = "".join(part.capitalize() for part in one.id.split("-"))
    shared = ["f", "lang", "limit", "offset", "bbox", "bbox-crs", "crs", "datetime"]
    names = [*shared, "filter", "filter-lang", "filter-crs"]
    own = [
        in_query(prop.name, {key: value for key, value in prop.schema().items() if key != "title"})
        for prop in one.properties
    ]
    items = _operation(
        f"get{stem}Items", f"Items of {one.id}", "Data", GEOJSON, "featureCollection"
    )
    items["parameters"] = [*(parameter(name) for name in names), *own]
    item = _operation(f"get{stem}Item", f"One item of {one.id}", "Data", GEOJSON, "feature")
    item["parameters"] = [
        parameter("featureId"),
        *(parameter(name) for name in ("f", "lang", "crs")),
    ]
    return {
        here: _get(f"get{stem}", f"Collection {one.id}", "Data", JSON, "collection"),
        f"{here}/queryables": _get(
            f"get{stem}Queryables", "Queryables", "Data", SCHEMA, "properties"
        ),
        f"{here}/schema": _get(f"get{stem}Schema", "Schema", "Data", SCHEMA, "properties"),
        f"{here}/items": {"get": items},
        f"{here}/items/{{featureId}}": {"get": item},
    }


def _process_paths() -> dict[str, Any]:
    job = "statusInfo"
    execute = _operation("execute", "Ask for a plan", "Processes", JSON, job, status="201")
    execute["parameters"] = [
        parameter("processId"),
        parameter("lang"),
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key gives the job that is there already.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 120},
        },
    ]
    execute["requestBody"] = {"required": True, "content": {JSON: {"schema": ref("execute")}}}
    execute["responses"] |= {code: parts.response(code) for code in ("409", "413")}
    execute["responses"]["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
    one = {"parameters": [parameter("jobId"), parameter("f"), parameter("lang")]}
    listed = _operation("getJobs", "Jobs of the caller", "Jobs", JSON, "jobList")
    listed["parameters"] = [parameter(name) for name in ("f", "lang", "limit", *_OF_JOBS)]
    processes = _get("getProcesses", "Processes", "Processes", JSON, "processList")
    processes["get"]["parameters"].append(parameter("limit"))
    results = _operation("getResult", "Results of a job", "Jobs", JSON, "results")
    stopped = "The job was stopped on request: it will never have results."
    failed = "The job ended without results; its status says why."
    results["responses"] |= {
        "410": parts.answer(stopped, PROBLEM, ref("problem")),
        "422": parts.answer(failed, PROBLEM, ref("problem")),
    }
    return {
        "/processes": processes,
        "/processes/{processId}": {
            "get": _operation("getProcess", "Description", "Processes", JSON, "process")
            | {"parameters": [parameter("processId"), parameter("f"), parameter("lang")]}
        },
        "/processes/{processId}/execution": {"post": execute},
        "/jobs": {"get": listed},
        "/jobs/{jobId}": {
            "get": _operation("getStatus", "Status of a job", "Jobs", JSON, job) | one,
            "delete": _operation("dismiss", "Stop a job", "Jobs", JSON, job)
            | {"parameters": [parameter("jobId"), parameter("f"), parameter("lang")]},
        },
        "/jobs/{jobId}/results": {"get": results | one},
    }


def _get(
    operation: str, summary: str, tag: str, media_type: str, schema: str = ""
) -> dict[str, Any]:
    found = _operation(operation, summary, tag, media_type, schema)
    found["parameters"] = [parameter("f"), parameter("lang")]
    return {"get": found}


def _operation(
    operation: str,
    summary: str,
    tag: str,
    media_type: str,
    schema: str = "",
    *,
    status: str = "200",
) -> dict[str, Any]:
    body = ref(schema) if schema else {"type": "object"}
    answers: dict[str, Any] = {status: parts.answer(summary, media_type, body)}
    if status == "200":
        answers["200"]["content"][HTML] = {"schema": {"type": "string"}}
        answers["304"] = {"description": "The caller has these very bytes."}
    return parts.operation(operation, summary, tag, answers)


def _parameters() -> dict[str, Any]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    systems = {"type": "string", "format": "uri", "enum": list(KNOWN)}
    languages = {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT, "default": DEFAULT_LIMIT}
    schemas: dict[str, dict[str, Any]] = {
        "f": {"type": "string", "enum": list(FORMATS)},
        "lang": {"type": "string", "enum": list(LANGUAGES)},
        "limit": limit,
        "offset": {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0},
        "bbox": numbers,
        "bbox-crs": systems,
        "crs": systems,
        "datetime": {"type": "string"},
        "filter": {"type": "string", "maxLength": 2000},
        "filter-lang": languages,
        "filter-crs": systems,
        **_of_jobs(),
    }
    found = {name: in_query(name, schema) for name, schema in schemas.items()}
    found |= {name: in_path(name) for name in ("featureId", "jobId")}
    found["processId"] = in_path("processId", {"type": "string", "enum": [*Kind]})
    return found


_OF_JOBS = ("type", "processID", "status", "datetime", "minDuration", "maxDuration", "before")


def _of_jobs() -> dict[str, dict[str, Any]]:
    """Filters of the list of jobs, and where its next page begins."""

    def listed(values: list[str]) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": values}}

    seconds = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
    return {
        "type": listed(["process"]),
        "processID": listed([kind.value for kind in Kind]),
        "status": listed([state.value for state in JobStatus]),
        "minDuration": seconds | {"minimum": 0},
        "maxDuration": seconds | {"minimum": 0},
        "before": seconds,
    }
