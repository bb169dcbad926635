"""Answers of earlier runs, by the digest of their problem: a long exploration goes on where it was.

An answer that is settled (proven, or no legal plan) is kept for good; one that ran out of time is
kept for that time limit only. Another version of Mizan looks in another folder.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, MutableMapping
from importlib.metadata import version
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from optimizer.explore import Answer
from optimizer.plan import Status
from service.atomic import write_whole

SETTLED = (Status.PROVEN, Status.INFEASIBLE)


def sweep_answers(folder: Path, *, days: float, most: int) -> int:
    """Let go of answers and parts older than ``days``, and of all but the ``most`` newest.

    Also of those that other versions of Mizan left. Returns how many went; an exploration at work
    finds them missing and reckons them anew.
    """
    found = []
    for path in folder.rglob("*.json"):
        with contextlib.suppress(OSError):  # somebody else sweeps
            found.append((path.stat().st_mtime, path))
    found.sort(reverse=True, key=lambda one: one[0])
    oldest = time.time() - days * 86_400
    old = [path for n, (at, path) in enumerate(found) if n >= most or at < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


class KeptAnswers(Mapping[str, Answer]):
    """Stands for ``known`` of ``solve_all``; give ``keep`` as its ``on_answer``."""

    def __init__(self, folder: Path, time_limit_s: float) -> None:
        self._folder = folder / version("mizan")
        self._limit = f"{time_limit_s:g}s"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._read: dict[str, Answer] = {}

    def keep(self, answer: Answer) -> None:
        """Write an answer; one without a plan because time ran out is not worth keeping."""
        if answer.status is not Status.UNKNOWN:
            settled = answer.status in SETTLED
            write_whole(
                self._path(answer.digest, settled=settled),
                answer.model_dump_json().encode(),
                private=True,
            )

    def __getitem__(self, digest: str) -> Answer:
        if digest not in self._read:
            self._read[digest] = self._found(digest)
        return self._read[digest]

    def __iter__(self) -> Iterator[str]:
        digests = {path.name.split(".")[0] for path in self._folder.glob("*.json")}
        return (digest for digest in sorted(digests) if digest in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        """Not by counting: that would read every file."""
        return True

    def _found(self, digest: str) -> Answer:
        """A file that was damaged, or that answers something else, is no answer."""
        for settled in (True, False):
            path = self._path(digest, settled=settled)
            try:
                answer = Answer.model_validate_json(path.read_bytes())
            except (FileNotFoundError, ValidationError):
                continue
            if answer.digest == digest:
                return answer
        raise KeyError(digest)

    def _path(self, digest: str, *, settled: bool) -> Path:
        return self._folder / (f"{digest}.json" if settled else f"{digest}.{self._limit}.json")


class KeptParts(MutableMapping[str, str]):
    """Parts of an exploration that are no whole solve, as JSON by their key (a digest).

    Drawn weeks, postings under a shock, decisions for several futures, alternatives so far. Keys
    carry everything that the part depends on, the time limit as well where one matters.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / version("mizan") / "parts"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def __getitem__(self, key: str) -> str:
        try:
            text = self._path(key).read_text()
            from_json(text)
        except (FileNotFoundError, ValueError):  # a damaged file is no answer
            raise KeyError(key) from None
        return text

    def __setitem__(self, key: str, part: str) -> None:
        write_whole(self._path(key), part.encode(), private=True)

    def __delitem__(self, key: str) -> None:
        try:
            self._path(key).unlink()
        except FileNotFoundError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.json")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"
