"""Schemas of what the API answers and takes, in the words of OpenAPI 3.0."""

from typing import Any

from service.exploration.questions import QUESTIONS
from service.scenario import presets

LONGEST_S = 86_400
_TEXT = {"type": "string"}
_LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_MOMENT = {"type": "string", "format": "date-time"}
_NUMBER = {"type": "number", "nullable": True}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _of(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties}
    return found | {"required": list(required)} if required else found


def schemas() -> dict[str, Any]:
    """Schemas by name, for ``#/components/schemas``."""
    return {**_capabilities(), **_data(), **_work()}


def _capabilities() -> dict[str, Any]:
    return {
        "link": _object(("href", "rel"), href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
        "landingPage": _object(("title", "links"), title=_TEXT, description=_TEXT, links=_LINKS),
        "conformance": _object(("conformsTo",), conformsTo=_list(_TEXT)),
        "collections": _object(
            ("links", "collections"), links=_LINKS, collections=_list(_of("collection"))
        ),
        "collection": _object(
            ("id", "title", "crs", "links"),
            id=_TEXT,
            title=_TEXT,
            description=_TEXT,
            itemType={"type": "string", "enum": ["feature"]},
            crs=_list(_TEXT),
            storageCrs=_TEXT,
            links=_LINKS,
            extent=_object((), spatial={"type": "object"}, temporal={"type": "object"}),
        ),
    }


def _data() -> dict[str, Any]:
    geometry = _object(
        ("type", "coordinates"),
        type={"type": "string", "enum": ["Point", "MultiPolygon"]},
        coordinates={"type": "array", "items": {}},
    )
    return {
        "properties": _object(
            ("type", "properties"),
            type={"type": "string", "enum": ["object"]},
            title=_TEXT,
            properties={"type": "object"},
            additionalProperties={"type": "boolean"},
        ),
        "feature": _object(
            ("type", "id", "geometry", "properties"),
            type={"type": "string", "enum": ["Feature"]},
            id=_TEXT,
            geometry=geometry | {"nullable": True},
            properties={"type": "object"},
            links=_LINKS,
        ),
        "featureCollection": _object(
            ("type", "features", "links", "numberMatched", "numberReturned"),
            type={"type": "string", "enum": ["FeatureCollection"]},
            features=_list(_of("feature")),
            numberMatched={"type": "integer", "minimum": 0},
            numberReturned={"type": "integer", "minimum": 0},
            links=_LINKS,
        ),
    }


def _work() -> dict[str, Any]:
    process = _object(
        ("id", "version", "jobControlOptions"),
        id=_TEXT,
        version=_TEXT,
        title=_TEXT,
        description=_TEXT,
        jobControlOptions=_list(_TEXT),
        outputTransmission=_list(_TEXT),
        inputs={"type": "object"},
        outputs={"type": "object"},
        links=_LINKS,
    )
    goal = _object(
        (),
        stage=_TEXT,
        name=_TEXT | {"nullable": True},
        settled={"type": "integer", "minimum": 0},
        all={"type": "integer", "minimum": 0},
        value=_NUMBER,
        bound=_NUMBER,
        gap=_NUMBER,
        elapsed_s=_NUMBER,
    )
    points = _object(
        (),
        stage=_TEXT,
        answered={"type": "integer", "minimum": 0},
        all={"type": "integer", "minimum": 0},
        last=_TEXT,
        elapsed_s=_NUMBER,
    )
    return {
        "process": process,
        "processList": _object(
            ("processes", "links"), processes=_list(_of("process")), links=_LINKS
        ),
        "jobList": _object(("jobs", "links"), jobs=_list(_of("statusInfo")), links=_LINKS),
        "statusInfo": _object(
            ("jobID", "status", "type"),
            jobID=_TEXT,
            processID=_TEXT,
            type={"type": "string", "enum": ["process"]},
            status={
                "type": "string",
                "enum": ["accepted", "running", "successful", "failed", "dismissed"],
            },
            message=_TEXT,
            progress={"type": "integer", "minimum": 0, "maximum": 100},
            created=_MOMENT,
            started=_MOMENT,
            updated=_MOMENT,
            finished=_MOMENT,
            attempt={"type": "integer", "minimum": 0},
            goal=goal,
            points=points,
            links=_LINKS,
        ),
        "results": _object(
            (),
            outcome={"type": "object", "nullable": True},
            plan={"type": "object"},
            problem={"type": "object"},
            report={"type": "object", "nullable": True},
            explored={"type": "object"},
        ),
        "execute": _execute(),
    }


def _execute() -> dict[str, Any]:
    """What both processes take; the description of each holds the schemas of its documents."""
    scenario = {"oneOf": [{"type": "string", "enum": sorted(presets())}, {"type": "object"}]}
    return _object(
        ("inputs",),
        inputs=_object(
            (),
            scenario=scenario,
            problem={"type": "object"},
            time_limit_s={
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": LONGEST_S,
            },
            what={"type": "string", "enum": list(QUESTIONS)},
            options={"type": "object"},
        ),
        outputs={"type": "object"},
        response={"type": "string", "enum": ["document", "raw"]},
    )
