"""The API's own description: OpenAPI 3.0.3, built by hand from the collections and processes.

FastAPI's 3.1 document misleads QGIS and GDAL, and would describe the pages as well.
"""

from collections.abc import Sequence
from typing import Any

from service.jobs.model import Kind
from service.ogc.collections import Collection
from service.ogc.crs import KNOWN
from service.ogc.openapi_schemas import schemas
from service.ogc.query import DEFAULT_LIMIT, FORMATS, LANGUAGES, LARGEST_LIMIT
from service.ogc.wire import GEOJSON, JSON, OPENAPI, SCHEMA
from service.store.jobs import JobStatus

_PROBLEM = "application/problem+json"
_HTML = "text/html"


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
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Mizan",
            "version": version,
            "description": "Need, fair allocation and its proof for community police.",
        },
        "servers": [{"url": root}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": name} for name in ("Capabilities", "Data", "Processes", "Jobs")],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "mizan_session"},
            },
            "parameters": _parameters(),
            "responses": {
                name: _answer(text, _PROBLEM, {"$ref": "#/components/schemas/problem"})
                for name, text in _REFUSALS.items()
            },
            "schemas": schemas(),
        },
    }


_REFUSALS = {
    "BadRequest": "The request is not well formed.",
    "NotSignedIn": "An app token or a session is needed.",
    "NotAllowed": "The account has no right to this.",
    "NotFound": "There is no such thing.",
    "NotThatWay": "The address has no such method.",
    "Unavailable": "The store does not answer; Retry-After says when to try again.",
    "Conflict": "It contradicts what is there.",
    "TooMany": "Too many jobs of the caller wait, or too many wrong tokens came from there.",
    "TooLarge": "The body is too large.",
    "Stopped": "The job was stopped on request: it will never have results.",
    "Failed": "The job ended without results; its status says why.",
}


def _collection_paths(one: Collection) -> dict[str, Any]:
    here = f"/collections/{one.id}"
    stem = "".join(part.capitalize() for part in one.id.split("-"))
    shared = ["f", "lang", "limit", "offset", "bbox", "bbox-crs", "crs", "datetime"]
    names = [*shared, "filter", "filter-lang", "filter-crs"]
    own = [
        {
            "name": prop.name,
            "in": "query",
            "required": False,
            "schema": {key: value for key, value in prop.schema().items() if key != "title"},
            "style": "form",
            "explode": False,
        }
        for prop in one.properties
    ]
    items = _operation(
        f"get{stem}Items", f"Items of {one.id}", "Data", GEOJSON, "featureCollection"
    )
    items["parameters"] = [*(_parameter(name) for name in names), *own]
    item = _operation(f"get{stem}Item", f"One item of {one.id}", "Data", GEOJSON, "feature")
    item["parameters"] = [
        _parameter("featureId"),
        *(_parameter(name) for name in ("f", "lang", "crs")),
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
        _parameter("processId"),
        _parameter("lang"),
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key gives the job that is there already.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 120},
        },
    ]
    execute["requestBody"] = {
        "required": True,
        "content": {JSON: {"schema": {"$ref": "#/components/schemas/execute"}}},
    }
    execute["responses"] |= {
        "409": {"$ref": "#/components/responses/Conflict"},
        "413": {"$ref": "#/components/responses/TooLarge"},
    }
    execute["responses"]["201"]["headers"] = {"Location": {"schema": {"type": "string"}}}
    one = {"parameters": [_parameter("jobId"), _parameter("f"), _parameter("lang")]}
    listed = _operation("getJobs", "Jobs of the caller", "Jobs", JSON, "jobList")
    listed["parameters"] = [_parameter(name) for name in ("f", "lang", "limit", *_OF_JOBS)]
    processes = _get("getProcesses", "Processes", "Processes", JSON, "processList")
    processes["get"]["parameters"].append(_parameter("limit"))
    results = _operation("getResult", "Results of a job", "Jobs", JSON, "results")
    results["responses"] |= {
        "410": {"$ref": "#/components/responses/Stopped"},
        "422": {"$ref": "#/components/responses/Failed"},
    }
    return {
        "/processes": processes,
        "/processes/{processId}": {
            "get": _operation("getProcess", "Description", "Processes", JSON, "process")
            | {"parameters": [_parameter("processId"), _parameter("f"), _parameter("lang")]}
        },
        "/processes/{processId}/execution": {"post": execute},
        "/jobs": {"get": listed},
        "/jobs/{jobId}": {
            "get": _operation("getStatus", "Status of a job", "Jobs", JSON, job) | one,
            "delete": _operation("dismiss", "Stop a job", "Jobs", JSON, job)
            | {"parameters": [_parameter("jobId"), _parameter("f"), _parameter("lang")]},
        },
        "/jobs/{jobId}/results": {"get": results | one},
    }


def _get(
    operation: str, summary: str, tag: str, media_type: str, schema: str = ""
) -> dict[str, Any]:
    found = _operation(operation, summary, tag, media_type, schema)
    found["parameters"] = [_parameter("f"), _parameter("lang")]
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
    refused = {
        "400": "BadRequest",
        "401": "NotSignedIn",
        "403": "NotAllowed",
        "404": "NotFound",
        "405": "NotThatWay",
        "429": "TooMany",
        "503": "Unavailable",
    }
    body = {"$ref": f"#/components/schemas/{schema}"} if schema else {"type": "object"}
    answers: dict[str, Any] = {status: _answer(summary, media_type, body)}
    if status == "200":
        answers["200"]["content"][_HTML] = {"schema": {"type": "string"}}
        answers["304"] = {"description": "The caller has these very bytes."}
    answers |= {code: {"$ref": f"#/components/responses/{name}"} for code, name in refused.items()}
    return {"operationId": operation, "summary": summary, "tags": [tag], "responses": answers}


def _answer(text: str, media_type: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {media_type: {"schema": body}}}


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


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
    found = {
        name: {
            "name": name,
            "in": "query",
            "required": False,
            "schema": schema,
            "style": "form",
            "explode": False,
        }
        for name, schema in schemas.items()
    }
    for name in ("featureId", "processId", "jobId"):
        found[name] = {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
        }
    found["processId"]["schema"] = {"type": "string", "enum": [kind.value for kind in Kind]}
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
