"""Asking for work: the way into the queue for pages, programs and the command line."""

from service.exploration.questions import AskYears
from service.jobs.model import AllocateRequest, ExploreRequest, Kind, WorkRequest
from service.store.errors import StoreError
from service.store.jobs import Job
from service.store.store import Store

MAX_WAITING = 100
"""Jobs of one owner that have not ended; more is a mistake or an attack."""


class FullQueueError(StoreError):
    """Too many jobs of yours wait; cancel some, or try again when some have ended."""


def ask_allocation(
    store: Store, request: AllocateRequest, *, owner: str, idempotency_key: str | None = None
) -> Job:
    """Store the request for a plan, to be solved by whichever runner is free.

    The same key of the same owner gives the job that is there already. Raises ``ConflictError``
    if that key was used for another request, ``FullQueueError`` if too many of the owner's wait.
    """
    return _asked(store, Kind.ALLOCATE, request, owner, idempotency_key)


def ask_exploration(
    store: Store, request: ExploreRequest, *, owner: str, idempotency_key: str | None = None
) -> Job:
    """Store a question around a plan; as ``ask_allocation``.

    The first of a question's years is settled now: the same job means the same years whenever it
    runs.
    """
    question = request.question
    if isinstance(question, AskYears) and question.first is None:
        question = question.model_copy(update={"first": question.begin})
        request = request.model_copy(update={"question": question})
    return _asked(store, Kind.EXPLORE, request, owner, idempotency_key)


def _asked(
    store: Store, kind: Kind, request: WorkRequest, owner: str, idempotency_key: str | None
) -> Job:
    with store.write():
        if store.jobs.waiting(owner) >= MAX_WAITING:
            raise FullQueueError(f"{MAX_WAITING} jobs of yours have not ended; cancel some of them")
        return store.jobs.submit(
            kind.value,
            request.model_dump_json(exclude_none=True),
            owner=owner,
            idempotency_key=idempotency_key,
            data_version=store.data_version(),
        )
