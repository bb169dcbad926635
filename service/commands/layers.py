"""``mizan layers``: need, rates, trend, hot spots ... of areas, as a file for QGIS or a sheet."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.checks import Fault, FaultsError
from geo.layers import AREA_LAYERS, Clearance, LayerCode, Period
from geo.need import Mean
from geo.notes import said
from geo.places import Level
from geo.rates import Window
from service.commands.terminal import Exit, terminal

if TYPE_CHECKING:
    from geo.layers import Layer
    from service.exports.content import Content, Format
    from service.exports.layer_table import LayerTable
    from service.layerbook import LayerBook
    from service.store import Store


_ORPHAN_S = 60.0
"""A part of a file that nobody wrote to for so long was left by a killed export."""


def register(app: typer.Typer) -> None:
    app.command("layers")(layers)


def layers(
    context: typer.Context,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="File to write: .geojson, .gpkg, .parquet, .csv or .xlsx"),
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
        typer.Option(
            help="A year (2025), whole years (2023-2025), a quarter (2025-Q1), a month (2025-03); "
            "default: the last year."
        ),
    ] = None,
    through: Annotated[
        Window | None,
        typer.Option(help="All months, quarters or years side by side; with --layer."),
    ] = None,
    governorate: Annotated[
        str | None, typer.Option(help="Code of one governorate; default: all with figures.")
    ] = None,
    reporting: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CATEGORY=FACTOR",
            help="Assumed incidents behind each reported one; default: setting MIZAN_REPORTING.",
        ),
    ] = None,
    unregistered: Annotated[
        str | None,
        typer.Option(
            metavar="LOW,BEST,HIGH",
            help="Assumed families for each registered one; default: setting MIZAN_UNREGISTERED.",
        ),
    ] = None,
    spatial: Annotated[
        bool, typer.Option("--spatial", help="Shrink rates towards neighbours, not to all areas.")
    ] = False,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COMPONENT=WEIGHT",
            help="Weight of a component of need: incidents, severe, influx, growth; 0: without.",
        ),
    ] = None,
    goalpost: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COMPONENT=LOW:HIGH",
            help="Figures of a component that score 0 and 10 in the need index.",
        ),
    ] = None,
    mean: Annotated[
        Mean, typer.Option(help="How the need index joins its components.")
    ] = Mean.INVERTED,
    units_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Show the units that are valid on this day; figures are carried over to them.",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION|DATE",
            help="The data as they were: a data version, or a day; see mizan data states.",
        ),
    ] = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Exact counts, for the director only; the audit log says so."),
    ] = False,
) -> None:
    """Write layers as they may be seen by everybody who signs in: counts are in bands."""
    from geo.choices import assumed, need_rules
    from service.atomic import sweep_partial, write_whole
    from service.exports.layer_files import layer_content
    from service.foresight import foresight
    from service.layerbooks import LayerBooks

    here = terminal(context)
    form = _form(out)
    factors = assumed(
        _factors(reporting) or here.settings.reporting,
        _band(unregistered) or here.settings.unregistered,
    )
    rules = need_rules(
        factors.need, weights=_factors(weight), goalposts=_goalposts(goalpost), mean=mean
    )
    near = spatial or here.settings.spatial_rates
    choices = replace(factors, spatial=near, need=rules)
    window = _period(period)
    with here.store(make=False) as store:
        with here.err.status(here.say(said("Building layers"))):
            clearance = Clearance.EXACT if exact else Clearance.RELEASED
            books = LayerBooks(
                store,
                here.settings.data_dir,
                choices=choices,
                units_on=units_on.date() if units_on else None,
            )
            version = store.states.find(as_of).version if as_of else None
            book = books.open(clearance, version)
            if through is None:
                table = _table(book, level, layer, category, window, governorate)
            else:
                table = _through(book, level, layer, category, through, governorate)
        content = layer_content(table, form, words=here.words)
        # First the log, then the file: what nobody knows of must not be there.
        _record(store, out, content, table, clearance)
        write_whole(out, content.body)
        sweep_partial(out.parent, of=out.name, older_s=_ORPHAN_S)
        placement = book.placement
        found = None
        if layer is LayerCode.HOTSPOTS and level is Level.CELL and through is None:
            found = foresight(book, category, window)
    here.tell(
        said("{file}: {n} areas, {standing}, data version {version}, serial {serial}"),
        file=str(out),
        n=content.rows,
        standing=table.provenance.standing.value,
        version=table.provenance.data_version,
        serial=content.serial,
    )
    if found is not None:
        here.tell(found.key, **found.params)
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


def _factors(given: list[str] | None) -> dict[str, float]:
    """``["drug_abuse=2"]`` as a mapping; what is no number counts as 0, which is refused."""
    found = {}
    for one in given or []:
        category, _, factor = one.partition("=")
        found[category] = _factor(factor)
    return found


def _goalposts(given: list[str] | None) -> dict[str, tuple[float, float]]:
    """``["influx=0:50"]`` as a mapping; what is no pair of figures is out of order, so refused."""
    found = {}
    for one in given or []:
        component, _, pair = one.partition("=")
        low, _, high = pair.partition(":")
        found[component] = (_figure(low), _figure(high))
    return found


def _figure(text: str) -> float:
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()) else float("nan")


def _band(given: str | None) -> tuple[float, float, float] | None:
    """``"1,1.3,2"`` as three factors; anything else counts as -1, which is refused."""
    if given is None:
        return None
    parts = [_factor(part) for part in given.split(",")]
    return (parts[0], parts[1], parts[2]) if len(parts) == _THREE else (-1.0, -1.0, -1.0)


_THREE = 3


def _factor(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text.strip()) else -1.0


def _period(text: str | None) -> Period | None:
    if text is None:
        return None
    first, _, last = text.partition("-")
    try:
        year = int(first)
        if last.upper().startswith("Q"):
            return _months(year, 3 * int(last[1:]) - 2, 3)
        if last and len(last) <= _MONTH_DIGITS:
            return _months(year, int(last), 1)
        return Period(date(year, 1, 1), date(int(last or first) + 1, 1, 1))
    except ValueError:
        raise FaultsError(
            [
                Fault(
                    said("{period} is no year, span of years, quarter or month."),
                    said("Write 2025, 2023-2025, 2025-Q1 or 2025-03."),
                    {"period": text},
                )
            ]
        ) from None


_MONTH_DIGITS = 2


def _months(year: int, month: int, length: int) -> Period:
    after = month - 1 + length
    return Period(date(year, month, 1), date(year + after // 12, after % 12 + 1, 1))


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
            raise FaultsError([_no_layer(book, code, level, category, period)])
        return one_layer_table(found, units)
    whole = book.layer_codes(level) if level is Level.CELL else AREA_LAYERS
    every = [_layer(book, one, level, None, period) for one in whole]
    there = [one for one in every if one is not None]
    if not there:
        raise FaultsError([_no_layer(book, LayerCode.NEED, level, None, period)])
    return wide_table(there, units)


def _through(
    book: "LayerBook",
    level: Level,
    code: LayerCode | None,
    category: str | None,
    window: Window,
    governorate: str | None,
) -> "LayerTable":
    """One layer in every window that may be asked for, the oldest first."""
    from service.exports.layer_table import through_time_table

    if code is None:
        raise typer.BadParameter("--layer", param_hint="--through")
    units = book.units(level, governorate)
    periods = tuple(reversed(book.periods(window, level, code, category)))
    found = [_layer(book, code, level, category, period) for period in periods]
    there = [one for one in found if one is not None]
    if not there or not len(units):
        months = {Window.MONTH: 1, Window.QUARTER: 3, Window.YEAR: 12}[window]
        raise FaultsError([_no_layer(book, code, level, category, _months(2000, 1, months))])
    return through_time_table(there, units)


def _layer(
    book: "LayerBook", code: LayerCode, level: Level, category: str | None, period: Period | None
) -> "Layer | None":
    try:
        return book.layer(code, level, category, period)
    except KeyError:
        return None


def _no_layer(
    book: "LayerBook", code: LayerCode, level: Level, category: str | None, period: Period | None
) -> Fault:
    """Why there is no such layer: this category, this window, or nothing to make it of."""
    names = {"layer": code.value, "level": level.value, "category": category or "-"}
    offered = book.categories_of(code, level)
    if offered and category not in offered:
        return Fault(
            said("The layer {layer} of the level {level} has no category {category}."),
            said("Use one of: {known}."),
            names | {"known": ", ".join(one or "-" for one in offered)},
        )
    why = book.withheld(level, _window(period), code, category)
    if why is not None:
        return Fault(
            said("The layer {layer}, level {level}, category {category}, can't be had so."),
            why.key,
            names | dict(why.params),
        )
    return Fault(
        said("The layer {layer} can't be made for the level {level} and the category {category}."),
        said("Load what it is made of with mizan import, or choose another one."),
        names,
    )


def _window(period: Period | None) -> Window:
    months = 12 if period is None else round(period.years * 12)
    return {1: Window.MONTH, 3: Window.QUARTER}.get(months, Window.YEAR)


def _record(
    store: "Store", out: Path, content: "Content", table: "LayerTable", clearance: Clearance
) -> None:
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
                "clearance": clearance.value,
            },
        )
