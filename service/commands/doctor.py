"""``mizan doctor``: is this installation sound, and what to do if not."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from geo.notes import Note, said
from service.commands.terminal import Exit, Terminal, terminal
from service.machine import Finding, on_the_machine

if TYPE_CHECKING:
    from service.store import Store

_LEAST_MB = 500
_SKEW = timedelta(minutes=5)


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(context: typer.Context) -> None:
    """Look at program, machine, home, database, audit log, solvers, data. Ends with 1 if ill."""
    here = terminal(context)
    ill = 0
    for finding in _findings(here):
        mark = "ok  " if finding.well else "FAIL"
        here.out.print(f"{mark} {here.note(finding.what)}", markup=False, highlight=False)
        if not finding.well and finding.advice is not None:
            here.out.print(f"     {here.note(finding.advice)}", markup=False, highlight=False)
        ill += not finding.well
    if ill:
        raise typer.Exit(Exit.REFUSED)


def _findings(here: Terminal) -> Iterator[Finding]:
    version = ".".join(str(n) for n in sys.version_info[:3])
    yield Finding(
        sys.version_info[:2] == (3, 11),
        Note(said("Python {version}"), version=version),
        Note(said("Mizan is made for Python 3.11.")),
    )
    yield from on_the_machine(here.settings)
    looks: tuple[Callable[[Terminal], Iterator[Finding]], ...] = (
        _home,
        _store,
        _reader,
        _solvers,
        _assets,
    )
    for look in looks:
        yield from look(here)


def _home(here: Terminal) -> Iterator[Finding]:
    home = here.settings.home
    if not home.exists():
        yield Finding(
            False,
            Note(said("Home folder {home} is not there."), home=str(home)),
            Note(said("mizan demo load, or mizan import, makes it.")),
        )
        return
    others = stat.S_IMODE(home.stat().st_mode) & 0o077
    yield Finding(
        os.access(home, os.W_OK) and not others,
        Note(said("Home folder {home} is ours alone."), home=str(home)),
        Note(said("Others can read it: chmod 700 {home}."), home=str(home)),
    )
    free = shutil.disk_usage(home).free // 1_000_000
    yield Finding(
        free >= _LEAST_MB,
        Note(said("{mb} MB are free on its disk."), mb=free),
        Note(said("Free some space; nothing is acknowledged that is not on the disk.")),
    )


def _store(here: Terminal) -> Iterator[Finding]:
    from service.locale.terms import KIND
    from service.store import Kind, StoreError

    try:
        with here.store(make=False) as store:
            yield Finding(True, Note(said("The database is whole.")))
            check = store.audit.verify()
            yield Finding(
                check.holds,
                Note(said("The audit log holds: {n} entries."), n=check.entries),
                Note(said("Broken at entry {n}; compare with a backup."), n=check.broken_at or 0),
            )
            yield _clock(here, store)
            yield from _retention(here, store)
            active = store.datasets.list(active=True)
            for kind in (Kind.BOUNDARIES, Kind.OFFICES, Kind.STAFF, Kind.POPULATION):
                here_now = [d for d in active if d.kind is kind]
                yield Finding(
                    bool(here_now),
                    Note(
                        said("{kind}: versions read: {n}."),
                        kind=here.say(KIND[kind]),
                        n=len(here_now),
                    ),
                    Note(said("Import it: mizan import {kind} FILE."), kind=kind.value),
                )
    except StoreError as error:
        yield Finding(False, Note("{reason}", reason=str(error)))


def _clock(here: Terminal, store: "Store") -> Finding:
    """A clock that was set back closes sessions and makes deadlines of data wrong."""
    last = store.audit.list(limit=1)
    moment = last[0].at if last else datetime.now(UTC)
    return Finding(
        moment <= datetime.now(UTC) + _SKEW,
        Note(said("The last act was written at {moment}."), moment=here.words.moment(moment)),
        Note(
            said("That is in the future: the clock was set back. Set it right, then start again.")
        ),
    )


def _retention(here: Terminal, store: "Store") -> Iterator[Finding]:
    """Where times are set and the service removes by itself: whether it does."""
    from service.store.retention import last_kept

    if not (here.settings.retention_months and here.settings.purge_daily):
        return
    kept, now = last_kept(store), datetime.now(UTC)
    if kept is None or kept.done_at is None:
        what = Note(said("Old rows were not removed yet."))
    else:
        when = here.words.moment(kept.done_at)
        what = Note(said("Old rows were last looked for at {moment}."), moment=when)
    if kept is not None and kept.refused:
        advice = Note("{reason}", reason=kept.refused)
    elif kept is not None and not kept.clean:
        advice = Note(said("Bytes of them may be left: somebody read. It is tried every hour."))
    else:
        advice = Note(said("The running service does it once a day; mizan data purge does it now."))
    # Before the first start there is nothing to find fault with.
    well = kept is None or (kept.clean and not kept.refused and not kept.is_late(now))
    yield Finding(well, what, advice)


def _reader(here: Terminal) -> Iterator[Finding]:
    """The child that reads files, with its drivers, on a file of one row."""
    import tempfile

    from geo.checks import FaultsError
    from service.imports.limits import Limits
    from service.imports.sandbox import read_raw

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.csv"
        file.write_text("a,b\n1,2\n")
        limits = Limits(
            memory_mb=here.settings.import_memory_mb, seconds=here.settings.import_time_s
        )
        try:
            well, reason = len(read_raw(file, limits)) == 1, ""
        except FaultsError as error:
            well, reason = False, str(error)
    yield Finding(
        well,
        Note(said("Files are read in a process of their own.")),
        Note("{reason}", reason=reason),
    )


def _solvers(here: Terminal) -> Iterator[Finding]:
    """Where jobs are solved; a cluster of our own is started for a moment."""
    from service.jobs.checked import on_the_solvers

    return on_the_solvers(here.settings)


def _assets(here: Terminal) -> Iterator[Finding]:
    import service

    del here
    vendor = Path(service.__file__).parent / "pages" / "static" / "vendor"
    yield Finding(
        vendor.is_dir() and any(vendor.iterdir()),
        Note(said("Maps and pages have their own files; no other host is asked.")),
        Note(said("Fetch them once: make setup.")),
    )
