"""``mizan population``: residents from a raster, an older map's figures, or for another day."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.notes import said
from service.commands.import_ import pairs, show
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    import pandas as pd

    from service.derived.people import Figures
    from service.imports.options import Options
    from service.store import Store

DAY = ["%Y-%m-%d"]
Day = Annotated[datetime, typer.Option(formats=DAY, help="Day that the figures describe.")]
Source = Annotated[str, typer.Option(help="Where the figures come from.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write them here too (.csv).")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Work out and count only; change nothing.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True, help="Residents: from a raster, from an older map, of another day."
    )
    group.command("raster")(raster)
    group.command("carry")(carry)
    group.command("project")(project)
    app.add_typer(group, name="population")


def raster(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="GeoTIFF of persons by pixel, such as WorldPop's.")],
    as_of: Day,
    source: Source,
    out: Out = None,
    licence: Annotated[str, typer.Option(help="Licence of the raster.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Sum a raster of persons over each sub-district, each pixel by its covered part.

    The sums become figures of residents, marked as estimates. Areas without any pixel are left
    out; areas that the raster covers in part only are named.
    """
    from service.derived.people import from_raster
    from service.imports.limits import Limits
    from service.imports.options import Options

    here = terminal(context)
    settings = here.settings
    limits = Limits(
        file_mb=settings.upload_limit_mb,
        memory_mb=settings.import_memory_mb,
        seconds=settings.import_time_s,
    )
    with here.store(make=False) as store:
        units = store.records().units(on=date.today())  # noqa: DTZ011 - a calendar day
        with here.err.status(here.say(said("Reading {file}"), file=file.name)):
            found = from_raster(file, units, as_of=as_of.date(), limits=limits)
        _keep(here, store, file, found, Options(source=source, licence=licence), out, dry_run)


def carry(
    context: typer.Context,
    figures: Annotated[Path, typer.Argument(help="Table with the columns area and residents.")],
    boundaries: Annotated[Path, typer.Option(help="Map of the units that the figures belong to.")],
    as_of: Day,
    source: Source,
    column: Annotated[
        list[str] | None, typer.Option(help="FIELD=HEADER: which column holds a field.")
    ] = None,
    out: Out = None,
    dry_run: DryRun = False,
) -> None:
    """Share figures of units that changed out among today's, by area; their sum is kept.

    What lies in none of today's units is told, never spread over the others. People are not spread
    evenly, so the results are estimates: use a raster where there is one.
    """
    from service.derived.people import from_older_map
    from service.imports.options import Options

    here = terminal(context)
    options = Options(source=source, columns=pairs(here, "--column", column))
    with here.store(make=False) as store:
        units = store.records().units(on=date.today())  # noqa: DTZ011 - a calendar day
        found = from_older_map(figures, boundaries, units, as_of=as_of.date(), options=options)
        if found.uncovered > _NOBODY:
            here.warn(
                said("{n} residents lie in none of today's units and were left out."),
                n=round(found.uncovered),
            )
        _keep(here, store, figures, found, Options(source=source), out, dry_run)


_NOBODY = 0.5


def project(
    context: typer.Context,
    to: Annotated[
        datetime, typer.Option(formats=DAY, help="Day; up to ten years after the newest figure.")
    ],
    governorate: Annotated[
        str | None, typer.Option(help="Code of one governorate; default: that of the offices.")
    ] = None,
    total: Annotated[
        float | None, typer.Option(min=1, help="Official total that the areas add up to.")
    ] = None,
    out: Out = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the figures as estimates of that day.")
    ] = False,
) -> None:
    """Residents of each area on a day, by its own growth; with --total, reconciled to it."""
    from geo.layers import Clearance
    from service.derived.people import Figures, projected
    from service.imports.options import Options
    from service.layerbooks import LayerBooks

    here = terminal(context)
    with here.store(make=False) as store:
        book = LayerBooks(store, here.settings.data_dir).open(Clearance.RELEASED)
        code = governorate or book.home() or next(iter(book.governorates())).code
        rows = projected(book.population, book.all_units, code, to.date(), total=total)
        _show(here, rows, book.all_units)
        here.tell(said("Together {n} residents."), n=f"{rows['residents'].sum():,.0f}")
        table = rows["residents"].dropna().rename_axis("area").reset_index()
        table = table.assign(as_of=to.date().isoformat(), standing="estimated")
        if save:
            note = "projection" if total is None else "projection, reconciled"
            figures = Figures(table[["area", "as_of", "residents", "standing"]])
            _keep(here, store, None, figures, Options(source=note), out, dry_run=False)
        elif out is not None:
            _write(out, rows.rename_axis("area").reset_index())
            here.tell(said("Written to {file}."), file=str(out))


def _show(here: Terminal, rows: "pd.DataFrame", units: "pd.DataFrame") -> None:
    name = "name_ar" if here.words.lang == "ar" else "name_en"
    for code, row in zip(rows.index.astype(str), rows.to_dict("records"), strict=True):
        people = "-" if row["residents"] != row["residents"] else f"{row['residents']:,.0f}"
        growth = "" if row["growth"] != row["growth"] else f"{row['growth']:+.2f}%"
        parts = (code, str(units.loc[code, name]), people, growth)
        here.out.print("\t".join(parts), markup=False, highlight=False)


def _keep(
    here: Terminal,
    store: "Store",
    file: Path | None,
    found: "Figures",
    options: "Options",
    out: Path | None,
    dry_run: bool,
) -> None:
    from service.derived.rows import keep_table, paper_of
    from service.imports.run import sha256_of
    from service.store import Kind

    if out is not None:
        _write(out, found.table)
        here.tell(said("Written to {file}."), file=str(out))
    if found.thin:
        here.warn(
            said("The raster covers these areas in part only, so people are missing: {areas}"),
            areas=", ".join(found.thin),
        )
    name, digest = (file.name, sha256_of(file)) if file else ("project", "0" * 64)
    paper = paper_of(name, digest, options)
    show(here, keep_table(store, Kind.POPULATION, found.table, paper, dry_run=dry_run))
    raise typer.Exit(Exit.DONE)


def _write(out: Path, table: "pd.DataFrame") -> None:
    from service.atomic import write_whole

    if out.suffix.lower() != ".csv":
        raise typer.BadParameter(out.name, param_hint="--out")
    write_whole(out, table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig"))
