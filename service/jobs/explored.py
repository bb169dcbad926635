"""What an exploration brought, read again from its job."""

from dataclasses import dataclass
from typing import Any

import orjson

from optimizer.problem import Problem
from service.exploration.findings import Findings
from service.exploration.questions import Question
from service.exploration.reread import findings_of, typed_of
from service.jobs.model import ExploreRequest, Kind
from service.store.jobs import Job, JobStatus


@dataclass(frozen=True, slots=True)
class Explored:
    """Findings with what they are about.

    ``members`` is the JSON of ``mizan explore``; ``typed`` are the objects that charts are made
    of; ``proven`` says that every solve was.
    """

    question: Question
    problem: Problem
    typed: Any
    findings: Findings
    members: dict[str, Any]
    proven: bool


def explored_of(job: Job) -> Explored | None:
    """The findings of a job; None while it has none, or where no legal plan exists."""
    if job.process != Kind.EXPLORE or job.status is not JobStatus.SUCCESSFUL or not job.result:
        return None
    kept = orjson.loads(job.result)
    members = kept.get("explored")
    if members is None:
        return None
    question = ExploreRequest.model_validate_json(job.request).question
    problem = Problem.model_validate(kept["problem"])
    typed = typed_of(question, members["found"])
    proven = bool(members.pop("proven"))
    return Explored(
        question, problem, typed, findings_of(question, problem, typed), members, proven
    )
