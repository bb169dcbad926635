"""``mizan serve``: the pages, the API and the runner of jobs, on this machine."""

import gc
import os
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from service.settings import Settings
    from service.store import Store

_GRACE_S = 4
"""Seconds that open requests have to end when the service is asked to stop."""
_LAST_S = 5
"""Seconds that jobs have then to be put back; a request at work in a thread is left behind."""


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Serve Mizan; prints the address and how to sign in. Ctrl-C ends it."""
    import uvicorn

    from service.app import create_app
    from service.connection import GuardedProtocol
    from service.details.shelf import sweep_details
    from service.imports.staging import Staging
    from service.jobs.runner import make_runner
    from service.leftovers import sweep_orphans
    from service.logs import server_logs
    from service.pages.ahead import Ahead
    from service.settings import Settings
    from service.store import hold_service
    from service.upkeep import Upkeep

    here = terminal(context)
    chosen = {"host": host, "port": port}
    given = {name: value for name, value in chosen.items() if value is not None}
    settings = Settings(**here.settings.model_dump(exclude_unset=True) | given)
    if not _is_free(settings):
        here.warn(
            said("Port {port} is taken on {host}; choose another one with --port."),
            port=settings.port,
            host=settings.host,
        )
        raise typer.Exit(Exit.REFUSED)
    try:
        with hold_service(settings.home, settings.database), here.store() as store:
            staging = Staging(settings.home)
            staging.sweep()
            staging.sweep_broken()
            sweep_orphans(settings.home)
            sweep_details(settings.home / "details")
            runner = make_runner(settings, store)
            app = create_app(
                settings, store=store, wake=runner.wake, place=lambda: runner.solvers.where
            )
            _welcome(here, settings, store)
            # uvicorn ends in order and then raises the signal again: there is a runner to stop.
            signal.signal(signal.SIGTERM, _leave)
            runner.start(alone=settings.is_embedded)
            upkeep = Upkeep(settings, store)
            upkeep.start()
            ahead = Ahead(store, app.state.house.atlases.released)
            ahead.start()
            _settle()
            try:
                uvicorn.run(
                    app,
                    host=settings.host,
                    port=settings.port,
                    loop="uvloop",
                    http=GuardedProtocol,
                    log_config=server_logs(settings.log_level),
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=_GRACE_S,
                )
            finally:
                _end_surely()
                ahead.stop()
                upkeep.stop()
                runner.stop()
    except _Stopped:
        # All is put back and closed. To take down a large interpreter may take longer than a
        # stop is promised to, and the timer above can't end it any more by then.
        here.out.file.flush()
        _give_back()
        os._exit(Exit.DONE)


def _settle() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not walk through it.

    It would do so in the midst of answers, a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()


def _end_surely() -> None:
    """Threads can't be broken off, and Python waits for them: not longer than is promised."""
    last = threading.Timer(_LAST_S, os._exit, (Exit.DONE,))
    last.daemon = True
    last.start()


def _give_back() -> None:
    """Semaphores of processes that have ended; the interpreter would do it at its own end."""
    from multiprocessing import util

    util._exit_function()  # type: ignore[attr-defined]  # noqa: SLF001 (what Python calls at its end)


class _Stopped(SystemExit):
    """The service was told to end."""


def _leave(_number: int, _frame: object) -> None:
    raise _Stopped(Exit.DONE)


def _is_free(settings: "Settings") -> bool:
    """Told before anything starts: uvicorn would only log it."""
    import socket

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _welcome(here: Terminal, settings: "Settings", store: "Store") -> None:
    from service.auth.first_run import first_password, welcome

    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = settings.public_url or f"http://{shown}:{settings.port}"
    first = first_password(store.accounts)
    here.out.print(welcome(address, first), markup=False, highlight=False)
    here.out.file.flush()  # a one-time password must not wait in a buffer
