"""``mizan data``: the versions of the data, and taking one out again."""

from typing import Annotated

import typer

from geo.notes import said
from service.commands.terminal import terminal


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Versions of the data: list, states, undo.")
    group.command("list")(list_versions)
    group.command("states")(list_states)
    group.command("undo")(undo)
    app.add_typer(group, name="data")


def list_versions(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also those put aside.")] = False,
) -> None:
    """Versions of the data that are read now, with their counts and where they come from."""
    here = terminal(context)
    with here.store(make=False) as store:
        here.tell(said("Data version {version}"), version=store.data_version())
        for found in store.datasets.list(active=None if everything else True):
            words = (
                found.id,
                found.at.strftime("%Y-%m-%d %H:%M"),
                found.standing.value,
                f"{found.rows_kept}/{found.rows_read}",
                found.source or found.file_name,
                "" if found.active else here.say(said("put aside")),
            )
            here.out.print("\t".join(words), markup=False, highlight=False)


def list_states(
    context: typer.Context,
    limit: Annotated[int, typer.Option(help="So many, the newest first.", min=1)] = 20,
) -> None:
    """States of the data, each named by its data version; layers show any: --as-of VERSION."""
    from service.pages.data_view import ACTION

    here = terminal(context)
    with here.store(make=False) as store:
        for state in store.states.list(limit):
            words = (
                state.version,
                state.at.astimezone().strftime("%Y-%m-%d %H:%M"),
                here.say(ACTION.get(state.action, state.action)),
                state.actor,
                here.say(said("{n} versions are read"), n=len(state.datasets)),
            )
            here.out.print("\t".join(words), markup=False, highlight=False)


def undo(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="Such as incidents-7, or its number.")],
) -> None:
    """Take a version out again and bring back what it replaced. Both stay on record."""
    here = terminal(context)
    number = version.rpartition("-")[2]
    if not number.isdigit():
        raise typer.BadParameter(version)
    from service.imports.undoing import undo as take_back

    with here.store(make=False) as store:
        found = take_back(store, int(number), actor="cli")
        here.tell(said("{version} was taken out again."), version=found.id)
        here.tell(said("Data version {version}"), version=store.data_version())
