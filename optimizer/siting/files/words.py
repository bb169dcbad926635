"""What is read from a siting file, and the numbers of a file with their lines."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np

from geo.notes import Note
from optimizer.siting.capacities import Capacities
from optimizer.siting.instance import Floats, Instance, SitingFaultsError

MOST_BYTES = 200_000_000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One problem of a file; ``published`` is the best value that the file itself names."""

    name: str
    instance: Instance
    capacities: Capacities | None = None
    published: float | None = None


@dataclass(frozen=True, slots=True)
class SitingFile:
    """``form`` says in words which format it was taken for."""

    form: Note
    problems: tuple[FileProblem, ...]


class At(TypedDict):
    """Where a number stands, for a sentence to fill in."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers of a file in reading order; ``line`` is where each stands, from 1."""

    name: str
    values: Floats
    line: tuple[int, ...]

    def whole(self, position: int) -> int | None:
        """The number at ``position`` if it is there, whole and not negative."""
        if position >= len(self.values):
            return None
        value = float(self.values[position])
        return int(value) if value >= 0 and value == int(value) else None

    def at(self, position: int) -> At:
        return At(file=self.name, line=self.line[position])


def wrong_p(numbers: Numbers, position: int, p: int, n: int) -> Note:
    """The fault of a file whose number of open sites, at ``position``, can't be."""
    return Note("{file}, line {line}: p = {p} of {n} nodes", **numbers.at(position), p=p, n=n)


def check_p(numbers: Numbers, position: int, p: int, n: int) -> None:
    if not 1 <= p <= n:
        raise SitingFaultsError([wrong_p(numbers, position, p, n)])


def read_numbers(path: Path, *, capacity: float | None = None) -> Numbers:
    """Every number of a text file; the word ``capacity`` stands for the one given.

    Raises ``SitingFaultsError`` with the lines of words that are no finite numbers.
    """
    if path.stat().st_size > MOST_BYTES:
        raise SitingFaultsError(
            [Note("{file}: larger than {n} MB", file=path.name, n=MOST_BYTES // 1_000_000)]
        )
    values: list[float] = []
    lines: list[int] = []
    faults: list[Note] = []
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        for word in line.replace(",", " ").split():
            value = _number(word, capacity)
            if value is None:
                faults.append(_refusal(path.name, number, word))
            else:
                values.append(value)
                lines.append(number)
    if len(faults) > _SHOWN:
        faults = [
            *faults[:_SHOWN],
            Note("{file}: and {n} more words", file=path.name, n=len(faults) - _SHOWN),
        ]
    if not faults and not values:
        faults = [Note("{file}: holds no numbers", file=path.name)]
    if faults:
        raise SitingFaultsError(faults)
    return Numbers(path.name, np.array(values), tuple(lines))


def _number(word: str, capacity: float | None) -> float | None:
    if word.casefold() == "capacity":
        return capacity
    try:
        value = float(word)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _refusal(name: str, line: int, word: str) -> Note:
    if word.casefold() == "capacity":
        return Note(
            "{file}, line {line}: the word 'capacity' stands for a number: give it",
            file=name,
            line=line,
        )
    shown = "".join(letter if letter.isprintable() else "?" for letter in word[:40])
    return Note(
        "{file}, line {line}: '{word}' is not a finite number", file=name, line=line, word=shown
    )
