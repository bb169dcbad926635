"""The runner's side of a child: start it, hear it, stop it, watch its memory."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from service.jobs.messages import CANCEL, Said, Solved, Task, Word

MAX_LINE = 256 * 1024 * 1024


class Child:
    """A running child. Whoever starts one must ``kill`` it in the end, whatever happens."""

    def __init__(self, task: Task, perform: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", "service.jobs.child", perform],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at the terminal is the runner's to answer
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._commands: BinaryIO = self._process.stdin  # type: ignore[assignment]  # IO[bytes] is one
        self._telling = threading.Lock()
        self._inbox: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._ears = threading.Thread(
            target=_hear_all, args=(self._process.stdout, self._inbox), daemon=True
        )
        self._ears.start()
        self._tell(task.model_dump_json().encode() + b"\n")

    def hear(self, timeout_s: float) -> Said | None:
        """The next message, or None if none comes in time."""
        with contextlib.suppress(queue.Empty):
            return self._inbox.get(timeout=timeout_s)
        return None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be heard."""
        return self._process.poll() is not None and not self._ears.is_alive() and self._silent

    @property
    def how_it_ended(self) -> str:
        """For people who look into a lost worker."""
        code = self._process.poll()
        if code is None:
            return "still there"
        return f"killed by signal {-code}" if code < 0 else f"ended with code {code}"

    @property
    def memory_mb(self) -> float:
        """Resident memory of the child and of what it started; 0 where the system does not tell."""
        return sum(_resident_mb(pid) for pid in _session_members(self._process.pid))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_begun(self) -> bool:
        """Always: a process of our own waits for nobody."""
        return True

    def ask_to_stop(self) -> None:
        """Let it hand over what it has; it may not listen."""
        self._tell(CANCEL)

    def tell(self, solved: Solved) -> None:
        """A point that it asked for."""
        self._tell(solved.line())

    def kill(self) -> None:
        """End it and what it started, now, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # Its own session, so its own group: a solver's helper process ends with it.
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._ears.join(timeout=5)
        with contextlib.suppress(OSError):
            self._commands.close()
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdout.close()

    @property
    def _silent(self) -> bool:
        return self._inbox.empty()

    def _tell(self, line: bytes) -> None:
        # It is gone, or killed by another thread: whoever hears will notice.
        with contextlib.suppress(OSError, ValueError), self._telling:
            self._commands.write(line)
            self._commands.flush()


def _session_members(leader: int) -> list[int]:
    """Processes of the session that ``leader`` leads."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # After the command in brackets: state, parent, group, session.
            after = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(after[3]) == leader:
                found.append(int(folder.name))
    return found


def _resident_mb(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0


def _hear_all(pipe: BinaryIO, inbox: "queue.SimpleQueue[Said]") -> None:
    """Messages of the pipe until it ends; half a line, the mark of a kill, is dropped."""
    with contextlib.suppress(OSError, ValueError):
        while line := pipe.readline(MAX_LINE):
            if not line.endswith(b"\n"):
                continue
            try:
                inbox.put(Said.model_validate_json(line))
            except ValidationError:
                inbox.put(
                    Said(word=Word.BROKEN, reason="the worker said something that is no message")
                )
                return
