"""``mizan units``: the tree of areas on a day, and changes of it as data."""

from datetime import date, datetime
from typing import Annotated

import typer

from geo.notes import said
from geo.places import Level
from service.commands.terminal import Exit, terminal

DAY = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Areas: those of a day, and what changes.")
    group.command("list")(list_units)
    group.command("promote")(promote)
    app.add_typer(group, name="units")


def list_units(
    context: typer.Context,
    on: Annotated[datetime | None, typer.Option(formats=DAY, help="Day; default: today.")] = None,
    level: Annotated[Level, typer.Option(help="Level of the areas.")] = Level.DISTRICT,
) -> None:
    """Areas that are valid on a day: code, names, the area above, since when."""
    here = terminal(context)
    day = on.date() if on else date.today()  # noqa: DTZ011 - a calendar day
    with here.store(make=False) as store:
        units = store.records().units(level, on=day).sort_index()
    for code, row in zip(units.index.astype(str), units.to_dict("records"), strict=True):
        since = row["valid_from"]
        told = "" if since != since else f"{since:%Y-%m-%d}"  # noqa: PLR0124 - NaT
        above = row["parent"] if isinstance(row["parent"], str) else ""
        parts = (code, row["name_ar"], row["name_en"], above, told)
        here.out.print("\t".join(parts), markup=False, highlight=False)


def promote(
    context: typer.Context,
    subdistrict: Annotated[
        list[str], typer.Argument(help="Codes of the sub-districts that form the new district.")
    ],
    code: Annotated[str, typer.Option(help="Code of the new district; no P-code is needed.")],
    name_ar: Annotated[str, typer.Option(help="Its Arabic name.")],
    name_en: Annotated[str, typer.Option(help="Its English name.")],
    on: Annotated[datetime, typer.Option(formats=DAY, help="Day from which it is a district.")],
    source: Annotated[str, typer.Option(help="The decision, or who says it.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count only; change nothing.")
    ] = False,
) -> None:
    """Make sub-districts a district of their own, from a day on.

    A new version of the boundaries, which can be undone. Nothing is overwritten: figures and
    incidents keep their codes, and layers of either day are made from the same rows.
    """
    from geo.versions import Promotion
    from service.derived.units import keep_promotion

    here = terminal(context)
    change = Promotion(code, name_ar, name_en, tuple(subdistrict), on.date(), source)
    with here.store(make=False) as store:
        summary = keep_promotion(store, change, actor="cli", dry_run=dry_run)
        here.tell(said("{code} is a district from {day} on."), code=code, day=str(on.date()))
        if summary.dataset is None:
            here.tell(said("Nothing was changed."))
        else:
            version = f"{summary.kind.value}-{summary.dataset}"
            here.tell(said("Kept as version {version}."), version=version)
    raise typer.Exit(Exit.DONE)
