"""The audit log as a page: who did what, newest first, and whether the chain holds.

Of the details only those of ``SHOWN`` stand here: counts of files, and hashes made of them, would
tell of single cases to people who are not cleared for them.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import MOST_NUMBER, HouseOf, WordsOf, require
from service.locale.audit_words import ACTION, DETAIL
from service.pages.log_lines import detail_line, subject_line
from service.pages.render import page

router = APIRouter(include_in_schema=False)
Seer = Annotated[Account, Depends(require(Right.SEE_LOG))]
ON_A_PAGE = 100
SHOWN = frozenset(
    {
        "asked_by", "category", "clearance", "exact", "file", "hours", "method", "office",
        "purpose", "reason", "released_by", "right", "role", "serial", "until", "where",
    }
)  # fmt: skip


@router.get("/access/log")
def audit_page(
    request: Request,
    house: HouseOf,
    words: WordsOf,
    account: Seer,
    action: Annotated[str, Query(max_length=60)] = "",
    before: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    check: bool = False,
) -> Response:
    """A page of entries in the order of their sequence, whatever the clock said.

    ``check`` walks the whole chain and compares its head with the one kept outside.
    """
    log = house.store.audit
    entries = log.list(action=action or None, limit=ON_A_PAGE + 1, before=before)
    shown = entries[:ON_A_PAGE]
    told = {
        entry.sequence: [
            (name, detail_line(words, name, value))
            for name, value in sorted(entry.details.items())
            if name in SHOWN and value not in (None, "", False)
        ]
        for entry in shown
    }
    return page(
        request,
        "audit.html",
        account,
        entries=shown,
        told=told,
        subjects={
            entry.sequence: subject_line(words, entry.action, entry.subject) for entry in shown
        },
        actions=log.actions(),
        action_words=ACTION,
        detail_words=DETAIL,
        action=action,
        older=shown[-1].sequence if len(entries) > ON_A_PAGE else None,
        check=log.verify() if check else None,
    )
