"""``mizan travel``: minutes from each office to each area on the planner's own roads."""

from pathlib import Path
from typing import Annotated

import typer

from geo.notes import said
from geo.travel import DEFAULT_SPEED_KMH
from service.commands.import_ import show
from service.commands.terminal import Exit, terminal


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Travel times between offices and areas.")
    group.command("roads")(roads)
    app.add_typer(group, name="travel")


def roads(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Lines: GeoPackage, GeoJSON (an OSM extract too), shapefile.")
    ],
    sheet: Annotated[str | None, typer.Option(help="Layer of a GeoPackage, such as lines.")] = None,
    speed: Annotated[
        float,
        typer.Option(min=1, max=200, help="km/h on roads whose speed and class are not known."),
    ] = DEFAULT_SPEED_KMH,
    close: Annotated[
        list[str] | None, typer.Option(help="Code of a crossing to take as closed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the table here (.csv).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Work out and count only; change nothing.")
    ] = False,
) -> None:
    """Shortest times on a road graph become the travel table that plans use.

    Ways that meet must share a vertex. Closed crossings are left out of the graph. A pair without
    any way is unreachable: a value of its own, never a large number.
    """
    from geo.layers import Clearance
    from service.atomic import write_whole
    from service.derived.minutes import driven, read_roads
    from service.derived.rows import keep_table, paper_of
    from service.imports.limits import Limits
    from service.imports.options import Options
    from service.imports.run import sha256_of
    from service.layerbooks import LayerBooks
    from service.store import Kind

    if out is not None and out.suffix.lower() != ".csv":
        raise typer.BadParameter(out.name, param_hint="--out")
    here = terminal(context)
    settings = here.settings
    limits = Limits(
        file_mb=settings.upload_limit_mb,
        memory_mb=settings.import_memory_mb,
        seconds=settings.import_time_s,
    )
    with here.store(make=False) as store:
        with here.err.status(here.say(said("Reading {file}"), file=file.name)):
            graph = read_roads(file, limits, sheet)
            book = LayerBooks(store, settings.data_dir).open(Clearance.RELEASED)
            found = driven(book, graph, speed_kmh=speed, closed=close or ())
        here.tell(
            said("{roads} roads, {left_out} other features; {n} pairs, {unreachable} unreachable."),
            roads=found.roads,
            left_out=found.left_out,
            n=len(found.table),
            unreachable=found.unreachable,
        )
        if out is not None:
            body = found.table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")
            write_whole(out, body)
            here.tell(said("Written to {file}."), file=str(out))
        paper = paper_of(file.name, sha256_of(file), Options(source="road graph"))
        show(here, keep_table(store, Kind.TRAVEL, found.table, paper, dry_run=dry_run))
    raise typer.Exit(Exit.DONE)
