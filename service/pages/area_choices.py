"""Areas to choose from in a form: sub-districts under the names of their districts."""

from collections.abc import Mapping
from typing import Any

from geo.places import Level
from service.pages.atlas import Atlas

AreaChoices = list[tuple[Mapping[str, str], list[tuple[str, Any]]]]


def area_choices(atlas: Atlas) -> AreaChoices:
    """(Names of the unit above, its areas as (code, names)); the offices' governorate first."""
    levels = [one for one in (Level.SUBDISTRICT, Level.DISTRICT) if one in atlas.levels()]
    units = atlas.units(levels[0]) if levels else None
    if units is None or units.empty:
        return []
    above: dict[str, Mapping[str, str]] = {}
    held_by: dict[str, str] = {}
    if Level.DISTRICT in atlas.levels():
        rows = atlas.units(Level.DISTRICT)
        above = {str(code): dict(row) for code, row in rows[["name_ar", "name_en"]].iterrows()}
        held_by = {str(code): str(parent) for code, parent in rows["parent"].items()}
    nobody = {"name_ar": "", "name_en": ""}
    groups: dict[str, list[tuple[str, Any]]] = {}
    for code, row in units.sort_index().iterrows():
        names = {"name_ar": row["name_ar"], "name_en": row["name_en"]}
        groups.setdefault(str(row["parent"]), []).append((str(code), names))
    home = next((one.code for one in atlas.governorates()), None)
    ours_first = sorted(groups, key=lambda parent: home not in (parent, held_by.get(parent)))
    return [(above.get(parent, nobody), groups[parent]) for parent in ours_first]
