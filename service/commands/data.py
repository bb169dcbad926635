"""``mizan data``: versions of the data, taking one out again, removing old rows for good."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from datetime import date

    from service.store.cuts import RetentionClass


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Versions of the data, and old rows.")
    group.command("list")(list_versions)
    group.command("states")(list_states)
    group.command("undo")(undo)
    group.command("purge")(purge)
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


def purge(
    context: typer.Context,
    only: Annotated[
        list[str] | None,
        typer.Option("--class", help="severe, incidents, arrivals or requests; default: all."),
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Remove rows before this day; default: setting MIZAN_RETENTION_MONTHS.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; else it is only counted.")] = False,
) -> None:
    """Remove old rows for good: from every version, the database's files and waiting uploads.

    Counts first, and does nothing without --yes. Past states that held such rows can't be shown
    any more. Backups are named, not touched: they hold the rows until somebody deletes them.
    """
    from service.imports.staging import Staging
    from service.leftovers import forget_answers, sweep_orphans
    from service.store.purge import check_clock, find_old
    from service.store.purge import purge as remove

    here = terminal(context)
    cuts = _cuts(here, only, before)
    with here.store(make=False) as store:
        if before is None:
            check_clock(store)
        home = here.settings.home
        waiting, kinds = Staging(home), {one.kind for one in cuts}
        staged = len(waiting.held(kinds))
        if yes:
            found = remove(store, cuts, actor="cli", forget=lambda: forget_answers(home))
            waiting.let_go(kinds)
            sweep_orphans(home)
        else:
            found = find_old(store, cuts)
    for one, count in found.rows.items():
        here.tell(
            said("{kind}: {n} rows before {day}"),
            kind=one.value,
            n=count,
            day=cuts[one].isoformat(),
        )
    if staged:
        here.tell(said("Uploads that wait and are let go: {n}"), n=staged)
    if not here.settings.is_embedded:
        here.tell(
            said(
                "The database server's own log, archive and copies may still hold the rows; "
                "docs/retention.md says what its administrator has to do."
            )
        )
    if found.backups:
        here.tell(said("These copies may still hold the rows; delete them if they must not:"))
        for backup in found.backups:
            here.tell("- {file}", file=str(backup))
    if not yes:
        here.warn(said("Nothing was removed. Say --yes to do it."))
    elif found.is_clean:
        here.tell(said("Removed for good; data version {version}."), version=_version(here))
    else:
        here.warn(said("Removed, but somebody reads the database just now: run it again later."))
        raise typer.Exit(Exit.REFUSED)


def _version(here: Terminal) -> str:
    with here.store(make=False) as store:
        return store.data_version()


def _cuts(
    here: Terminal, only: list[str] | None, before: datetime | None
) -> "dict[RetentionClass, date]":
    """The first day that is kept, by class."""
    from service.store.cuts import RetentionClass, cuts_of

    known = [one.value for one in RetentionClass]
    wrong = [name for name in only or () if name not in known]
    if wrong:
        here.warn(said("{name} is no class of rows. Classes: {known}."), name=wrong[0],
                  known=", ".join(known))  # fmt: skip
        raise typer.Exit(Exit.USAGE)
    asked = [RetentionClass(name) for name in only or known]
    if before is not None:
        return dict.fromkeys(asked, before.date())
    today = datetime.now().astimezone().date()
    months = {str(name): n for name, n in here.settings.retention_months.items()}
    cuts = {one: day for one, day in cuts_of(months, today).items() if one in asked}
    if not cuts:
        here.warn(said("How long rows are kept is not set: MIZAN_RETENTION_MONTHS, or --before."))
        raise typer.Exit(Exit.USAGE)
    return cuts
