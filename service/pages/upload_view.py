"""What the page of an upload shows, for the clearance of who looks: counts, areas, its map.

Incidents are counts by area here, never points, and without exact clearance they are bands. For
such a reader rows that are kept and rows that were there already are one figure: apart, they would
tell whether a certain case is in the store (decision 61).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import shapely

from geo.layers import Clearance
from geo.notes import said
from geo.places import Crossing, Forum, Level, Office
from geo.privacy import K_SEVERE
from service.imports.staging import Preview
from service.imports.summary import Summary
from service.locale.words import Words
from service.maps.classes import Classes, classes_of
from service.maps.geometry import area_features, label_points, outline, river_features
from service.maps.palette import PEOPLE
from service.maps.sheet import NO_DATA_CLASS, AreaFigure, MapPoint, MapSheet, MapTiles
from service.pages.atlas import Atlas
from service.pages.figures import area_names
from service.pages.map_points import points_of
from service.pages.map_sheet import frame_words
from service.pages.scales import Swatch
from service.pages.upload_outlook import outlook
from service.store import Kind
from service.store.datasets import PROTECTED


@dataclass(frozen=True, slots=True)
class AreaRows:
    """Rows that fall into an area; ``text`` is what is said, ``value`` what is coloured."""

    code: str
    name: str
    text: str
    value: float


@dataclass(frozen=True, slots=True)
class UploadView:
    """A preview in words. ``tiles`` are (label, figure) pairs that add up."""

    preview: Preview
    words: Words
    exact: bool
    tiles: tuple[tuple[str, str], ...]
    rows: tuple[AreaRows, ...]
    without_area: int | None
    swatches: tuple[Swatch, ...]
    has_map: bool
    outlook: tuple[str, ...] = ()

    @property
    def summary(self) -> Summary:
        return self.preview.summary


def is_exact(kind: Kind, clearance: Clearance) -> bool:
    """Whether counts of a kind may be told one by one."""
    return kind not in PROTECTED or clearance is Clearance.EXACT


def counted(
    words: Words, kind: Kind, summary: Summary, clearance: Clearance
) -> tuple[tuple[str, str], ...]:
    """The counts of an import that its reader may see; they add up to the rows read."""
    number = words.number
    told: list[tuple[str, float]]
    if is_exact(kind, clearance):
        told = [
            (said("Would be kept"), summary.kept),
            (said("Already there"), summary.already),
            (said("Rejected"), summary.rejected),
            (said("Equal rows"), summary.flagged),
        ]
    else:
        told = [
            (said("Good rows, new or already there"), summary.kept + summary.already),
            (said("Rejected"), summary.rejected),
        ]
    return (
        (words.say(said("Read")), number(summary.read)),
        *((words.say(label), number(value)) for label, value in told),
    )


def view_of(preview: Preview, atlas: Atlas, words: Words, clearance: Clearance) -> UploadView:
    """The preview as ``clearance`` may see it."""
    kind = preview.staged.kind
    exact = is_exact(kind, clearance)
    rows = _area_rows(preview.by_area, _names(atlas, words), words, exact=exact)
    known = len(preview.what.made.records)
    without = known - sum(preview.by_area.values()) if kind is Kind.INCIDENTS and exact else None
    return UploadView(
        preview,
        words,
        exact,
        counted(words, kind, preview.summary, clearance),
        rows,
        without,
        tuple(swatches_of(rows, words, exact=exact)),
        bool(rows or _points(preview, words)) or kind is Kind.BOUNDARIES,
        outlook(preview, atlas, words, exact=exact),
    )


def _names(atlas: Atlas, words: Words) -> dict[str, str]:
    there = atlas.levels()
    found: dict[str, str] = {}
    for level in (Level.DISTRICT, Level.SUBDISTRICT):
        if level in there:
            found |= area_names(atlas.units(level), words)
    return found


def _area_rows(
    by_area: Mapping[str, int], names: Mapping[str, str], words: Words, *, exact: bool
) -> tuple[AreaRows, ...]:
    rows = []
    for code, count in by_area.items():
        low = count if exact else count // K_SEVERE * K_SEVERE
        text = (
            words.number(count)
            if exact
            else f"{words.number(low)} – {words.number(low + K_SEVERE - 1)}"
        )
        rows.append(AreaRows(code, names.get(code, code), text, float(low)))
    return tuple(sorted(rows, key=lambda row: (-row.value, row.name)))


def _classes(rows: Sequence[AreaRows]) -> Classes:
    return classes_of([row.value for row in rows])


def swatches_of(rows: Sequence[AreaRows], words: Words, *, exact: bool) -> list[Swatch]:
    """The legend; none where no row has an area."""
    if not rows:
        return []
    classes = _classes(rows)
    step = 0 if exact else K_SEVERE - 1
    found = []
    for colour, (low, high) in zip(classes.spread(PEOPLE), classes.limits(), strict=True):
        ends = words.number(low), words.number(high + step)
        found.append(Swatch(colour, ends[0] if ends[0] == ends[1] else f"{ends[0]} – {ends[1]}"))
    return found


def sheet_of(view: UploadView, atlas: Atlas, tiles: MapTiles | None = None) -> MapSheet:
    """The preview's map: areas by rows, places of registers, or the new boundaries themselves."""
    preview, words = view.preview, view.words
    units = _units(preview, atlas)
    classes = _classes(view.rows)
    rows = {row.code: row for row in view.rows}
    label = words.say(said("Rows"))
    figures = {
        str(code): AreaFigure(
            classes.step(rows[str(code)].value) if str(code) in rows else NO_DATA_CLASS,
            ((label, rows[str(code)].text),) if str(code) in rows else (),
        )
        for code in units.index
    }
    lines = [*river_features(atlas.rivers())]
    if not units.empty:
        lines.append(outline(units))
    return MapSheet(
        lang=words.lang,
        title=words.say(said("Preview")),
        areas=area_features(units, words),
        colours=classes.spread(PEOPLE),
        figures=figures,
        lines={"type": "FeatureCollection", "features": lines},
        places=label_points(units, words) if not units.empty else [],
        points=_points(preview, words),
        credit=words.say(said("Preview; nothing has been changed yet.")),
        words=frame_words(words),
        tiles=tiles,
    )


