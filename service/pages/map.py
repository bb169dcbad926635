"""The planner's page: one choropleth, its legend, its table, and the card of an area."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from geo.incidents import CATEGORIES
from geo.layers import SEVERE_GROUP, Layer
from geo.need import DEFAULT_COMPONENTS
from geo.places import Crossing, Forum, Office, Standing
from optimizer.staff import Gender
from service.auth.accounts import Account
from service.auth.roles import Right
from service.deps import HouseOf, WordsOf, require
from service.locale import terms
from service.locale.words import Words
from service.maps.document import figures_message, map_document
from service.maps.geometry import area_features, label_points, outline, river_features
from service.maps.sheet import MapPoint, MapSheet
from service.pages.atlas import Atlas
from service.pages.card import card_of
from service.pages.choice import BY_CATEGORY, LAYERS, MapChoice, read_choice
from service.pages.chosen_layer import layer_of
from service.pages.figures import Reading, read_layer
from service.pages.render import page, static_url
from service.security import MAP_POLICY

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Account, Depends(require(Right.SEE_MAP))]


@dataclass(frozen=True, slots=True)
class OfficeStaff:
    """How many stand at an office today."""

    officers: int = 0
    women: int = 0


def staff_of(atlas: Atlas) -> dict[str, OfficeStaff]:
    """Posts by office."""
    found: dict[str, OfficeStaff] = {}
    for post in atlas.posts():
        had = found.get(post.office, OfficeStaff())
        found[post.office] = OfficeStaff(
            had.officers + 1, had.women + (post.gender is Gender.WOMAN)
        )
    return found


def layer_title(words: Words, choice: MapChoice) -> str:
    """Name of the layer with its category."""
    title = words.say(terms.LAYER[choice.layer])
    if choice.category == SEVERE_GROUP:
        return f"{title}: {words.say('Severe categories together')}"
    if choice.category:
        return f"{title}: {words.name(CATEGORIES[choice.category])}"
    return title


def reading_of(atlas: Atlas, choice: MapChoice, words: Words) -> Reading:
    """The chosen layer, released and in words."""
    units = atlas.units(choice.level, choice.governorate)
    return read_layer(layer_of(atlas, choice, units), units, words, layer_title(words, choice))


def map_points(atlas: Atlas, words: Words) -> list[MapPoint]:
    """Offices with staff and women, forums, and crossings with their state."""
    staff = staff_of(atlas)
    return [
        *(_forum(forum, words) for forum in atlas.forums()),
        *(_crossing(crossing, words) for crossing in atlas.crossings()),
        *(
            _office(office, staff.get(office.code, OfficeStaff()), words)
            for office in atlas.offices()
        ),
    ]


def standing_line(words: Words, standing: Standing) -> tuple[tuple[str, str], ...]:
    """Said where a thing is less than reported."""
    if standing in {Standing.OFFICIAL, Standing.REPORTED}:
        return ()
    return ((words.say("Standing"), words.say(terms.STANDING[standing])),)


def _office(office: Office, staff: OfficeStaff, words: Words) -> MapPoint:
    lines = [(words.say("Kind"), words.say(terms.OFFICE_KIND[office.kind]))]
    if staff.officers:
        lines.append((words.say("Officers"), words.number(staff.officers)))
        lines.append((words.say("Women officers"), words.number(staff.women)))
    if office.vehicles:
        lines.append((words.say("Vehicles"), words.number(office.vehicles)))
    if office.referral_centre:
        lines.append((words.say("Referral centre"), words.say("yes")))
    return MapPoint(
        kind=office.kind.value,
        code=office.code,
        name=words.name(office),
        lon=office.lon,
        lat=office.lat,
        lines=(*lines, *standing_line(words, office.standing)),
        figure=words.number(staff.officers) if staff.officers else "+",
        women=words.number(staff.women) if staff.officers else "",
    )


def _forum(forum: Forum, words: Words) -> MapPoint:
    lines = [(words.say("Kind"), words.say("Community policing forum"))]
    lines.append((words.say("Meetings a month"), words.number(forum.meetings_per_month)))
    if forum.chaired_by_woman:
        lines.append((words.say("Chaired by a woman"), words.say("yes")))
    return MapPoint(
        kind="forum",
        code=forum.code,
        name=words.name(forum),
        lon=forum.lon,
        lat=forum.lat,
        lines=(*lines, *standing_line(words, forum.standing)),
    )


def _crossing(crossing: Crossing, words: Words) -> MapPoint:
    state = words.say("open") if crossing.open else words.say("closed")
    return MapPoint(
        kind="open" if crossing.open else "closed",
        code=crossing.code,
        name=words.name(crossing),
        lon=crossing.lon,
        lat=crossing.lat,
        lines=((words.say("Crossing"), state), *standing_line(words, crossing.standing)),
    )


def sheet_of(atlas: Atlas, choice: MapChoice, words: Words, reading: Reading) -> MapSheet:
    """Everything that the map document shows."""
    units = atlas.units(choice.level, choice.governorate)
    lines: list[Any] = river_features(atlas.rivers())
    if not units.empty:
        lines.append(outline(units))
    return MapSheet(
        lang=words.lang,
        title=f"{reading.title} {words.period(reading.layer.period)}",
        areas=area_features(units, words),
        colours=reading.colours,
        figures=reading.figures(),
        lines={"type": "FeatureCollection", "features": lines},
        places=label_points(units, words) if not units.empty else (),
        points=map_points(atlas, words),
        credit=credit(words, reading.layer),
    )


def credit(words: Words, layer: Layer) -> str:
    """Written on the map itself, so that a screenshot carries it."""
    return f"{words.say('Mizan')} · {words.say(terms.STANDING[layer.standing])}"


@router.get("/map")
def map_frame(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """The map's own document, in a sandbox of its own."""
    atlas = house.atlases.open(account)
    choice = read_choice(request.query_params, atlas)
    sheet = sheet_of(atlas, choice, words, reading_of(atlas, choice, words))
    document = map_document(sheet, static_url)
    headers = {"Content-Security-Policy": MAP_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(document, headers=headers)


@router.get("/")
def map_page(request: Request, house: HouseOf, words: WordsOf, account: Viewer) -> Response:
    """Map, legend, table and card; works as plain links and forms without JavaScript."""
    atlas = house.atlases.open(account)
    if not atlas.levels():
        return page(request, "map_empty.html", account)
    choice = read_choice(request.query_params, atlas)
    reading = reading_of(atlas, choice, words)
    sheet = MapSheet(words.lang, "", {}, reading.colours, reading.figures())
    row = next((row for row in reading.rows if row.code == choice.area), None)
    return page(
        request,
        "map.html",
        account,
        atlas=atlas,
        choice=choice,
        layers=LAYERS,
        by_category=choice.layer in BY_CATEGORY,
        reading=reading,
        row=row,
        card=None if row is None else card_of(atlas, choice, words, reading, row.code),
        figures=figures_message(sheet),
        weights=_sliders(choice, words),
    )


def _sliders(choice: MapChoice, words: Words) -> list[dict[str, Any]]:
    """One slider for each component of the need."""
    own = dict(choice.weights)
    return [
        {
            "name": f"w_{one.code}",
            "title": words.say(terms.COMPONENT.get(one.code, one.code)),
            "usual": round(one.weight * 100),
            "value": round(own.get(one.code, one.weight * 100)),
        }
        for one in DEFAULT_COMPONENTS
    ]
