"""``mizan backup`` and ``mizan restore``: one file that holds everything."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, terminal


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to; default: backups/ under the home folder.")
    ] = None,
) -> None:
    """Write a backup of everything, also while the service runs. Keep it as safe as the data."""
    from service.store.backup import make_backup

    here = terminal(context)
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    target = file or here.settings.home / "backups" / f"mizan-{stamp}.backup"
    with here.store(make=False) as store:
        made = make_backup(store, target)
    here.tell(said("Backup written to {file}."), file=str(made.file))
    here.tell(
        said("Data version {version}, {n} acts in the audit log, SHA-256 {sha256}."),
        version=made.data_version,
        n=made.audit_sequence,
        sha256=made.sha256,
    )


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there.")] = False,
) -> None:
    """Put a backup back, also while the service runs. What is there is backed up or set aside.

    Rows that were purged since the backup, or are older than MIZAN_RETENTION_MONTHS, stay out.
    """
    from service.leftovers import forget_answers
    from service.store.backup import read_backup, restore_backup

    here = terminal(context)
    found = read_backup(file)
    here.tell(
        said("Backup of {moment}, data version {version}."),
        moment=here.words.moment(found.made_at),
        version=found.data_version,
    )
    if not yes:
        here.warn(said("This replaces all that is there now. Say --yes to do it."))
        raise typer.Exit(Exit.USAGE)
    done = restore_backup(here.settings, file)
    forget_answers(here.settings.home)
    here.tell(said("Restored. Everybody is signed out."))
    if done.aside is not None:
        here.tell(said("What was there before is in {file}."), file=str(done.aside))
    if not done.past_known:
        here.warn(
            said(
                "Nothing here tells what was purged since the backup was made: repeat what was "
                "purged by hand, with mizan data purge --before DAY --yes."
            )
        )
    if done.refused:
        here.warn(
            said(
                "Rows that are older than MIZAN_RETENTION_MONTHS were left: the clock is before "
                "the last thing known, or more than 60 days after it. Look at it, then run mizan "
                "data purge --before DAY --yes."
            )
        )
