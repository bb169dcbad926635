"""``mizan demo``: the Basra demo, loaded and put back."""

from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from service.demo.load import Loaded


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The Basra demo: load, reset.")
    group.command("load")(load)
    group.command("reset")(reset)
    app.add_typer(group, name="demo")


def load(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Only where no data were ever loaded.")
    ] = False,
) -> None:
    """Load the demo. Data of your own are left alone."""
    from service.demo.load import is_empty, load_demo

    here = terminal(context)
    with here.store() as store:
        if once and not is_empty(store):
            here.tell(said("Data are there already; the demo was not loaded."))
            return
        _show(here, load_demo(store, here.settings.data_dir))


def reset(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Put the present data aside.")] = False,
) -> None:
    """Put all present data aside (they stay on record) and load the demo afresh."""
    from service.demo.load import reset_demo

    here = terminal(context)
    if not yes:
        here.warn(said("This puts all present data aside. Say --yes to do it."))
        raise typer.Exit(Exit.USAGE)
    with here.store() as store:
        _show(here, reset_demo(store, here.settings.data_dir))


def _show(here: Terminal, loaded: "Loaded") -> None:
    for summary in loaded.summaries:
        here.tell(
            said("{kind}: {n} rows ({standing})"),
            kind=summary.kind.value,
            n=summary.read,
            standing=summary.standing.value,
        )
    for kind in loaded.left_alone:
        here.tell(said("{kind}: your own data are there; left alone."), kind=kind.value)
    here.tell(said("Demo loaded. Rows marked SYNTHETIC are made up; decide nothing by them."))
