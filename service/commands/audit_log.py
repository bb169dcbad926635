"""``mizan audit-log``: who did what, and whether the record still holds."""

from typing import Annotated

import typer

from geo.notes import said
from service.commands.terminal import Exit, terminal


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The audit log: verify, list.")
    group.command("verify")(verify)
    group.command("list")(list_entries)
    app.add_typer(group, name="audit-log")


def verify(context: typer.Context) -> None:
    """Check every entry's hash and the head that is kept outside the database."""
    here = terminal(context)
    with here.store(make=False) as store:
        found = store.audit.verify()
    if not found.holds:
        here.warn(
            said("The audit log is broken at entry {n}: {reason}."),
            n=found.broken_at,
            reason=found.reason,
        )
        raise typer.Exit(Exit.REFUSED)
    here.tell(
        said("The audit log holds: {n} entries, head {head}."), n=found.entries, head=found.head
    )


def list_entries(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, newest first.")] = 50,
    action: Annotated[str | None, typer.Option(help="Only this kind of act.")] = None,
) -> None:
    """Entries, newest first: number, time (UTC), who, what, to what."""
    here = terminal(context)
    with here.store(make=False) as store:
        for entry in store.audit.list(action=action, limit=limit):
            moment = entry.at.strftime("%Y-%m-%d %H:%M:%S")
            words = (str(entry.sequence), moment, entry.actor, entry.action, entry.subject)
            here.out.print("\t".join(words), markup=False, highlight=False)
