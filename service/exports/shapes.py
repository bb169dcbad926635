"""What a problem's areas and offices look like on the ground, from the store."""

from dataclasses import dataclass, field
from pathlib import Path

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.layers import Clearance
from optimizer.problem import Problem
from service.exports.plan_features import Shapes
from service.layerbooks import LayerBooks
from service.pages.atlas import Atlas
from service.store import Store


@dataclass(frozen=True, slots=True)
class Scene:
    """Geometries by code in EPSG:4326 (what the store lacks is left out), and the atlas."""

    areas: Shapes = field(default_factory=dict)
    offices: Shapes = field(default_factory=dict)
    atlas: Atlas | None = None


def scene_of(store: Store, problem: Problem, data_dir: Path) -> Scene:
    """The scene of ``problem``: polygons of its areas, points of its offices."""
    atlas = LayerBooks(store, data_dir).open(Clearance.RELEASED)
    wanted = {area.code for area in problem.areas}
    areas: dict[str, BaseGeometry] = {}
    for level in atlas.levels():
        units = atlas.units(level)
        areas |= {str(c): shape for c, shape in units.geometry.items() if str(c) in wanted}
    codes = {office.code for office in problem.offices}
    offices = {
        office.code: Point(office.lon, office.lat)
        for office in problem.offices
        if office.lon is not None and office.lat is not None
    } | {
        office.code: Point(office.lon, office.lat)
        for office in atlas.offices()
        if office.code in codes
    }
    return Scene(areas, offices, atlas)
