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
from contextlib import contextmanager, suppress
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
    """A kind of work: ``work`` (a function at a module's top level), its answer, its key.

    ``lasts`` counts where pieces are chosen as others end.
    """

    work: Callable[[Asked, Milp], Given]
    answer: type[Given]
    key: Callable[[Asked], str]
    lasts: Callable[[Given], bool] = lambda _answer: True  # whether to keep it for a second run


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
            answer = pieces.work(one, milp)
            if cancelled():  # what was stopped half way is no answer to keep
                raise Cancelled
            yield key, answer


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
    that are done or being done are passed over. It ends when nothing else is wanted. ``kept`` and
    what is raised are as in ``done_side_by_side``.
    """
    queue = _Queue(pieces, choose, {} if kept is None else kept)
    if workers <= 1:
        yield from _chosen_here(queue, cancelled)
    else:
        yield from _chosen_in_processes(queue, workers, cancelled)


class _Queue(Generic[Asked, Given]):
    """What is wanted next of pieces that are chosen as others end."""

    def __init__(
        self, pieces: Pieces[Asked, Given], choose: Callable[[], Iterable[Asked]], store: Kept
    ) -> None:
        self.work = pieces.work
        self._pieces, self._choose, self._store = pieces, choose, store
        self._taken: set[str] = set()

    def take(self) -> tuple[str, Asked] | None:
        """The most urgent piece that nobody took."""
        for one in self._choose():
            key = self._pieces.key(one)
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
        return answer


def _chosen_here(queue: _Queue[Asked, Given], cancelled: Callable[[], bool]) -> Iterator[Given]:
    with Child(cancelled) as milp:
        while not cancelled() and (one := queue.take()) is not None:
            yield queue.known(one[0]) or queue.put(one[0], queue.work(one[1], milp))
    if cancelled():
        raise Cancelled


def _chosen_in_processes(
    queue: _Queue[Asked, Given], workers: int, cancelled: Callable[[], bool]
) -> Iterator[Given]:
    with _crew(workers) as crew:
        running: dict[Future[Given], str] = {}
        while not cancelled():
            while len(running) < workers and (one := queue.take()) is not None:
                known = queue.known(one[0])
                if known is None:
                    running[crew.submit(_one, queue.work, one[1])] = one[0]
                else:
                    yield known
            if not running:
                return
            for future in wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED).done:
                yield queue.put(running.pop(future), future.result())
        raise Cancelled


def _in_processes(
    pieces: Pieces[Asked, Given],
    todo: dict[str, Asked],
    workers: int,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[str, Given]]:
    with _crew(min(workers, len(todo))) as crew:
        key_of = {crew.submit(_one, pieces.work, one): key for key, one in todo.items()}
        left = set(key_of)
        while left:
            ended, left = wait(left, timeout=POLL_S, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled
            for future in ended:
                yield key_of[future], future.result()


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
