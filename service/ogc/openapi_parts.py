"""What every hand-built OpenAPI 3.0.3 document of ours is put together from."""

from collections.abc import Iterable, Mapping
from typing import Any

PROBLEM = "application/problem+json"
HTML = "text/html"
SECURITY: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
_SCHEMES = {
    "token": {"type": "http", "scheme": "basic", "description": "Account and its app token."},
    "session": {"type": "apiKey", "in": "cookie", "name": "mizan_session"},
}
REFUSALS: Mapping[str, tuple[str, str]] = {
    "400": ("BadRequest", "The request is not well formed."),
    "401": ("NotSignedIn", "An app token or a session is needed."),
    "403": ("NotAllowed", "The account has no right to this, or it came from another site."),
    "404": ("NotFound", "There is no such thing, or none that the caller may know of."),
    "405": ("NotThatWay", "The address has no such method."),
    "409": ("Conflict", "It contradicts what is there, or somebody else is at it."),
    "410": ("Gone", "It was there, and is not any more."),
    "413": ("TooLarge", "The body is too large."),
    "422": ("NotAccepted", "It is well formed and can't be accepted; each fault is named."),
    "429": ("TooMany", "Too much of the caller's waits, or too many wrong tokens came from there."),
    "503": ("Unavailable", "The store does not answer; Retry-After says when to try again."),
    "507": ("NoRoom", "The disk is full; nothing was changed."),
}
"""What stands under ``#/components/responses``, by status: its name and what it means."""
_ALWAYS = ("400", "401", "403", "404", "405", "429", "503", "507")
_TEXT = {"type": "string"}
_WHEN = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}}}


def document(
    title: str,
    about: str,
    version: str,
    root: str,
    paths: Mapping[str, Any],
    *,
    schemas: Mapping[str, Any],
    parameters: Mapping[str, Any],
    tags: Iterable[str],
) -> dict[str, Any]:
    """The whole document; ``root`` is the address that its paths begin at."""
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": version, "description": about},
        "servers": [{"url": root}],
        "security": SECURITY,
        "tags": [{"name": name} for name in tags],
        "paths": dict(paths),
        "components": {
            "securitySchemes": _SCHEMES,
            "parameters": dict(parameters),
            "responses": {
                name: answer(text, PROBLEM, ref("problem")) | _headers(status)
                for status, (name, text) in REFUSALS.items()
            },
            "schemas": {"problem": _problem(), **schemas},
        },
    }


def operation(
    name: str,
    summary: str,
    tag: str,
    answers: Mapping[str, Any],
    *,
    parameters: Iterable[Mapping[str, Any]] = (),
    refused: Iterable[str] = _ALWAYS,
    also: Iterable[str] = (),
) -> dict[str, Any]:
    """One method of a path: its own ``answers`` and the refusals ``refused`` and ``also``."""
    refusals = {code: response(code) for code in (*refused, *also)}
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": list(parameters),
        "responses": {**refusals, **answers},
    }


def answer(
    text: str, media_type: str, body: Mapping[str, Any], **headers: Mapping[str, Any]
) -> dict[str, Any]:
    """An answer of one media type; ``headers`` are schemas by name."""
    found: dict[str, Any] = {"description": text, "content": {media_type: {"schema": dict(body)}}}
    told = {name: {"schema": dict(schema)} for name, schema in headers.items()}
    return found | ({"headers": told} if told else {})


def response(status: str) -> dict[str, str]:
    """The refusal of a status, told once for all."""
    return {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}


def parameter(name: str) -> dict[str, str]:
    """A parameter that is told once for all."""
    return {"$ref": f"#/components/parameters/{name}"}


def in_query(name: str, schema: Mapping[str, Any], about: str = "") -> dict[str, Any]:
    """A parameter of the query; a list is written with commas."""
    found = {"name": name, "in": "query", "required": False, "schema": dict(schema)}
    found |= {"style": "form", "explode": False}
    return found | ({"description": about} if about else {})


def in_path(name: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A part of the path."""
    told = schema or {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": dict(told)}


def ref(name: str) -> dict[str, str]:
    """A schema that is told once for all."""
    return {"$ref": f"#/components/schemas/{name}"}


def _headers(status: str) -> dict[str, Any]:
    return {"headers": _WHEN} if status in {"429", "503"} else {}


def _problem() -> dict[str, Any]:
    """RFC 9457; ``faults`` name what is wrong, ``number`` a fault of ours in the log."""
    fault = {
        "type": "object",
        "required": ["problem", "remedy"],
        "additionalProperties": False,
        "properties": {
            "where": _TEXT,
            "row": {"type": "integer", "nullable": True},
            "column": _TEXT | {"nullable": True},
            "problem": _TEXT,
            "remedy": _TEXT,
            "offered": {"type": "array", "items": _TEXT},
        },
    }
    return {
        "type": "object",
        "required": ["title", "status"],
        "additionalProperties": False,
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "number": _TEXT,
            "faults": {"type": "array", "items": fault},
        },
    }
