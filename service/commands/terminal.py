"""What every command works with: settings, the reader's words, where to print, the store."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from geo.checks import Fault
from geo.notes import Note, said
from service.locale.words import Lang, Words, make_words
from service.settings import Settings

if TYPE_CHECKING:
    from service.store import Store

_SHOWN_FAULTS = 50


class Exit(IntEnum):
    """Exit codes of ``mizan``."""

    DONE = 0
    REFUSED = 1  # input refused: faults printed, nothing changed
    USAGE = 2
    INFEASIBLE = 3
    NO_PROOF = 4  # no proof within the time limit; the best plan is written
    BROKEN = 5  # the solver failed: nothing is known, and the fault is not the question's


@dataclass(frozen=True, slots=True)
class Terminal:
    """Given to commands as ``context.obj``; get it with ``terminal(context)``."""

    settings: Settings
    words: Words
    out: Console
    err: Console

    def say(self, message: str, /, **parts: object) -> str:
        """A sentence in the reader's language."""
        return self.words.say(message, **parts)

    def tell(self, message: str, /, **parts: object) -> None:
        """Print a sentence."""
        self.out.print(self.say(message, **parts), markup=False, highlight=False)

    def warn(self, message: str, /, **parts: object) -> None:
        """Print a sentence where errors go."""
        self.err.print(self.say(message, **parts), markup=False, highlight=False)

    def note(self, note: str) -> str:
        """A note in the reader's language; a plain text stays as it is."""
        return self.say(note.key, **note.params) if isinstance(note, Note) else note

    def fault(self, fault: Fault) -> str:
        """A fault with its place and its remedy, on one line."""
        params = {key: self._param(value) for key, value in fault.params.items()}
        place = [fault.file] if fault.file else []
        if fault.row is not None:
            place.append(self.say(said("row {row}"), row=fault.row))
        if fault.column:
            place.append(fault.column)
        words = f"{self.say(fault.key, **params)} {self.say(fault.remedy, **params)}"
        return f"{', '.join(place)}: {words}" if place else words

    def faults(self, faults: Iterable[Fault]) -> None:
        """Print faults where errors go; at most fifty lines, then how many more there are."""
        found = list(faults)
        for fault in found[:_SHOWN_FAULTS]:
            self.err.print(self.fault(fault), markup=False, highlight=False, soft_wrap=True)
        if len(found) > _SHOWN_FAULTS:
            self.warn(said("and {n} more"), n=len(found) - _SHOWN_FAULTS)

    def store(self, *, make: bool = True) -> "Store":
        """Open the store of this installation."""
        from service.store import open_store

        return open_store(self.settings, make=make)

    def _param(self, value: Any) -> Any:
        return self.note(value) if isinstance(value, Note) else value


def terminal(context: typer.Context) -> Terminal:
    """The terminal of this call."""
    found = context.obj
    assert isinstance(found, Terminal)
    return found


def make_terminal(lang: str | None, settings: Settings) -> Terminal:
    """Language: ``--lang``, else MIZAN_LANGUAGE, else the shell's (Arabic or not), else English.

    Pages default to Arabic; a terminal says by its locale what it can show.
    """
    shell: Lang = "ar" if _shell_language(os.environ).startswith("ar") else "en"
    default = settings.language if "language" in settings.model_fields_set else shell
    words = make_words(lang, default=default, digits=settings.digits)
    return Terminal(settings, words, Console(soft_wrap=True), Console(stderr=True, soft_wrap=True))


def _shell_language(environment: Mapping[str, str]) -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((environment[name] for name in names if environment.get(name)), "")
