"""Details of plans, worked out once in a child of their own and kept by what they are made of."""

import contextlib
import hashlib
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import structlog
from pydantic import ValidationError

from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Post
from service.atomic import write_whole
from service.details.child import Wanted
from service.details.document import Part, PlanDetails, Why
from service.details.make import joined

log = structlog.get_logger("service.details")
KEPT_IN_MEMORY = 8
KEPT_DAYS = 30
DOWNLOAD_WAIT_S = 15.0
"""For how long a file waits for them: well within the deadline of a request."""


@dataclass
class Making:
    """Details on their way: the parts that are there, and whether more will come."""

    details: PlanDetails = field(default_factory=PlanDetails)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def is_whole(self) -> bool:
        """Whether nothing more will come; parts may still be lacking, with their reason."""
        return self.ended.is_set()

    @property
    def so_far(self) -> PlanDetails:
        """What is there; of the other parts that they are still on their way."""
        found = self.details
        silent = [p for p in Part if not found.has(p) and p not in found.lacking]
        return found.model_copy(
            update={"lacking": found.lacking | dict.fromkeys(silent, Why.UNDER_WAY)}
        )


class DetailsShelf:
    """Details by problem, plan and register; one child works at a time, for ``limit_s`` at most.

    Files lie in ``folder``, in one for each version of Mizan. Parts that ran out of time are not
    written there: another try may have more luck.
    """

    def __init__(
        self, folder: Path, limit_s: float, register: Callable[[], tuple[Post, ...]]
    ) -> None:
        self._folder = folder / version("mizan")
        self._limit_s = limit_s
        self._register = register
        self._known: OrderedDict[str, Making] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(1)

    def of(self, problem: Problem, plan: Plan, wait_s: float = 0.0) -> Making:
        """What is there of the plan's details; begins the work where nobody did.

        Waits ``wait_s`` for all of them, and then gives what came until then.
        """
        wanted = Wanted(problem=problem, plan=plan, register_posts=self._register())
        key = _key(wanted)
        with self._lock:
            making = self._known.get(key)
            if making is None:
                making = self._known[key] = Making()
                self._begin(key, wanted, making)
            self._known.move_to_end(key)
            self._forget_oldest()
        making.ended.wait(wait_s)
        return making

    def _begin(self, key: str, wanted: Wanted, making: Making) -> None:
        kept = self._read(key)
        if kept is not None:
            making.details = kept
            making.ended.set()
            return
        work = threading.Thread(target=self._work, args=(key, wanted, making), daemon=True)
        work.start()

    def _forget_oldest(self) -> None:
        """Those at work stay: somebody waits for them."""
        for key in [k for k, making in self._known.items() if making.is_whole]:
            if len(self._known) <= KEPT_IN_MEMORY:
                return
            del self._known[key]

    def _work(self, key: str, wanted: Wanted, making: Making) -> None:
        try:
            with self._turn:
                in_time = _heard(wanted, making, self._limit_s)
            self._end(key, making, Why.BROKEN if in_time else Why.TIME)
        except Exception as error:
            log.exception("details stumbled", action="details.stumble", error=type(error).__name__)
            self._end(key, making, Why.BROKEN)
        finally:
            making.ended.set()

    def _end(self, key: str, making: Making, why: Why) -> None:
        """Say why parts are not there; keep what another try would not change."""
        found = making.details
        silent = [p for p in Part if not found.has(p) and p not in found.lacking]
        making.details = found.model_copy(
            update={"lacking": found.lacking | dict.fromkeys(silent, why)}
        )
        if silent:
            with self._lock:
                self._known.pop(key, None)
            log.warning("details lack parts", action="details.lack", parts=len(silent), why=why)
            return
        with contextlib.suppress(OSError):  # a full disk costs the work again, no more
            content = making.details.model_dump_json().encode()
            write_whole(self._path(key), content, private=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _read(self, key: str) -> PlanDetails | None:
        try:
            found = PlanDetails.model_validate_json(self._path(key).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            told = {"action": "details.renew", "error": type(error).__name__}
            log.warning("kept details can't be read and are made anew", **told)
            return None
        if not found.is_whole:  # written before there was such a part
            log.info("kept details lack a part and are made anew", action="details.renew")
            return None
        return found


def sweep_details(folder: Path, now: float | None = None) -> int:
    """Remove details that were worked out ``KEPT_DAYS`` ago or earlier; how many files.

    They name posts and shifts, and are worked out again where somebody still asks. ``folder`` is
    that of ``DetailsShelf``, of all versions of Mizan. Only when nobody writes there.
    """
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    old = [p for p in folder.glob("*/*") if p.is_file() and p.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _key(wanted: Wanted) -> str:
    digest = hashlib.sha256(wanted.problem.digest.encode())
    digest.update(wanted.plan.canonical_bytes())
    for post in wanted.register_posts:
        digest.update(post.model_dump_json().encode())
    return digest.hexdigest()


def _heard(wanted: Wanted, making: Making, limit_s: float) -> bool:
    """Take up the parts that a child says; whether it ended by itself."""
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", "service.details.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C at the terminal is the service's to answer
    )
    assert child.stdin is not None
    assert child.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(limit_s, end)
    clock.daemon = True
    clock.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(wanted.model_dump_json().encode() + b"\n")
            child.stdin.flush()
        for line in child.stdout:
            if line.endswith(b"\n"):
                making.details = joined(making.details, PlanDetails.model_validate_json(line))
        child.wait()
    finally:
        clock.cancel()
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()
    return not late.is_set()
