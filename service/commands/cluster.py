"""``mizan cluster``: a scheduler and workers for solves, on this machine or on others."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

PORT = 8786


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True, help="A cluster that solves: keys, scheduler, worker."
    )
    group.command("keys")(keys)
    group.command("scheduler")(scheduler)
    group.command("worker")(worker)
    app.add_typer(group, name="cluster")


def keys(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to write them; each member needs a copy.")],
) -> None:
    """Make the keys of a cluster. Whoever holds them can run anything on its workers."""
    from service.jobs.certificates import YEARS, OpenKeysError, make_keys

    here = terminal(context)
    try:
        make_keys(folder)
    except OpenKeysError as error:
        _refuse_open(here, error.path)
    except FileExistsError:
        here.warn(
            said("There are keys in {folder} already; members that run would be shut out."),
            folder=str(folder),
        )
        raise typer.Exit(Exit.REFUSED) from None
    here.tell(
        said("Keys are in {folder}, for {years} years. Copy them over a safe way only."),
        folder=str(folder),
        years=YEARS,
    )


def scheduler(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = PORT,
) -> None:
    """Share solves out among workers. It holds no data; Ctrl-C ends it."""
    from service.jobs.certificates import OpenKeysError
    from service.jobs.members import run_scheduler

    here = terminal(context)
    if here.settings.scheduler_keys is None:
        _need(here, "MIZAN_SCHEDULER_KEYS")
    try:
        run_scheduler(here.settings, host, port, lambda where: _tell(here, where))
    except OpenKeysError as error:
        _refuse_open(here, error.path)


def worker(
    context: typer.Context,
    count: Annotated[
        int | None, typer.Option(min=1, max=64, help="Solves at once; MIZAN_SOLVE_WORKERS.")
    ] = None,
) -> None:
    """Solve for the scheduler of MIZAN_SCHEDULER; needs no database. Ctrl-C ends it."""
    from service.jobs.certificates import OpenKeysError
    from service.jobs.members import run_workers

    here = terminal(context)
    if not here.settings.has_far_scheduler:
        _need(here, "MIZAN_SCHEDULER")
    workers = count or here.settings.solve_workers
    try:
        run_workers(here.settings, workers, lambda where: _tell(here, where))
    except OpenKeysError as error:
        _refuse_open(here, error.path)


def _refuse_open(here: Terminal, path: Path) -> NoReturn:
    from service.jobs.certificates import OPEN

    here.warn(OPEN, path=str(path))
    raise typer.Exit(Exit.REFUSED) from None


def _need(here: Terminal, setting: str) -> None:
    here.warn(said("Set {setting} first; see docs/settings.md."), setting=setting)
    raise typer.Exit(Exit.USAGE)


def _tell(here: Terminal, where: str) -> None:
    here.tell(said("At work: {address}"), address=where)
    here.out.file.flush()
