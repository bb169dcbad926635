"""Static maps for paper, drawn as SVG from the units themselves: no base map, no tiles.

Shapes come in EPSG:4326 and are drawn in the UTM zone that fits them, north up, with a scale bar.
Offices that stand close together are shown again in an inset.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.notes import said
from geo.places import Code
from service.locale.words import Words
from service.reports.map_legend import SIDE, Hatches, Legend, Pin, draw_legend, draw_pin, hatches
from service.reports.svg import INK, PAPER, QUIET, Canvas, Point, clipped, plain, wide

WIDTH, HEIGHT = 640.0, 424.0
INSET = 116.0
"""As high as an inset is at least: three names need as much."""
RIVER = "#4a90c2"
PLATE = "#ffffffd9"
"""Under labels, so that they are read on any colour."""
_BORDER, _DISTRICT = "#ffffff", "#3d4a54"
_MANY_AREAS = 400
_EDGE, _CAPTION = 8.0, 16.0
_CLUSTER_KM = 12.0
_CLUSTER_SHARE = 0.2
"""Offices within this share of the map's width of each other can't be told apart on it."""


@dataclass(frozen=True)
class Ground:
    """What every map of a plan is drawn on; geometries in EPSG:4326 by code.

    ``districts`` names the district of each area, for the heavier lines.
    """

    areas: Mapping[Code, BaseGeometry]
    offices: Mapping[Code, BaseGeometry] = field(default_factory=dict)
    rivers: Mapping[str, Any] = field(default_factory=dict)
    districts: Mapping[Code, Code] = field(default_factory=dict)
    names: Mapping[Code, tuple[str, str]] = field(default_factory=dict)
    """Arabic and English names of districts."""


@dataclass(frozen=True, slots=True)
class Fill:
    """How an area is shown: a step of the legend (None: no figure) and the words on it.

    A ``protected`` one has no step either, but another hatching.
    """

    step: int | None
    name: str
    figure: str = ""
    protected: bool = False


# Where a label may stand, from the widest place of its area: aside, down.
_LABEL_SHIFTS = (
    (0, 0),
    *((0, y) for y in (-9, 9, -18, 18, -26, 26)),
    *((x, y) for x in (-22, 22) for y in (0, -12, 12)),
)


class _Frame(NamedTuple):
    """From metres to paper; ``box`` is left, top, right, bottom of the drawing."""

    scale: float
    west: float
    north: float
    left: float
    top: float
    box: tuple[float, float, float, float]

    def at(self, x: float, y: float) -> Point:
        return (
            self.left + (x - self.west) * self.scale,
            self.top + (self.north - y) * self.scale,
        )

    def back(self, x: float, y: float) -> Point:
        """The place in metres of a point on paper."""
        return (
            self.west + (x - self.left) / self.scale,
            self.north - (y - self.top) / self.scale,
        )


def _frame(bounds: Sequence[float], box: tuple[float, float, float, float]) -> _Frame:
    west, south, east, north = bounds
    left, top, right, bottom = box
    scale = min((right - left) / max(east - west, 1.0), (bottom - top) / max(north - south, 1.0))
    left += (right - left - (east - west) * scale) / 2
    top += (bottom - top - (north - south) * scale) / 2
    return _Frame(scale, west, north, left, top, box)


@dataclass(frozen=True)
class _Metric:
    """The ground in metres, simplified together so that neighbours still touch."""

    areas: gpd.GeoSeries
    offices: gpd.GeoSeries
    rivers: Sequence[BaseGeometry]
    borders: Sequence[BaseGeometry]


def _utm(areas: gpd.GeoSeries) -> str:
    """The zone of the middle; far quicker than asking PROJ's database for it."""
    west, south, east, north = areas.total_bounds
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return f"EPSG:{32600 + zone if south + north >= 0 else 32700 + zone}"


