"""A folder for a moment: what came in a file, or leaves in one, while it is read or written."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "mizan-scratch-"
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A new folder that only this user may enter; it is gone afterwards.

    A process that is killed leaves it behind, with rows as they came in a file. It holds a lock of
    its folder, which the system gives back: so ``sweep_scratch`` tells such folders from those in
    use. It is called here, and by a service from time to time. Raises ``OSError``.
    """
    sweep_scratch()
    folder, lock = _held()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep_scratch() -> int:
    """Remove folders of processes that are gone; returns how many that were."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or one that is just being removed
            lock = os.open(folder, _OPEN)
            try:
                if os.fstat(lock).st_uid == os.getuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder)
                    removed += 1
            finally:
                os.close(lock)
    return removed


def _held() -> tuple[Path, int]:
    """A new folder and the lock on it; once more where a sweep came between the two."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(folder, _OPEN)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.fstat(lock).st_nlink:
                return folder, lock
            os.close(lock)
