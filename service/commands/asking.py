"""What commands ask for: a scenario by name, a scenario file or a problem file; and to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from geo.notes import said
from service.commands.terminal import Terminal

if TYPE_CHECKING:
    from optimizer.explain import Explanation
    from optimizer.problem import Problem
    from service.scenario import Scenario
    from service.store import Store


@contextmanager
def maybe_store(here: Terminal) -> Iterator["Store | None"]:
    """The installation's store, or None where there is none: a problem file needs none."""
    from service.store import StoreError

    try:
        store = here.store(make=False)
    except StoreError:
        yield None
        return
    with store:
        yield store


def asked_problem(here: Terminal, word: str, store: "Store | None") -> "Problem":
    """The problem of a file, or that of a scenario on the data that are loaded now.

    Raises ``FaultsError`` for what can't be read, and ``StoreError`` where a scenario needs a
    store and there is none.
    """
    from service.exports.documents import is_problem_file, read_problem
    from service.scenario import read_scenario

    path = Path(word)
    if is_problem_file(path):
        return read_problem(path)
    return assembled(here, read_scenario(word), store)


def assembled(here: Terminal, scenario: "Scenario", store: "Store | None") -> "Problem":
    """The problem of ``scenario``; as ``asked_problem``."""
    from service.assemble import assemble
    from service.layer_settings import choices_of

    choices = choices_of(here.settings)
    if store is None:
        # Says by itself what is missing and which command makes it.
        with here.store(make=False) as opened:
            return assemble(opened, scenario, choices=choices)
    with here.err.status(here.say(said("Building layers and demand"))):
        return assemble(store, scenario, choices=choices)


def tell_problem(here: Terminal, problem: "Problem") -> None:
    """Print the size of a problem."""
    from optimizer.staff import Gender

    here.tell(
        said("{areas} areas, {offices} offices, {officers} officers, {women} of them women"),
        areas=len(problem.areas),
        offices=len(problem.offices),
        officers=problem.head_count(),
        women=problem.head_count(Gender.WOMAN),
    )


def tell_why(here: Terminal, problem: "Problem", found: "Explanation | None") -> None:
    """Which rules can't hold together, and the cheapest changes after which a plan exists."""
    from service.locale.conflict_words import told_explanation

    if found is None:
        here.tell(said("Why was not found in the time given."))
        return
    told = told_explanation(problem, found, here.words)
    here.tell(said("These rules can't hold together:"))
    for line in told.conflicts:
        here.out.print(f"  - {line}", markup=False, highlight=False)
    if not told.repairs:
        here.tell(said("No change of one or two figures makes a plan exist."))
        return
    here.tell(said("Each of these changes makes a legal plan exist, the cheapest first:"))
    for number, line in enumerate(told.repairs, start=1):
        here.out.print(f"  {here.words.number(number)}. {line}", markup=False, highlight=False)


@contextmanager
def interrupts(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C asks to stop; the second one ends the program as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
