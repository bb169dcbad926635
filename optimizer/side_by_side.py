"""Independent pieces of work over processes: kept as they end, so that a second run goes on.

For work whose models take as long to build as to solve: threads would wait for each other there.
A piece is a document in and a document out. Each process solves by itself; it ends when the
asking process closes its end of a pipe, whether that was meant or that process was killed.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from geo.places import Document
from optimizer.milp import BrokenSolverError, Cancelled, Child, Milp, here

Asked = TypeVar("Asked", bound=Document)
Given = TypeVar("Given", bound=Document)

POLL_S = 0.2

Kept = MutableMapping[str, str]
"""JSON of pieces that ended, by the key of the piece."""


@dataclass(frozen=True)
class Pieces(Generic[Asked, Given]):
    """A kind of work: ``work`` (a function at a module's top level), its answer, its key."""

    work: Callable[[Asked, Milp], Given]
    answer: type[Given]
    key: Callable[[Asked], str]


def done_side_by_side(
    pieces: Pieces[Asked, Given],
    asked: Sequence[Asked],
    *,
    workers: int = 1,
    kept: Kept | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Given, ...]:
    """The answers in the order of ``asked``.

    What ``kept`` knows is not done again, and what is done is put there. ``progress`` is called
    with (done, of). One worker works in this process. Raises ``Cancelled`` when somebody stopped
    it and ``BrokenSolverError`` where a solver failed or a process was lost; pieces that ended
    before are kept.
    """
    keys = [pieces.key(one) for one in asked]
    store: Kept = {} if kept is None else kept
    found = {k: pieces.answer.model_validate_json(store[k]) for k in set(keys) if k in store}
    todo = {k: one for k, one in zip(keys, asked, strict=True) if k not in found}
    if progress is not None and found:
        progress(len(found), len(set(keys)))
    way = _here(pieces, todo, cancelled) if workers <= 1 or len(todo) <= 1 else None
    for key, answer in way or _in_processes(pieces, todo, workers, cancelled):
        found[key] = answer
        store[key] = answer.model_dump_json()
        if progress is not None:
            progress(len(found), len(set(keys)))
    if cancelled():
        raise Cancelled
    return tuple(found[k] for k in keys)


def _here(
    pieces: Pieces[Asked, Given], todo: dict[str, Asked], cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Given]]:
    with Child(cancelled) as milp:
        for key, one in todo.items():
            if cancelled():
                raise Cancelled
            yield key, pieces.work(one, milp)


def _in_processes(
    pieces: Pieces[Asked, Given],
    todo: dict[str, Asked],
    workers: int,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[str, Given]]:
    context = multiprocessing.get_context("spawn")
    watched, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(todo)),
        mp_context=context,
        initializer=_begin,
        initargs=(watched,),
    )
    try:
        key_of = {pool.submit(_one, pieces.work, one): key for key, one in todo.items()}
        left = set(key_of)
        while left:
            ended, left = wait(left, timeout=POLL_S, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled
            for future in ended:
                yield key_of[future], future.result()
        pool.shutdown(wait=True)
    except BrokenProcessPool as error:
        raise BrokenSolverError("a solving process was lost") from error
    finally:
        ours.close()
        watched.close()
        with suppress(BrokenProcessPool):
            pool.shutdown(wait=True, cancel_futures=True)


def _one(work: Callable[[Any, Milp], Any], asked: Any) -> Any:
    return work(asked, here)


def _begin(watched: Connection) -> None:
    """Be quiet (HiGHS prints as it likes) and end with whoever asked."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def watch() -> None:
        with suppress(EOFError, OSError):
            watched.recv_bytes()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