def _units(preview: Preview, atlas: Atlas) -> gpd.GeoDataFrame:
    """The new boundaries' finest units, or those that are there."""
    if preview.staged.kind is Kind.BOUNDARIES:
        return _new_units(preview)
    levels = atlas.levels()
    level = Level.SUBDISTRICT if Level.SUBDISTRICT in levels else Level.DISTRICT
    return atlas.units(level)


def _new_units(preview: Preview) -> gpd.GeoDataFrame:
    records = preview.what.made.records
    order = (Level.SUBDISTRICT, Level.DISTRICT, Level.GOVERNORATE)
    level = next(one for one in order if any(r["level"] == one.value for r in records))
    finest = [r for r in records if r["level"] == level.value]
    return gpd.GeoDataFrame(
        {"name_ar": [r["name_ar"] for r in finest], "name_en": [r["name_en"] for r in finest]},
        geometry=[shapely.from_wkb(r["geometry"]) for r in finest],
        index=[r["code"] for r in finest],
        crs="EPSG:4326",
    )


def _points(preview: Preview, words: Words) -> list[MapPoint]:
    """Places of offices, forums and crossings, which are public; never one of a case."""
    texts = [r["document"] for r in preview.what.made.records if "document" in r]
    match preview.staged.kind:
        case Kind.OFFICES:
            return points_of(map(Office.model_validate, texts), words)
        case Kind.FORUMS:
            return points_of(map(Forum.model_validate, texts), words)
        case Kind.CROSSINGS:
            return points_of(map(Crossing.model_validate, texts), words)
        case _:
            return []
