"""The child process of one job: reads its task, works, says what happens, ends.

Started as ``python -m service.jobs.child MODULE:FUNCTION``. Standard input brings the task, then
perhaps the word to stop, and points that were asked for; its end means that the runner is gone,
and then the child is gone too.
What libraries print goes to standard error, so that it can't be taken for a message.
"""

import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from geo.checks import FaultsError
from optimizer.milp import Cancelled
from service.jobs.elsewhere import Elsewhere, Say, Stopped
from service.jobs.messages import Said, SaidFault, Solved, Step, Task, Word
from service.jobs.pipes import CANCEL
from service.jobs.reasons import reason_of

Perform = Callable[..., Said]
"""Does the work of a task: says progress, looks whether it should stop, returns the last word.

Called with the task, ``Say``, ``Stopped`` and, for ``Step.EXPLORE``, an ``Elsewhere``.
"""

ORPHANED = 70
NICENESS = 5
"""Pages come first on a machine that also serves them."""


def main(arguments: list[str]) -> int:
    """Work on the one task of standard input; 0 when the last word was said."""
    module, _, function = arguments[0].partition(":")
    commands, messages = _private_pipes()
    task = Task.model_validate_json(commands.readline())
    stop = threading.Event()
    speaking = threading.Lock()

    def say(said: Said) -> None:
        with speaking:
            messages.write(said.line())
            messages.flush()

    elsewhere = Elsewhere(say, stop.is_set)
    threading.Thread(target=_listen, args=(commands, stop, elsewhere), daemon=True).start()
    os.nice(NICENESS)
    perform = _found(module, function)
    if task.step is Step.EXPLORE:
        perform = partial(perform, elsewhere=elsewhere)
    say(last_word(perform, task, say, stop.is_set))
    return 0


def last_word(perform: Perform, task: Task, say: Say, stopped: Stopped) -> Said:
    """Perform ``task``; what goes wrong becomes the message that says so."""
    try:
        return perform(task, say, stopped)
    except Cancelled:
        return Said(word=Word.BROKEN, reason="stopped")
    except FaultsError as error:
        faults = tuple(SaidFault.of(fault) for fault in error.faults)
        return Said(word=Word.REFUSED, faults=faults, reason=str(error))
    except MemoryError:
        return Said(word=Word.BROKEN, reason="out of memory")
    except Exception as error:  # noqa: BLE001 (whatever it is, the job must end with its reason)
        _print_trace(error)
        return Said(word=Word.BROKEN, reason=reason_of(error))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Our ends of the pipes, out of the reach of whoever prints or reads."""
    commands = os.fdopen(os.dup(0), "rb")
    messages = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = io.TextIOWrapper(io.BytesIO())
    return commands, messages


def _listen(commands: BinaryIO, stop: threading.Event, elsewhere: Elsewhere) -> None:
    for line in commands:
        if line == CANCEL:
            stop.set()
            elsewhere.give_up()
        else:
            elsewhere.hear(Solved.model_validate_json(line))
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # with whatever process the solver started
    os._exit(ORPHANED)


def _found(module: str, function: str) -> Perform:
    perform: Perform = getattr(importlib.import_module(module), function)
    return perform


def _print_trace(error: Exception) -> None:
    """Where it broke, not with which values: they may be figures of people."""
    from service.logs import line_of  # noqa: PLC0415 (only where something broke)

    print(line_of("a job broke", "job.broken", error), file=sys.stderr)


if __name__ == "__main__":
    # Without the interpreter's own end: it would wait for the listening thread.
    os._exit(main(sys.argv[1:]))
