"""The command line ``mizan``. Every module of ``service.commands`` adds its own commands.

Exit codes: 0 done; 1 refused input; 2 usage; 3 infeasible; 4 no proof within the time limit;
5 the solver failed.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from geo.checks import FaultsError
from service import commands
from service.commands.terminal import Exit, make_terminal
from service.settings import Settings

_NOT_COMMANDS = {"asking", "explorer", "terminal"}


def make_app(asked: str | None = None) -> typer.Typer:
    """The Typer app with all commands; with ``asked`` alone where that is one.

    To load all of them takes seconds, most of it for libraries that the one does not need.
    """
    app = typer.Typer(
        name="mizan",
        help="Need, fair allocation and its proof for community police.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def begin(
        context: typer.Context,
        lang: Annotated[
            str | None, typer.Option(help="Language of what is printed: ar or en.")
        ] = None,
    ) -> None:
        from service.logs import configure_logs  # noqa: PLC0415 - quick help

        if context.obj is None:
            context.obj = make_terminal(lang, _settings())
        # What a command prints is on standard output; its lines must not come between.
        configure_logs(context.obj.settings.log_level, "stderr")

    names = {module.name for module in pkgutil.iter_modules(commands.__path__)} - _NOT_COMMANDS
    alone = {name for name in names if name.strip("_").replace("_", "-") == asked}
    for name in sorted(alone or names):
        importlib.import_module(f"service.commands.{name}").register(app)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``mizan``; ends the process with one of the exit codes."""
    # Our matrices are small: threads of algebra would only wait for each other, at ten times the
    # cost. Read once, when numpy is loaded, here and in every process that this one starts.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        make_app(_asked_command(arguments))(args=None if arguments is None else list(arguments))
    except FaultsError as error:
        make_terminal(_asked_language(arguments), _settings()).faults(error.faults)
    except Exception as error:
        # Where no store was opened, its modules are not there: to load them takes seconds.
        from service.store.errors import StoreError  # noqa: PLC0415 - see above

        if not isinstance(error, StoreError | OSError):
            raise
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
    sys.exit(Exit.REFUSED)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            print(f"MIZAN_{name}: {fault['msg']}", file=sys.stderr)
        raise SystemExit(Exit.USAGE) from None


def _asked_command(arguments: Sequence[str] | None) -> str | None:
    given = iter(sys.argv[1:] if arguments is None else arguments)
    for word in given:
        if not word.startswith("-"):
            return word
        if word == "--lang":
            next(given, None)
    return None


def _asked_language(arguments: Sequence[str] | None) -> str | None:
    given = list(sys.argv[1:] if arguments is None else arguments)
    for position, word in enumerate(given):
        if word == "--lang" and position + 1 < len(given):
            return given[position + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


if __name__ == "__main__":
    main()
