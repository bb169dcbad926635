"""The description of what other programs use besides ``/ogc``: OpenAPI 3.0.3, built by hand.

Uploads, downloads with stable links, figures for whoever runs the machine. What stands here is
closed: an answer with a field more contradicts it, and the tests see that.
"""

from collections.abc import Mapping
from typing import Any

from geo.layers import LayerCode
from geo.places import Level
from geo.rates import Window
from service.deps import MOST_NUMBER
from service.exports.content import Format
from service.metrics import CONTENT_TYPE
from service.ogc import openapi_parts as parts
from service.ogc.openapi_parts import answer, in_path, in_query, operation, ref
from service.ogc.query import LANGUAGES
from service.ogc.wire import JSON, OPENAPI
from service.pages.kinds import PlanLayer
from service.store import Kind

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_TEXTS = {"type": "array", "items": _TEXT}
_FILE = {"type": "string", "format": "binary"}
_READ: Mapping[str, dict[str, Any]] = {
    Format.GEOJSON.media_type: {
        "type": "object",
        "required": ["type", "features", "metadata"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"type": "object"}},
            "metadata": {"type": "object", "required": ["serial", "sources"]},
        },
    },
    JSON: {"type": "object", "required": ["schema_version", "data_version"]},
}
"""Files that clients read as JSON; what a plan and a problem hold, their own versions say."""
_SESSION: list[dict[str, list[str]]] = [{"session": []}]
_PLAN_FILES: Mapping[str, tuple[str, str]] = {
    "plan.geojson": (Format.GEOJSON.media_type, "Areas and offices of a plan"),
    "plan.gpkg": (Format.GPKG.media_type, "Areas and offices of a plan, as two layers"),
    "plan.csv": ("text/csv", "A plan, one row for each area"),
    "plan.xlsx": (Format.XLSX.media_type, "A plan with its details, as a workbook"),
    "plan.json": (JSON, "A plan as the solver gave it"),
    "problem.json": (JSON, "The problem of a plan, solvable again anywhere"),
    "map.html": ("text/html", "The map of a plan as one file"),
    "report.pdf": (Format.PDF.media_type, "The report of a plan"),
    "letter.pdf": (Format.PDF.media_type, "The letter that asks for women officers"),
}


def document(root: str, version: str) -> dict[str, Any]:
    """The OpenAPI document; ``root`` is the address of the service."""
    return parts.document(
        "Mizan: uploads and downloads",
        "What programs use besides the OGC API. Browsers, which accept text/html, are answered "
        "with a page where programs get application/problem+json.",
        version,
        root,
        {
            "/api": {"get": _described()},
            **_upload_paths(),
            **_download_paths(),
            **_machine_paths(),
        },
        schemas=_schemas(),
        parameters={"lang": in_query("lang", {"type": "string", "enum": list(LANGUAGES)})},
        tags=("Description", "Uploads", "Downloads", "Machine"),
    )


def _described() -> dict[str, Any]:
    found = answer("This document", OPENAPI, {"type": "object"})
    return operation("getDescription", "This document", "Description", {"200": found})


