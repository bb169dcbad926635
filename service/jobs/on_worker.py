"""A solve inside of a worker of the cluster: a child of that worker, heard by the runner.

The worker only hands lines on. So a solve is stopped by killing its child, whatever it is doing;
and the worker stays small, whatever a solve needs.
"""

import contextlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from service.jobs.pipes import CANCEL, Piped

TICK_S = 0.1
LOOK_S = 0.5
REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is sent. ``name`` is the hand's, ``topic`` where it is heard.

    The task never shows in a ``repr``: the cluster writes those into its logs.
    """

    name: str
    topic: str
    perform: str
    memory_mb: float
    task: bytes = field(repr=False)


def key_of(name: str) -> str:
    """The key of a hand's task: it begins with the job, its attempt and its point."""
    return f"mizan-{name}"


class Event:
    """Kinds of what a worker tells: the second word of each event, after the name of the hand."""

    BEGUN = "begun"  # with the address of the worker
    SAID = "said"  # with a line of the child
    GREEDY = "greedy"  # the child took more memory than it may, and is gone


_lock = threading.Lock()
_at_work: dict[str, Piped] = {}
_unwanted: OrderedDict[str, None] = OrderedDict()


def work(order: Order) -> str:
    """Have ``order`` done by a child; returns how that ended.

    It never raises: what it raised would be logged together with what it was sent.
    """
    from distributed import get_worker  # noqa: PLC0415 (only a worker of the cluster gets here)

    worker, key = get_worker(), key_of(order.name)
    with _lock:
        if order.name in _unwanted:
            return "stopped before it began"
        try:
            child = Piped(order.task, order.perform)
        except OSError as error:
            return f"its process could not start: {type(error).__name__}"
        _at_work[order.name] = child

    def tell(kind: str, body: bytes | str = b"") -> None:
        worker.log_event(order.topic, (order.name, kind, body))

    def is_wanted() -> bool:
        # The scheduler forgets what nobody waits for; a worker without a scheduler is of no use.
        state = worker.state.tasks.get(key)
        return state is not None and state.state == "executing" and worker.status.name == "running"

    tell(Event.BEGUN, worker.address)
    looked = time.monotonic()
    try:
        while True:
            line = child.line(TICK_S)
            if line is not None:
                tell(Event.SAID, line)
            elif child.has_ended:
                return child.how_it_ended
            if time.monotonic() - looked < LOOK_S:
                continue
            looked = time.monotonic()
            if child.memory_mb > order.memory_mb:
                child.kill()
                tell(Event.GREEDY)
                return "it took too much memory"
            if not is_wanted():
                return "nobody waited for it any longer"
    finally:
        with _lock:
            del _at_work[order.name]
        child.kill()


def ask_to_stop(name: str) -> None:
    """Let the child of a hand give what it has."""
    with _lock:
        child = _at_work.get(name)
    if child is not None:
        child.tell(CANCEL)


def end(name: str) -> bool:
    """Kill the child of a hand, or see to it that it never begins; whether there was one."""
    with _lock:
        _unwanted[name] = None
        while len(_unwanted) > REMEMBERED:
            _unwanted.popitem(last=False)
        child = _at_work.get(name)
    if child is None:
        return False
    with contextlib.suppress(OSError):
        child.kill()
    return True
