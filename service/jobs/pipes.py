"""A child process and the lines on its pipes: start it, hear it, stop it, watch its memory.

It knows nothing of what the lines mean, so that a worker of a cluster stays small.
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

CANCEL = b"cancel\n"
"""The word after the task: hand over what you have."""
MAX_LINE = 256 * 1024 * 1024


class Piped:
    """A running child. Whoever starts one must ``kill`` it in the end, whatever happens.

    ``task`` is its first line; ``perform`` names the function that it calls, ``module:function``.
    """

    def __init__(self, task: bytes, perform: str) -> None:
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
        self._inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._ears = threading.Thread(
            target=_hear_all, args=(self._process.stdout, self._inbox), daemon=True
        )
        self._ears.start()
        self.tell(task)

    def line(self, timeout_s: float) -> bytes | None:
        """The next line, or None if none comes in time."""
        with contextlib.suppress(queue.Empty):
            return self._inbox.get(timeout=timeout_s)
        return None

    def tell(self, line: bytes) -> None:
        """Send a line; one that is gone, or killed by another thread, does not hear it."""
        with contextlib.suppress(OSError, ValueError), self._telling:
            self._commands.write(line)
            self._commands.flush()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will be heard."""
        silent = not self._ears.is_alive() and self._inbox.empty()
        return self._process.poll() is not None and silent

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


def _hear_all(pipe: BinaryIO, inbox: "queue.SimpleQueue[bytes]") -> None:
    """Lines of the pipe until it ends; half a line, the mark of a kill, is dropped."""
    with contextlib.suppress(OSError, ValueError):
        while line := pipe.readline(MAX_LINE):
            if line.endswith(b"\n"):
                inbox.put(line)
