"""``mizan import KIND FILE``: a planner's file becomes a version of the data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from geo.notes import said
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from service.imports.options import Options
    from service.imports.run import Understood
    from service.imports.summary import Summary

KINDS = (
    "boundaries", "incidents", "arrivals", "population", "offices", "forums", "staff", "requests",
    "travel", "crossings",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command("import")(import_command)


def import_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"What the file holds: {', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, GeoJSON, GeoPackage, zipped shapefile.")],
    column: Annotated[
        list[str] | None, typer.Option(help="FIELD=HEADER: which column holds a field.")
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option(help="NAME=CODE: which area a spelling means.")
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="WORD=CODE: which category a word means.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook, layer of a GeoPackage.")
    ] = None,
    dates: Annotated[str, typer.Option(help="Order of dates: auto, dmy or mdy.")] = "auto",
    day: Annotated[str | None, typer.Option(help="Date of every row, where none is in it.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Date that the figures describe.")] = None,
    level: Annotated[str | None, typer.Option(help="Level of the boundaries in the file.")] = None,
    source: Annotated[str, typer.Option(help="Where the file comes from.")] = "",
    licence: Annotated[str, typer.Option(help="Licence of the file.")] = "",
    standing: Annotated[
        str | None, typer.Option(help="official, generalised, reported, estimated, synthetic.")
    ] = None,
    drop_repeats: Annotated[
        bool, typer.Option("--drop-repeats", help="Leave out rows that equal an earlier one.")
    ] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Where to write rejected rows; default: beside the file.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count only; change nothing.")
    ] = False,
) -> None:
    """Check a file, keep its good rows as a new version, set the bad rows aside.

    The same file a second time adds nothing. Rejected rows are written beside the file with
    what is wrong and what to do; names, phones, addresses and free text are never kept.
    """
    here = terminal(context)
    if kind not in KINDS:
        here.warn(
            said("{kind} is no kind of data. Kinds: {kinds}."), kind=kind, kinds=", ".join(KINDS)
        )
        raise typer.Exit(Exit.USAGE)
    options = _options(
        here,
        columns=pairs(here, "--column", column),
        aliases=pairs(here, "--alias", alias),
        categories=pairs(here, "--category", category),
        sheet=sheet,
        dates=dates,
        day=day,
        as_of=as_of,
        level=level,
        source=source,
        licence=licence,
        standing=standing,
        drop_repeats=drop_repeats,
    )
    summary, what = _run(here, kind, file, options, dry_run=dry_run)
    show(here, summary)
    target = rejected or file.with_name(f"{file.stem}.rejected.csv")
    if summary.rejected and what.columns and not dry_run:
        _write_rejected(here, target, what)
    if summary.read and summary.rejected == summary.read:
        raise typer.Exit(Exit.REFUSED)


def _run(
    here: Terminal, kind: str, file: Path, options: "Options", *, dry_run: bool
) -> "tuple[Summary, Understood]":
    from service.imports.limits import Limits
    from service.imports.run import import_file
    from service.store import Kind

    settings = here.settings
    limits = Limits(
        file_mb=settings.upload_limit_mb,
        memory_mb=settings.import_memory_mb,
        seconds=settings.import_time_s,
    )
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with here.store() as store, Progress(*columns, console=here.err, transient=True) as progress:
        progress.add_task(here.say(said("Reading {file}"), file=file.name))
        return import_file(store, Kind(kind), file, options=options, limits=limits, dry_run=dry_run)


def show(here: Terminal, summary: "Summary") -> None:
    """Print a summary: counts that add up, notes, what was dropped, faults."""
    here.faults(summary.faults)
    for note in summary.notes:
        here.tell("- {note}", note=here.note(note))
    if summary.columns:
        pairs = ", ".join(f"{field}={header}" for field, header in summary.columns.items())
        here.tell(said("Columns: {pairs}"), pairs=pairs)
    _show_dropped(here, summary)
    here.tell(
        said("Rows read {read} = kept {kept} + already there {already} + rejected {rejected}"),
        read=summary.read,
        kept=summary.kept,
        already=summary.already,
        rejected=summary.rejected,
    )
    if summary.flagged:
        here.tell(
            said("{n} kept rows equal an earlier one of the file; they are flagged as repeats."),
            n=summary.flagged,
        )
    if summary.revised:
        here.tell(said("{n} rows replace their older state."), n=summary.revised)
    if summary.removed:
        here.tell(
            said("{n} rows of the version before are not in the file any more."), n=summary.removed
        )
    if summary.retired_demo:
        here.tell(said("The demo's {kind} were put aside."), kind=summary.kind.value)
    if summary.dry_run:
        here.tell(said("Nothing was changed: this was a dry run."))
    elif summary.dataset is None:
        here.tell(said("Nothing was changed."))
    else:
        here.tell(
            said("Kept as version {version}."), version=f"{summary.kind.value}-{summary.dataset}"
        )


def _show_dropped(here: Terminal, summary: "Summary") -> None:
    personal = [d.header for d in summary.dropped if d.personal]
    other = [d.header for d in summary.dropped if not d.personal]
    if personal:
        here.tell(
            said(
                "Not kept, as they may hold data of persons or free text: {n} cells of {headers}."
            ),
            n=summary.personal_cells,
            headers=", ".join(personal),
        )
    if other:
        here.tell(said("Not needed and not kept: {headers}."), headers=", ".join(other))


def _write_rejected(here: Terminal, target: Path, what: "Understood") -> None:
    from service.imports.rejected import write_rejected

    try:
        n = write_rejected(target, what, here.words)
    except OSError as error:
        here.warn(said("The rejected rows could not be written: {reason}"), reason=str(error))
    else:
        here.tell(said("{n} rejected rows were written to {file}."), n=n, file=str(target))


def pairs(here: Terminal, option: str, given: list[str] | None) -> dict[str, str]:
    """``LEFT=RIGHT`` as given to an option; ends the command on anything else."""
    found = {}
    for text in given or ():
        left, sign, right = text.rpartition("=")
        if not sign or not left.strip() or not right.strip():
            here.warn(said("{option} wants LEFT=RIGHT, not {text}."), option=option, text=text)
            raise typer.Exit(Exit.USAGE)
        found[left.strip()] = right.strip()
    return found


def _options(here: Terminal, **values: object) -> "Options":
    from pydantic import ValidationError

    from service.imports.options import Options

    try:
        return Options.model_validate(values)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            name = str(fault["loc"][0]).replace("_", "-")
            here.warn("--{name}: {words}", name=name, words=fault["msg"])
        raise typer.Exit(Exit.USAGE) from None