def _upload_paths() -> dict[str, Any]:
    """A file comes in, is looked at, and is kept or let go."""
    lang = parts.parameter("lang")
    which = in_path("upload", {"type": "string", "minLength": 1})
    kind = in_path("upload", {"type": "string", "enum": [one.value for one in Kind]})
    told = answer("What keeping it would do", JSON, ref("upload"))
    bring = operation(
        "bringFile",
        "Take a file in; the part of the path is its kind. Nothing is changed yet",
        "Uploads",
        {"201": told | {"headers": {"Location": {"schema": _TEXT}}}},
        parameters=[kind, lang],
        also=("413", "422"),
    )
    bring["requestBody"] = {
        "required": True,
        "content": {"multipart/form-data": {"schema": _file_form()}},
    }
    look = operation(
        "getUpload",
        "The preview again, against the data as they are now",
        "Uploads",
        {"200": told},
        parameters=[which, lang],
        also=("422",),
    )
    let_go = operation(
        "discardUpload",
        "Let the file go",
        "Uploads",
        {"204": {"description": "It is gone."}},
        parameters=[which],
    )
    keep = operation(
        "keepUpload",
        "Keep the file as a new version",
        "Uploads",
        {"200": answer("What was kept", JSON, ref("kept"))},
        parameters=[which, lang],
        also=("409", "422"),
    )
    number = in_path("sequence", {"type": "integer", "minimum": 0, "maximum": MOST_NUMBER})
    undo = operation(
        "undoVersion",
        "Take a version back; both stay on record",
        "Uploads",
        {"200": answer("What was taken back", JSON, ref("undone"))},
        parameters=[number],
        also=("409", "422"),
    )
    waiting = operation(
        "getUploads",
        "What the caller has brought and not decided about",
        "Uploads",
        {"200": answer("Files that wait, the newest first", JSON, ref("uploads"))},
    )
    return {
        "/api/uploads": {"get": waiting},
        "/api/uploads/{upload}": {"post": bring, "get": look, "delete": let_go},
        "/api/uploads/{upload}/keep": {"post": keep},
        "/api/versions/{sequence}/undo": {"post": undo},
    }


def _file_form() -> dict[str, Any]:
    options = _TEXT | {
        "maxLength": 100_000,
        "default": "{}",
        "description": "JSON of the options of an import; docs/imports.md lists them.",
    }
    return _closed(("file",), file=_FILE, options=options)


def _download_paths() -> dict[str, Any]:
    lang = parts.parameter("lang")
    plan = in_path("plan_id")
    found: dict[str, Any] = {"/export/{name}.{ending}": {"get": _export()}}
    for file, (media_type, about) in _PLAN_FILES.items():
        name = "".join(part.capitalize() for part in file.split("."))
        colour = [in_query("colour", _TEXT)] if file == "map.html" else []
        found[f"/plans/{{plan_id}}/{file}"] = {
            "get": _download(f"get{name}", about, media_type, [plan, lang, *colour])
        }
    job = in_path("job_id")
    book = _download(
        "getFindings", "Findings of an exploration", Format.XLSX.media_type, [job, lang]
    )
    kind = in_path("kind", {"type": "string", "enum": [one.value for one in Kind]})
    template = _download("getTemplate", "An empty table of a kind", "text/csv", [kind, lang])
    drawing = _download("getMap", "The map as a drawing", "image/svg+xml", [*_of_a_layer(), lang])
    drawing["description"] = "What is not offered falls back to what the map opens with."
    return found | {
        "/explorations/{job_id}/findings.xlsx": {"get": book},
        "/data/{kind}/template.csv": {"get": template},
        "/map.svg": {"get": drawing},
    }


def _export() -> dict[str, Any]:
    """A layer, or the way to a plan's file."""
    layers = [one.value for one in (*LayerCode, *PlanLayer)]
    forms = {one.value: one.media_type.partition(";")[0] for one in Format}
    name = in_path("name", {"type": "string", "enum": [*layers, "plan"]})
    ending = in_path("ending", {"type": "string", "enum": [*forms, "json"]})
    past = in_query("as_of", _TEXT, "A data version, or a day: the data as they were then.")
    plan = in_query("plan", _TEXT, "Of the name plan: which one.")
    release = in_query("release", _TEXT, "Number of a release of exact figures, used up by it.")
    parameters = [name, ending, *_of_a_layer(), past, plan, release, parts.parameter("lang")]
    export = _download("getExport", "A layer or a plan as a file", "text/csv", parameters)
    export["description"] = (
        "A layer, level, window, period, category or governorate that can't be had is refused with "
        "400; its fault names under `offered` what may be asked for. What is left out is what the "
        "map opens with."
    )
    export["responses"]["200"]["content"] = {
        kind: {"schema": _READ.get(kind, _FILE)} for kind in forms.values()
    }
    export["responses"]["307"] = {
        "description": "The file of the plan.",
        "headers": {"Location": {"schema": _TEXT}},
    }
    export["responses"]["410"] = parts.response("410")
    return export


