"""What lies beside the database and may hold figures of its rows; and what killed programs left."""

import contextlib
import shutil
import time
from pathlib import Path

from service.atomic import sweep_partial
from service.exploration.kept import sweep_answers
from service.jobs.exploring import EXPLORED
from service.scratch import sweep_scratch

_ORPHAN_S = 3600.0


def forget_answers(home: Path) -> None:
    """Let go of all answers of explorations: they were reckoned from rows that are to go."""
    sweep_answers(home / EXPLORED, days=0, most=0)


def sweep_orphans(home: Path) -> None:
    """Remove what a killed import, export, backup, restore or write left behind.

    Folders of ``scratch`` at once, the others an hour after somebody last wrote to them.
    """
    sweep_scratch()
    for folder in (*home.glob(".restore-*"), *(home / "backups").glob(".backup-*")):
        with contextlib.suppress(OSError):  # somebody else sweeps, or another's folder
            if time.time() - folder.stat().st_mtime > _ORPHAN_S:
                shutil.rmtree(folder, ignore_errors=True)
    sweep_partial(home, older_s=_ORPHAN_S)
