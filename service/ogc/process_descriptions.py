"""What the processes are: titles, inputs and outputs as JSON Schema, and the reading of inputs."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from pydantic import ValidationError

from geo.notes import said
from service.exploration.questions import QUESTIONS
from service.jobs.model import AllocateRequest, ExploreRequest, Kind, WorkRequest
from service.locale.words import Words
from service.ogc.errors import OgcError, bad_request
from service.ogc.links import EXECUTE, Link, link, two_views
from service.ogc.wire import JSON, dumps
from service.scenario import Scenario, presets

_EXCEPTIONS = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
NO_PROCESS = f"{_EXCEPTIONS}/no-such-process"
NO_JOB = f"{_EXCEPTIONS}/no-such-job"
NOT_READY = f"{_EXCEPTIONS}/result-not-ready"

_SAID: Mapping[Kind, tuple[str, str]] = {
    Kind.ALLOCATE: (
        said("Allocate officers"),
        said("Decide where officers, patrols and women officers serve; proven, or with its gap."),
    ),
    Kind.EXPLORE: (
        said("Explore around a plan"),
        said(
            "Ask what one more is worth, how far hiring pays, what goals cost each other, and more."
        ),
    ),
}
_OUTPUTS: Mapping[Kind, Mapping[str, str]] = {
    Kind.ALLOCATE: {
        "outcome": said("Result"),
        "plan": said("Plan"),
        "problem": said("Problem"),
        "report": said("The auditor's report"),
    },
    Kind.EXPLORE: {
        "outcome": said("Result"),
        "explored": said("Findings, with their reading in both languages"),
        "problem": said("Problem"),
    },
}


def known(process: str) -> Kind:
    """The process of a name. Raises ``OgcError`` if there is none."""
    try:
        return Kind(process)
    except ValueError:
        raise OgcError(404, "there is no such process", NO_PROCESS) from None


def summary(kind: Kind, root: str, words: Words) -> dict[str, Any]:
    """What a list of processes says of one."""
    title, about = _SAID[kind]
    return {
        "id": kind.value,
        "version": version("mizan"),
        "title": words.say(title),
        "description": words.say(about),
        "jobControlOptions": ["async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [link(f"{root}/processes/{kind.value}?f=json", "self")],
    }


def description(kind: Kind, root: str, words: Words, shown: str) -> dict[str, Any]:
    """A summary with inputs and outputs."""
    here = f"{root}/processes/{kind.value}"
    links: list[Link] = [
        *two_views(here, shown),
        link(f"{here}/execution", EXECUTE, JSON, "execute"),
    ]
    return summary(kind, root, words) | {
        "inputs": _inputs(kind, words),
        "outputs": {
            name: {
                "title": words.say(title),
                "schema": {"type": "object", "contentMediaType": JSON},
            }
            for name, title in _OUTPUTS[kind].items()
        },
        "links": links,
    }


def _inputs(kind: Kind, words: Words) -> dict[str, Any]:
    document = {"type": "object", "contentMediaType": JSON}
    preset = {"type": "string", "enum": sorted(presets())}
    seconds = {"type": "number", "exclusiveMinimum": 0, "maximum": 86_400}
    inputs: dict[str, Any] = {
        "scenario": {
            "title": words.say("Scenario: a preset's name, or a document"),
            "minOccurs": 0,
            "schema": {"oneOf": [preset, Scenario.model_json_schema()]},
        },
        "problem": {
            "title": words.say("A problem that carries its own data"),
            "minOccurs": 0,
            "schema": document,
        },
        "time_limit_s": {
            "title": words.say("Seconds for all goals together")
            if kind is Kind.ALLOCATE
            else words.say("Seconds for each solve"),
            "minOccurs": 0,
            "schema": seconds,
        },
    }
    if kind is Kind.EXPLORE:
        inputs["what"] = {
            "title": words.say("The question"),
            "minOccurs": 1,
            "schema": {"type": "string", "enum": list(QUESTIONS)},
        }
        inputs["options"] = {
            "title": words.say("Options of the question"),
            "minOccurs": 0,
            "schema": {"anyOf": [_options(name) for name in QUESTIONS]},
        }
    return inputs


def _options(question: str) -> dict[str, Any]:
    schema = QUESTIONS[question].model_json_schema()
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k != "what"}
    return schema | {"title": question}


def read_request(kind: Kind, body: Mapping[str, Any], limit_s: float) -> WorkRequest:
    """The body of an execute request. Which field is wrong is said, not what was sent in it.

    Raises ``OgcError`` (400) for whatever does not fit.
    """
    _check_wishes(kind, body)
    inputs = dict(body["inputs"])
    scenario = inputs.get("scenario")
    if isinstance(scenario, str):
        if scenario not in presets():
            raise bad_request("no scenario has that name")
        inputs["scenario"] = presets()[scenario].model_dump(mode="json")
    inputs.setdefault("time_limit_s", limit_s)
    if kind is Kind.EXPLORE:
        inputs["question"] = _question(inputs)
    asked = AllocateRequest if kind is Kind.ALLOCATE else ExploreRequest
    try:
        return asked.model_validate_json(dumps(inputs))
    except ValidationError as error:
        raise bad_request(f"the inputs do not fit: {_fields(error)}") from None


def _question(inputs: dict[str, Any]) -> dict[str, Any]:
    what, options = inputs.pop("what", None), inputs.pop("options", {})
    if what not in tuple(QUESTIONS):
        raise bad_request(f"what must be one of {', '.join(QUESTIONS)}")
    if not isinstance(options, dict) or "what" in options or "question" in inputs:
        raise bad_request("options must be an object of the question's own options")
    return {"what": what, **options}


def _fields(error: ValidationError) -> str:
    fields = {
        ".".join(str(part) for part in one["loc"] if isinstance(part, int) or part.isidentifier())
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    }
    return ", ".join(sorted(fields))[:500] or "give a scenario or a problem"


def _check_wishes(kind: Kind, body: Mapping[str, Any]) -> None:
    """Outputs that were chosen must exist; results always come as one document of values."""
    outputs = body.get("outputs", {})
    if not isinstance(outputs, dict) or set(outputs) - set(_OUTPUTS[kind]):
        raise bad_request(f"outputs may name {', '.join(_OUTPUTS[kind])}")
    for wish in outputs.values():
        if not isinstance(wish, dict) or wish.get("transmissionMode", "value") != "value":
            raise bad_request("outputs are transmitted by value")
    if body.get("response", "document") not in {"document", "raw"}:
        raise bad_request("response must be document")
    if "subscriber" in body:
        raise bad_request("this service calls nobody back; ask for the status of the job")