def _of_a_layer() -> list[dict[str, Any]]:
    """What chooses a layer's rows; what is left out is what the map opens with."""
    levels, windows = ([one.value for one in kind] for kind in (Level, Window))
    return [
        in_query("level", _TEXT, f"One of {', '.join(levels)}."),
        in_query("window", _TEXT, f"One of {', '.join(windows)}."),
        in_query("period", _TEXT, "First day and the day after the last: 2025-01-01/2026-01-01."),
        in_query("category", _TEXT, "A category of incidents."),
        in_query("governorate", _TEXT, "Code of one; or: all."),
    ]


def _download(
    name: str, about: str, media_type: str, parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    """A file for whoever is signed in with a browser; a token does not carry files out."""
    told = answer(about, media_type, _READ.get(media_type, _FILE))
    found = operation(name, about, "Downloads", {"200": told}, parameters=parameters)
    return found | {"security": _SESSION}


def _machine_paths() -> dict[str, Any]:
    well = answer("It is well", JSON, _closed(("status",), status=_TEXT))
    away = answer("The store does not answer", JSON, _closed(("status",), status=_TEXT))
    away |= {"headers": {"Retry-After": {"schema": {"type": "integer"}}}}
    figures = answer("Figures for Prometheus", CONTENT_TYPE.partition(";")[0], _TEXT)
    alive = operation("getAlive", "Whether it lives", "Machine", {"200": well}, refused=("405",))
    ready = operation(
        "getReady",
        "Whether it can answer",
        "Machine",
        {"200": well, "503": away},
        refused=("405",),
    )
    return {
        "/healthz": {"get": alive | {"security": []}},
        "/readyz": {"get": ready | {"security": []}},
        "/metrics": {
            "get": operation("getMetrics", "Figures, without data", "Machine", {"200": figures})
        },
    }


def _closed(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": properties,
    }


def _schemas() -> dict[str, Any]:
    kind = {"type": "string", "enum": [one.value for one in Kind]}
    links = _closed(("self", "keep"), self=_TEXT, keep=_TEXT)
    counts = _closed(
        ("read", "rejected"), read=_COUNT, kept=_COUNT, already=_COUNT, good=_COUNT, rejected=_COUNT
    )
    fault = _closed(
        ("row", "column", "problem", "remedy"),
        row={"type": "integer", "nullable": True},
        column=_TEXT | {"nullable": True},
        problem=_TEXT,
        remedy=_TEXT,
    )
    area = _closed(("area", "rows_from", "rows_to"), area=_TEXT, rows_from=_COUNT, rows_to=_COUNT)
    upload = {
        "id": _TEXT,
        "kind": kind,
        "name": _TEXT,
        "sha256": _TEXT | {"pattern": "^[0-9a-f]{64}$"},
        "counts": counts,
        "columns": {"type": "object", "additionalProperties": _TEXT},
        "dropped": _TEXTS,
        "notes": _TEXTS,
        "faults": {"type": "array", "items": fault},
        "faults_in_all": _COUNT,
        "areas": {"type": "array", "items": area},
        "outlook": _TEXTS,
        "links": links,
    }
    waits = {
        "id": _TEXT,
        "kind": kind,
        "name": _TEXT,
        "at": {"type": "string", "format": "date-time"},
        "rows": _COUNT | {"nullable": True},
        "links": links,
    }
    return {
        "upload": _closed(tuple(upload), **upload),
        "uploads": _closed(
            ("most", "uploads"),
            most=_COUNT,
            uploads={"type": "array", "items": _closed(tuple(waits), **waits)},
        ),
        "kept": _closed(
            ("version", "data_version", "counts"),
            version=_TEXT | {"nullable": True},
            data_version=_TEXT,
            counts=counts,
        ),
        "undone": _closed(("undone", "data_version"), undone=_TEXT, data_version=_TEXT),
    }
