"""The file that a two-person release is about: read from an address, kept, said in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP, LayerCode, Period
from geo.places import Level
from geo.privacy import INCIDENT_LAYERS
from service.errors import NotFoundError
from service.exports.content import Format
from service.locale import map_words, terms
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.choice import MapChoice, read_choice
from service.pages.unoffered import refuse_unoffered
from service.store.grants import Grant

LAYER_FORMS = frozenset(Format) - {Format.PDF}
_ASKED = ("level", "category", "governorate", "window", "period")


def read_layer_choice(
    name: str, ending: str, params: Mapping[str, str], atlas: Atlas
) -> tuple[LayerCode, MapChoice]:
    """Layer and choice of an ``/export`` address.

    Raises ``NotFoundError`` for what is not one, ``NotOfferedError`` where it asks for what can't
    be had.
    """
    if not name or ending not in {form.value for form in LAYER_FORMS} or not atlas.levels():
        raise NotFoundError
    choice = read_choice({**params, "layer": name}, atlas)
    refuse_unoffered(params, name, choice, atlas)
    return LayerCode(choice.layer), choice


def asked_of(choice: MapChoice) -> dict[str, str]:
    """What chose the rows of a file, for the audit log and for a release."""
    found = {
        "level": choice.level.value,
        "category": choice.category or "",
        "governorate": choice.governorate or "",
        "window": choice.window.value,
        "period": str(choice.period or ""),
    }
    return found | ({"weights": choice.shares()} if choice.weights else {})


def read_subject(params: Mapping[str, str], atlas: Atlas) -> dict[str, str]:
    """What a release would be about, in plain words that can be compared.

    Raises ``NotFoundError`` where no cases are in the layer: such a file needs no release.
    """
    name, ending = params.get("name", ""), params.get("ending", Format.CSV.value)
    layer, choice = read_layer_choice(name, ending, params, atlas)
    if layer not in INCIDENT_LAYERS or choice.layer is not layer:
        raise NotFoundError
    return {"name": name, "ending": ending, **asked_of(choice)}


def file_address(grant: Grant) -> str:
    """Where the released file is fetched."""
    query = {key: grant.subject.get(key, "") for key in _ASKED} | {"release": str(grant.id)}
    query["governorate"] = query["governorate"] or "all"
    name, ending = grant.subject.get("name", ""), grant.subject.get("ending", "")
    return f"/export/{name}.{ending}?{urlencode(query)}"


def subject_words(subject: Mapping[str, Any], words: Words, atlas: Atlas) -> str:
    """The file for the one who decides: layer, category, level, governorate, period, form."""
    layer, level = LayerCode(subject["name"]), Level(subject["level"])
    parts = [words.say(map_words.TITLE[layer]), category_words(subject.get("category"), words)]
    parts.append(words.say(terms.LEVELS[level]))
    if code := subject.get("governorate"):
        # One that is on the map no more is told by its code.
        named = {area.code: words.name(area) for area in atlas.governorates()}
        parts.append(named.get(code, code))
    parts.append(words.period(_period(str(subject.get("period", "")))))
    told = " \u00b7 ".join(one for one in parts if one)
    return f"{told} ({subject['ending'].upper()})"


def category_words(category: str | None, words: Words) -> str:
    """Its name; none is all of them."""
    if not category:
        return words.say("All categories")
    if category == SEVERE_GROUP:
        return words.say("Severe categories together")
    return words.name(CATEGORIES[category])


def _period(text: str) -> Period | None:
    start, _, end = text.partition("/")
    try:
        return Period(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError:
        return None
