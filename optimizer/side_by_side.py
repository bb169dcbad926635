"""Independent pieces of work over processes: kept as they end, so that a second run goes on.

For work whose models take as long to build as to solve: threads would wait for each other there.
A piece is a document in and a document out. Each process solves by itself; it ends when the
asking process closes its end of a pipe, whether that was meant or that process was killed.
"""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
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
    lasts: Callable[[Given], bool] = lambda _answer: True  # keep it, and never ask it again


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
    by_key = dict(zip(keys, asked, strict=True))
    store: Kept = {} if kept is None else kept
    waiting = iter(by_key.items())
    queue = _Queue(pieces, lambda: waiting, store)
    new = sum(key not in store for key in by_key)
    found: dict[str, Given] = {}
    for key, answer in _ended(queue, workers if new > 1 else 1, cancelled):
        found[key] = answer
        if progress is not None:
            progress(len(found), len(by_key))
    return tuple(found[key] for key in keys)


def done_as_chosen(
    pieces: Pieces[Asked, Given],
    choose: Callable[[], Iterable[Asked]],
    *,
    workers: int = 1,
    kept: Kept | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Given]:
    """Answers as they end, where the next piece depends on those before.

    ``choose`` is asked whenever a worker is free: the pieces wanted, the most urgent first; those
    that are done or being done are passed over, but for answers that don't last. It ends when
    nothing else is wanted. ``kept`` and what is raised are as in ``done_side_by_side``.
    """

    def wanted() -> Iterator[tuple[str, Asked]]:
        return ((pieces.key(one), one) for one in choose())

    queue = _Queue(pieces, wanted, {} if kept is None else kept)
    for _, answer in _ended(queue, workers, cancelled):
        yield answer


class _Queue(Generic[Asked, Given]):
    """What is wanted next, and where answers are kept. ``wanted`` gives pieces with their keys."""

    def __init__(
        self,
        pieces: Pieces[Asked, Given],
        wanted: Callable[[], Iterable[tuple[str, Asked]]],
        store: Kept,
    ) -> None:
        self.work = pieces.work
        self._pieces, self._wanted, self._store = pieces, wanted, store
        self._taken: set[str] = set()

    def take(self) -> tuple[str, Asked] | None:
        """The most urgent piece that nobody took."""
        for key, one in self._wanted():
            if key not in self._taken:
                self._taken.add(key)
                return key, one
        return None

    def known(self, key: str) -> Given | None:
        kept = self._store.get(key)
        return None if kept is None else self._pieces.answer.model_validate_json(kept)

    def put(self, key: str, answer: Given) -> Given:
        if self._pieces.lasts(answer):
            self._store[key] = answer.model_dump_json()
        else:
            self._taken.discard(key)
        return answer


def _ended(
    queue: _Queue[Asked, Given], workers: int, cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Given]]:
    """Keys and answers as pieces end; once somebody stopped it, none any more."""
    if workers <= 1:
        return _ended_here(queue, cancelled)
    return _ended_in_processes(queue, workers, cancelled)


def _ended_here(
    queue: _Queue[Asked, Given], cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Given]]:
    with closing(Child(cancelled)) as milp:
        while not cancelled() and (one := queue.take()) is not None:
            key, asked = one
            answer = queue.known(key)
            if answer is None:
                answer = queue.work(asked, milp)
                if cancelled():  # what was stopped half way is no answer to keep
                    raise Cancelled
                queue.put(key, answer)
            yield key, answer
    if cancelled():
        raise Cancelled


def _ended_in_processes(
    queue: _Queue[Asked, Given], workers: int, cancelled: Callable[[], bool]
) -> Iterator[tuple[str, Given]]:
    with _crew(workers) as crew:
        running: dict[Future[Given], str] = {}
        while not cancelled():
            while len(running) < workers and (one := queue.take()) is not None:
                key, asked = one
                known = queue.known(key)
                if known is None:
                    running[crew.submit(_one, queue.work, asked)] = key
                else:
                    yield key, known
            if not running:
                return
            for future in wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED).done:
                key = running.pop(future)
                yield key, queue.put(key, future.result())
        raise Cancelled


@contextmanager
def _crew(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with whoever asked."""
    context = multiprocessing.get_context("spawn")
    watched, ours = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        max_workers=workers, mp_context=context, initializer=_begin, initargs=(watched,)
    )
    try:
        yield pool
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
