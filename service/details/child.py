"""The child process that works out details: ``python -m service.details.child``.

Standard input brings the task in one line; each part goes out as a line of its own. When standard
input ends, whoever asked is gone, and so is the child: details are worth no orphan.
"""

import os
import sys
import threading
from typing import BinaryIO

from geo.places import Document
from optimizer.plan import Plan
from optimizer.problem import Problem
from optimizer.staff import Post
from service.details.make import details

NICENESS = 5
"""Pages come first on a machine that also serves them."""


class Wanted(Document):
    """All that the child needs; it opens no store."""

    problem: Problem
    plan: Plan
    register_posts: tuple[Post, ...] = ()


def main() -> None:
    """Write the parts of the one task of standard input."""
    wanted = Wanted.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_follow, args=(sys.stdin.buffer,), daemon=True).start()
    os.nice(NICENESS)
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what libraries print is no part
        for part in details(wanted.problem, wanted.plan, wanted.register_posts):
            out.write(part.model_dump_json().encode() + b"\n")
            out.flush()


def _follow(pipe: BinaryIO) -> None:
    pipe.read()
    os._exit(0)


if __name__ == "__main__":
    main()
    # Without the interpreter's own end: it would wait for the thread that listens.
    os._exit(0)
