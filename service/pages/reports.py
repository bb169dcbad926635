"""A plan on paper: its report, and the letter to the ministry that asks for women officers."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import House, HouseOf, WordsOf, require
from service.details.document import Part
from service.details.shelf import DOWNLOAD_WAIT_S
from service.errors import NotFoundError
from service.exports.content import Content
from service.exports.departures import copy_serial, note_export
from service.pages.baselines import TODAY
from service.pages.letters import letter_state
from service.reports.ground import ground_of
from service.reports.letter import letter_pdf
from service.reports.plan_report import plan_pdf
from service.store import StoredPlan
from service.store.errors import UnknownError

router = APIRouter(include_in_schema=False)
Exporter = Annotated[Account, Depends(require(Right.EXPORT))]


def _stored(house: House, plan_id: str) -> StoredPlan:
    try:
        return house.store.plans.get(plan_id)
    except UnknownError:
        raise NotFoundError from None


def _download(house: House, account: Account, plan_id: str, content: Content) -> Response:
    """Who took which file away is written down before it leaves."""
    note_export(house.store, account, plan_id, content, asked={}, exact=False)
    headers = {"Content-Disposition": f'attachment; filename="{content.filename}"'}
    return Response(content.body, media_type=content.media_type, headers=headers)


@router.get("/plans/{plan_id}/report.pdf")
def download_report(house: HouseOf, words: WordsOf, account: Exporter, plan_id: str) -> Response:
    """The report in the reader's language; ``?lang=en`` gives the other one.

    With visiting days; where they are not worked out in time it says so.
    """
    stored = _stored(house, plan_id)
    details = house.details.of(stored.problem, stored.plan, wait_s=DOWNLOAD_WAIT_S).so_far
    content = plan_pdf(
        stored.problem,
        stored.plan,
        words=words,
        day=datetime.now().date(),  # noqa: DTZ005 - the office's own day
        ground=ground_of(house.atlases.open(account), stored.problem),
        against=house.baselines.of(stored.problem),
        visits=details.visits or details.lacking[Part.VISITS],
        decision=house.store.decisions.newest([plan_id]).get(plan_id),
        serial=copy_serial(),
    )
    return _download(house, account, plan_id, content)


@router.get("/plans/{plan_id}/letter.pdf")
def download_letter(house: HouseOf, words: WordsOf, account: Exporter, plan_id: str) -> Response:
    """The letter, where the plan posts new women officers; with its curve once that is there."""
    stored = _stored(house, plan_id)
    state = letter_state(house, plan_id, stored.problem)
    if state is None:
        raise NotFoundError
    content = letter_pdf(
        stored.problem,
        stored.plan,
        words=words,
        day=datetime.now().date(),  # noqa: DTZ005 - the office's own day
        today=house.baselines.of(stored.problem)[TODAY],
        curve=state.points,
        knee=state.knee,
        ground=ground_of(house.atlases.open(account), stored.problem),
        serial=copy_serial(),
    )
    return _download(house, account, plan_id, content)
