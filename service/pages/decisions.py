"""Approve or reject a plan, with a reason; what was decided stands on the plan and in the lists."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from geo.notes import said
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf, require
from service.errors import NotFoundError
from service.pages.plans import plan_answer
from service.store.decisions import MOST_REASON
from service.store.errors import ConflictError, UnknownError

router = APIRouter(include_in_schema=False)
Approver = Annotated[Account, Depends(require(Right.APPROVE))]

_REASON_DUE = said("Say why: the reason stands beside the decision for ever.")
_CHOICE_DUE = said("Choose: approve or reject.")
_MEANWHILE = said("Somebody else decided meanwhile. See their decision first.")


@router.post("/plans/{plan_id}/decision")
def decide(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Approver,
    plan_id: str,
    decision: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=MOST_REASON)] = "",
    seen: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Keep the decision with its reason, or show the plan again with what is missing."""
    faults: dict[str, str] = {}
    status = 422
    if decision not in {"approve", "reject"}:
        faults["decision"] = _CHOICE_DUE
    if not reason.strip():
        faults["reason"] = _REASON_DUE
    if not faults:
        try:
            house.store.decisions.decide(
                plan_id,
                approved=decision == "approve",
                reason=reason,
                actor=account.name,
                seen=seen,
            )
        except UnknownError:
            raise NotFoundError from None
        except ConflictError:
            faults["decision"], status = _MEANWHILE, 409
        else:
            return RedirectResponse(f"/plans/{plan_id}#decision", status_code=303)
    return plan_answer(
        request,
        house,
        words,
        account,
        plan_id,
        status=status,
        decision_faults=faults,
        decision_typed={"decision": decision, "reason": reason},
    )
