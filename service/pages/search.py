"""Find a place by its Arabic or Latin name: areas, offices, forums and towns.

Spellings are compared as ``geo.names`` folds them, with its aliases, so that ال, hamza, tatweel,
"Al-" and "Basra" for "Basrah" make no difference. No name is ever guessed: what only resembles
the question comes after what holds it, and the reader chooses.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from geo.names import ALIASES, fold
from geo.places import Level
from service.locale import terms
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice

MOST = 8
LONGEST = 80
_ALIKE = 0.74
_ARTICLE = frozenset({"al", "ال", "el"})
_ZOOM = 11
PlaceKind = Literal["area", "office", "forum", "town"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a name: where it is, and what it is called in both languages."""

    kind: PlaceKind
    code: str
    name_ar: str
    name_en: str
    lon: float
    lat: float
    level: Level | None = None
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer in the reader's language; ``url`` shows it on the map."""

    code: str
    name: str
    also: str
    what: str
    url: str


def find(
    question: str, atlas: Atlas, choice: MapChoice, words: Words, towns: Mapping[str, Any]
) -> list[Found]:
    """The places whose names fit ``question``, the best first; at most eight."""
    asked = fold(question[:LONGEST])
    if not asked:
        return []
    if asked in _ARTICLE:  # typed so far: any name may follow
        asked = ""
    keys = {asked, *_aliases().get(asked, ())}
    ranked = sorted(
        (
            (-best, _order(place), place.name_en, place.code, place)
            for place in places(atlas, towns)
            if (best := max(_fit(keys, name) for name in (place.name_ar, place.name_en))) > 0
        ),
        key=lambda row: row[:4],
    )
    return [_found(row[-1], choice, words) for row in ranked[:MOST]]


def places(atlas: Atlas, towns: Mapping[str, Any]) -> Iterator[Place]:
    """Everything that can be found. Planning cells are named after their area: not these."""
    for level in atlas.levels():
        if level is Level.CELL:
            continue
        units = atlas.units(level)
        points = units.geometry.representative_point()
        for code, ar, en, point in zip(
            units.index, units["name_ar"], units["name_en"], points, strict=True
        ):
            yield Place(
                "area", str(code), str(ar or ""), str(en or ""), point.x, point.y, level=level
            )
    for office in atlas.offices():
        yield Place("office", office.code, office.name_ar, office.name_en, office.lon, office.lat)
    for forum in atlas.forums():
        yield Place("forum", forum.code, forum.name_ar, forum.name_en, forum.lon, forum.lat)
    for feature in towns.get("features", []):
        said = feature["properties"]
        if said.get("role") == "seat":
            continue  # the area of the same name is there already
        lon, lat = feature["geometry"]["coordinates"][:2]
        yield Place("town", str(said["code"]), said["name_ar"], said["name_en"], lon, lat)


def _aliases() -> dict[str, set[str]]:
    """Folded spelling -> the folded spellings that mean the same."""
    found: dict[str, set[str]] = {}
    for group in ALIASES:
        keys = {fold(spelling) for spelling in group}
        for key in keys:
            found.setdefault(key, set()).update(keys)
    return found


def _fit(keys: Iterable[str], name: str) -> float:
    """How well a name answers: 1 the same, then its beginning, a word, a part, a likeness."""
    own = fold(name)
    if not own:
        return 0.0
    return max(_one_fit(key, own) for key in keys)


def _one_fit(key: str, own: str) -> float:
    if key == own:
        return 1.0
    if own.startswith(key):
        return 0.9
    parts = own.split()
    if all(any(part.startswith(word) for part in parts) for word in key.split()):
        return 0.8
    if len(key) > 2 and key in own:  # noqa: PLR2004 (two letters are in everything)
        return 0.6
    likeness = max(SequenceMatcher(None, key, one).ratio() for one in (own, *parts))
    return likeness / 2 if likeness >= _ALIKE else 0.0


def _order(place: Place) -> int:
    """Areas before what stands in them, the coarser first."""
    if place.kind == "area":
        return (Level.GOVERNORATE, Level.DISTRICT, Level.SUBDISTRICT).index(
            place.level or Level.SUBDISTRICT
        )
    return {"office": 3, "town": 4, "forum": 5}[place.kind]


def _found(place: Place, choice: MapChoice, words: Words) -> Found:
    names = (place.name_ar, place.name_en)
    name, also = names if words.is_arabic else names[::-1]
    view = f"{place.lat:.4f},{place.lon:.4f},{_ZOOM}"
    if place.kind == "area" and place.level is not None:
        what = words.say(terms.LEVEL[place.level])
        url = choice.query(level=place.level, area=place.code, view="", governorate=None)
    elif place.kind == "office":
        what, url = words.say("Office"), choice.query(view=view)
    elif place.kind == "forum":
        what, url = words.say("Community policing forum"), choice.query(view=view)
    else:
        what, url = words.say("Town"), choice.query(view=view)
    return Found(place.code, name or also, also if name else "", what, f"/?{url}")