def _metric(ground: Ground) -> _Metric:
    codes = sorted(ground.areas)
    areas = gpd.GeoSeries([ground.areas[code] for code in codes], index=codes, crs="EPSG:4326")
    crs = _utm(areas)
    areas = areas.to_crs(crs)
    west, south, east, north = areas.total_bounds
    step = max(east - west, north - south) / 1600
    areas = gpd.GeoSeries(shapely.coverage_simplify(areas.to_numpy(), step), codes, crs=crs)
    pins = sorted(ground.offices)
    offices = gpd.GeoSeries([ground.offices[code] for code in pins], index=pins, crs="EPSG:4326")
    lines = [
        shapely.geometry.shape(one["geometry"])
        for one in ground.rivers.get("features", [])
        if one.get("properties", {}).get("part", "centre") == "centre"
    ]
    rivers = gpd.GeoSeries(lines, crs="EPSG:4326").to_crs(crs)
    frame = shapely.box(west, south, east, north).buffer(step * 20)
    groups: dict[str, list[BaseGeometry]] = {}
    for code in codes:
        groups.setdefault(ground.districts.get(code, ""), []).append(areas[code])
    borders = [shapely.union_all(shapes).boundary for shapes in groups.values()]
    return _Metric(
        areas, offices.to_crs(crs), [line.intersection(frame) for line in rivers], borders
    )


def draw_map(
    words: Words,
    ground: Ground,
    fills: Mapping[Code, Fill],
    pins: Mapping[Code, Pin],
    legend: Legend,
    *,
    title: str,
) -> str:
    """The map as SVG, 640 by 424, higher where the legend is long. Needs at least one area."""
    metric = _metric(ground)
    shown = {code: pin for code, pin in pins.items() if code in metric.offices.index}
    cluster = _cluster(metric, shown)
    listed = list(shown.values())
    edge = _EDGE if words.is_arabic else WIDTH - SIDE + 14
    # How deep a legend is shows when it is drawn: first on a sheet that nobody sees.
    unseen = Canvas(WIDTH, HEIGHT, words)
    deep = draw_legend(unseen, legend, edge, hatches(unseen), words, listed)
    height = max(HEIGHT, deep + (_CAPTION + INSET if cluster else 0.0) + _EDGE)
    canvas = Canvas(WIDTH, height, words)
    hatch = hatches(canvas)
    # The map stands at the reader's start, legend and inset beside it; north and east stay.
    left = SIDE if words.is_arabic else _EDGE
    box = (left, _EDGE, left + WIDTH - SIDE - _EDGE, height - _EDGE)
    main = _frame(metric.areas.total_bounds, box)
    draw_legend(canvas, legend, edge, hatch, words, listed)
    _land(canvas, metric, main, fills, legend, hatch)
    taken: list[shapely.Geometry] = []
    if cluster:
        _window(canvas, main, _cluster_box(metric, cluster), taken)
    alone = {code: pin for code, pin in shown.items() if code not in cluster}
    _pins(canvas, metric, main, alone, taken)
    _labels(canvas, metric.areas, main, fills, taken)
    _scale_bar(canvas, metric, main, words)
    if cluster:
        wide_by = SIDE - 22
        top = max(deep + _CAPTION, height - _EDGE - wide_by * 0.8)
        room = (edge, top, edge + wide_by, height - _EDGE)
        _inset(canvas, metric, fills, legend, hatch, cluster, shown, room, words)
    return canvas.render(title)


def _rings(shape: BaseGeometry, frame: _Frame) -> list[list[Point]]:
    polygons = [one for one in getattr(shape, "geoms", [shape]) if one.geom_type == "Polygon"]
    return [
        [frame.at(x, y) for x, y in ring.coords]
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
    ]


def _lines(shape: BaseGeometry, frame: _Frame) -> list[list[Point]]:
    parts = [one for one in getattr(shape, "geoms", [shape]) if one.geom_type == "LineString"]
    return [[frame.at(x, y) for x, y in part.coords] for part in parts if not part.is_empty]


