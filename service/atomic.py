"""Write a whole file or none: what a reader finds is never half of something."""

import contextlib
import os
import secrets
import time
from pathlib import Path

_PARTIAL = ".part"


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Put ``content`` at ``path``: beside it first, on disk, then in its place at once.

    ``private`` is for files of ours: only their owner reads them. Else the umask of whoever asks
    for the file decides.

    A kill at any moment leaves the old file or the new one, never a part; what may remain is a
    ``.*.part`` file, which ``sweep_partial`` removes. Raises ``OSError`` (disk full, no right),
    and then leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{_PARTIAL}")
    mode = 0o600 if private else 0o666
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def sweep_partial(folder: Path, *, of: str = "*", older_s: float | None = None) -> int:
    """Remove what killed writers left in ``folder``; returns how many files that were.

    Only for folders of our own. Where somebody may be writing just now, ``older_s`` says for how
    many seconds nobody wrote to what is removed. ``of`` is the name of the file that they wrote.
    """
    removed = 0
    for path in folder.glob(f".{of}.*{_PARTIAL}"):
        with contextlib.suppress(FileNotFoundError):  # somebody else sweeps, or it is whole now
            if older_s is None or time.time() - path.stat().st_mtime > older_s:
                path.unlink()
                removed += 1
    return removed


def _sync_folder(folder: Path) -> None:
    """The rename itself is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
