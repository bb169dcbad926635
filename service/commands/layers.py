"""``mizan layers``: need, rates, influx and growth of every area, as a file for QGIS or a sheet."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.layers import LayerCode, Period
from geo.notes import said
from geo.places import Level
from service.commands.terminal import Exit, Terminal, terminal

if TYPE_CHECKING:
    from geo.layers import Layer
    from service.exports.content import Content, Format
    from service.exports.layer_table import LayerTable
    from service.layerbook import LayerBook
    from service.store import Store


def register(app: typer.Typer) -> None:
    app.command("layers")(layers)


def layers(
    context: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="File to write: .geojson, .gpkg, .csv or .xlsx")
    ],
    layer: Annotated[
        LayerCode | None, typer.Option(help="One layer with all its figures; default: all of them.")
    ] = None,
    level: Annotated[Level, typer.Option(help="Areas to show.")] = Level.SUBDISTRICT,
    category: Annotated[
        str | None, typer.Option(help="One category of incidents; with --layer.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(help="A year (2025) or whole years (2023-2025); default: the last."),
    ] = None,
    governorate: Annotated[
        str | None, typer.Option(help="Code of one governorate; default: all with figures.")
    ] = None,
) -> None:
    """Write layers as they may be seen by everybody who signs in: counts are in bands."""
    from geo.layers import Clearance
    from service.layerbook import LayerBooks

    here = terminal(context)
    form = _form(out)
    window = _period(period)
    with here.store(make=False) as store:
        with here.err.status(here.say(said("Building layers"))):
            book = LayerBooks(store, here.settings.data_dir).open(Clearance.RELEASED)
            table = _table(book, level, layer, category, window, governorate)
        content = _written(here, table, form, out)
        _record(store, out, content, table)
        placement = book.placement
    here.tell(
        said("{file}: {n} areas, {standing}, data version {version}, serial {serial}"),
        file=str(out),
        n=content.rows,
        standing=table.provenance.standing.value,
        version=table.provenance.data_version,
        serial=content.serial,
    )
    if placement:
        here.tell(
            said(
                "Incidents {incidents} = placed {placed} + near a border {border} "
                "+ outside {outside} + without a place {unplaced}; "
                "among them repeats {repeats}, on heaps {heaps}, known by district only "
                "{district_only}"
            ),
            **placement,
        )
    raise typer.Exit(Exit.DONE)


def _form(out: Path) -> "Format":
    from service.exports.content import Format

    forms = {f".{form.value}": form for form in Format if form is not Format.PDF}
    found = forms.get(out.suffix.lower())
    if found is None:
        raise FaultsError(
            [
                Fault(
                    said("{file} has none of the extensions that layers are written as."),
                    said("End the name with one of: {extensions}."),
                    {"file": out.name, "extensions": ", ".join(forms)},
                )
            ]
        )
    return found


def _period(text: str | None) -> Period | None:
    if text is None:
        return None
    first, _, last = text.partition("-")
    try:
        return Period(date(int(first), 1, 1), date(int(last or first) + 1, 1, 1))
    except ValueError:
        raise FaultsError(
            [
                Fault(
                    said("{period} is no year and no span of years."),
                    said("Write a year such as 2025, or a span such as 2023-2025."),
                    {"period": text},
                )
            ]
        ) from None


def _table(
    book: "LayerBook",
    level: Level,
    code: LayerCode | None,
    category: str | None,
    period: Period | None,
    governorate: str | None,
) -> "LayerTable":
    from service.exports.layer_table import one_layer_table, wide_table

    units = book.units(level, governorate)
    if not len(units):
        raise FaultsError(
            [
                Fault(
                    said("There are no areas of the level {level} here."),
                    said("Choose one of: {levels}; or load boundaries with mizan import."),
                    {"level": level.value, "levels": ", ".join(one.value for one in book.levels())},
                )
            ]
        )
    if code is not None:
        found = _layer(book, code, level, category, period)
        if found is None:
            raise FaultsError([_no_layer(code, level, category)])
        return one_layer_table(found, units)
    every = [_layer(book, one, level, None, period) for one in LayerCode]
    there = [one for one in every if one is not None]
    if not there:
        raise FaultsError([_no_layer(LayerCode.NEED, level, None)])
    return wide_table(there, units)


def _layer(
    book: "LayerBook", code: LayerCode, level: Level, category: str | None, period: Period | None
) -> "Layer | None":
    try:
        return book.layer(code, level, category, period)
    except KeyError:
        return None


def _no_layer(code: LayerCode, level: Level, category: str | None) -> Fault:
    return Fault(
        said("The layer {layer} can't be made for the level {level} and the category {category}."),
        said("Load what it is made of with mizan import, or choose another one."),
        {"layer": code.value, "level": level.value, "category": category or "-"},
    )


def _written(here: Terminal, table: "LayerTable", form: "Format", out: Path) -> "Content":
    from service.exports.atomic import write_whole
    from service.exports.layer_files import layer_content

    content = layer_content(table, form, words=here.words)
    write_whole(out, content.body)
    return content


def _record(store: "Store", out: Path, content: "Content", table: "LayerTable") -> None:
    """What left, so that a copy found somewhere can be traced."""
    with store.write():
        store.audit.append(
            "export",
            actor="cli",
            subject=f"layers {table.level.value}",
            details={
                "file": out.name,
                "serial": content.serial,
                "sha256": content.sha256,
                "rows": content.rows,
                "layers": [one["code"] for one in table.layers],
            },
        )