def _land(
    canvas: Canvas,
    metric: _Metric,
    frame: _Frame,
    fills: Mapping[Code, Fill],
    legend: Legend,
    hatch: Hatches,
    within: BaseGeometry | None = None,
) -> None:
    def cut(shape: BaseGeometry) -> BaseGeometry:
        return shape if within is None else shape.intersection(within)

    # Borders of hundreds of cells would leave nothing of their colours.
    edge = 0.8 if len(metric.areas) <= _MANY_AREAS else 0.0
    for code, shape in metric.areas.items():
        fill = fills.get(str(code))
        step = fill.step if fill else None
        bare = hatch.protected if fill and fill.protected else hatch.nothing
        colour = bare if step is None else legend.swatches[step][0]
        canvas.path(_rings(cut(shape), frame), colour, _BORDER, edge)
    for border in metric.borders:
        drawn = _lines(cut(border), frame)
        canvas.path(drawn, "none", _BORDER, 2.4, closed=False)
        canvas.path(drawn, "none", _DISTRICT, 0.9, closed=False)
    for river in metric.rivers:
        canvas.path(_lines(cut(river), frame), "none", RIVER, 2.2, closed=False)


def _cluster(metric: _Metric, pins: Mapping[Code, Pin]) -> list[Code]:
    """The largest group of offices that the map can't tell apart; empty where none overlap."""
    west, _, east, _ = metric.areas.total_bounds
    near = min(_CLUSTER_KM * 1000, _CLUSTER_SHARE * (east - west))
    codes = sorted(pins)
    groups = [
        [b for b in codes if metric.offices[a].distance(metric.offices[b]) <= near] for a in codes
    ]
    largest = max(groups, key=len, default=[])
    return largest if len(largest) > 1 else []


def _cluster_box(metric: _Metric, cluster: Sequence[Code]) -> BaseGeometry:
    """A square window around the offices of a cluster, with room for their names."""
    west, south, east, north = metric.offices[list(cluster)].total_bounds
    half = 0.62 * max(east - west, north - south, 4000.0)
    x, y = (west + east) / 2, (south + north) / 2
    return shapely.box(x - half * 1.25, y - half, x + half * 1.25, y + half)


def _window(
    canvas: Canvas, frame: _Frame, box: BaseGeometry, taken: list[shapely.Geometry]
) -> None:
    west, south, east, north = box.bounds
    left, top = frame.at(west, north)
    right, bottom = frame.at(east, south)
    x, y, half = (left + right) / 2, (top + bottom) / 2, max(9.0, (right - left) / 2)
    canvas.rect((x - half, y - half), (2 * half, 2 * half), "none", PAPER, 4)
    canvas.rect((x - half, y - half), (2 * half, 2 * half), "none", INK, 1.8)
    taken.append(shapely.box(x - half, y - half, x + half, y + half))


def _pins(
    canvas: Canvas,
    metric: _Metric,
    frame: _Frame,
    pins: Mapping[Code, Pin],
    taken: list[shapely.Geometry],
) -> None:
    for code, pin in pins.items():
        x, y = frame.at(metric.offices[code].x, metric.offices[code].y)
        taken.append(shapely.box(x - 8, y - 8, x + 8, y + 8))
        draw_pin(canvas, (x, y), pin)


def _labels(
    canvas: Canvas,
    areas: gpd.GeoSeries,
    frame: _Frame,
    fills: Mapping[Code, Fill],
    taken: list[shapely.Geometry],
) -> None:
    """Name and figure inside each area, the widest areas first; what does not fit is left out."""
    order = sorted(areas.index, key=lambda code: (-areas[code].area, code))
    for code in order:
        fill = fills.get(str(code))
        if fill is None or not fill.name:
            continue
        spot = shapely.maximum_inscribed_circle(areas[code])
        x, y = frame.at(*spot.coords[0])
        name, figure = clipped(fill.name, 24), plain(fill.figure)
        half = max(wide(name, 9), wide(figure, 9.5)) / 2 + 1
        up, down = (11.5, 12.5) if figure else (8, 5)
        middle = x
        for aside, shift in _LABEL_SHIFTS:
            x = middle + aside
            box = shapely.box(x - half, y + shift - up, x + half, y + shift + down)
            inside = (
                frame.box[0] <= x - half
                and x + half <= frame.box[2]
                and frame.box[1] <= y + shift - up
                and y + shift + down <= frame.box[3]
            )
            if inside and not any(box.intersects(one) for one in taken):
                canvas.rect((x - half, y + shift - up), (2 * half, up + down), PLATE, round_by=3)
                at = y + shift - 1.5
                canvas.text((x, at), name, anchor="middle", size=9)
                if figure:
                    canvas.text((x, at + 11), figure, anchor="middle", size=9.5, bold=True)
                taken.append(box)
                break


def _scale_bar(canvas: Canvas, metric: _Metric, frame: _Frame, words: Words) -> None:
    """In the lower corner that has less land in it."""
    longest = 90 / frame.scale / 1000
    km = max((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if n <= longest), default=1)
    length = km * 1000 * frame.scale
    y = canvas.height - 14

    def land(left: float) -> float:
        west, south = frame.back(left, canvas.height)
        east, north = frame.back(left + length + 34, canvas.height - 40)
        corner = shapely.box(west, south, east, north)
        return float(metric.areas.intersection(corner).area.sum())

    x = min((frame.box[0] + 6, frame.box[2] - length - 40), key=land)
    canvas.line((x, y), (x + length, y), INK, 1.6)
    canvas.line((x, y - 4), (x, y + 1), INK, 1.6)
    canvas.line((x + length, y - 4), (x + length, y + 1), INK, 1.6)
    label = words.say(said("{n} km"), n=words.number(km))
    canvas.text((x + length / 2, y - 7), label, anchor="middle", size=9.5, halo=True)
    north = (x + length + 22, y)
    canvas.polygon(
        ((north[0], y - 18), (north[0] + 5, y), (north[0], y - 4), (north[0] - 5, y)), INK
    )
    canvas.text((north[0], y - 21), words.say(said("N")), anchor="middle", size=9, halo=True)


def _inset(
    canvas: Canvas,
    metric: _Metric,
    fills: Mapping[Code, Fill],
    legend: Legend,
    hatch: Hatches,
    cluster: Sequence[Code],
    pins: Mapping[Code, Pin],
    box: tuple[float, float, float, float],
    words: Words,
) -> None:
    """The offices that stand close together, drawn larger in ``box``."""
    window = _cluster_box(metric, cluster)
    west, south, east, north = window.bounds
    # The window takes the shape of the room that is left.
    aspect = (box[2] - box[0]) / (box[3] - box[1])
    half_x = max((east - west) / 2, aspect * (north - south) / 2)
    half_y = half_x / aspect
    x, y = (west + east) / 2, (south + north) / 2
    window = shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)
    frame = _frame(window.bounds, box)
    canvas.rect((box[0], box[1]), (box[2] - box[0], box[3] - box[1]), "#f4f5f6")
    _land(canvas, metric, frame, fills, legend, hatch, within=window)
    taken: list[shapely.Geometry] = []
    _pins(canvas, metric, frame, {code: pins[code] for code in cluster}, taken)
    parts = metric.areas.intersection(window)
    _labels(canvas, parts[parts.area > 0], frame, fills, taken)
    canvas.rect((box[0], box[1]), (box[2] - box[0], box[3] - box[1]), "none", INK, 1.8)
    caption = words.say(said("The framed part, larger"))
    rtl = words.is_arabic
    at = (box[2] if rtl else box[0], box[1] - 5)
    canvas.text(at, caption, anchor="end" if rtl else "start", size=9.5, fill=QUIET)
