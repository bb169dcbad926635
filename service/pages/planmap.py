"""A plan on the map: how far each area is served, who leads it, and where officers stand."""

from collections.abc import Sequence
from typing import Literal

import geopandas as gpd

from geo.places import OfficeKind
from service.locale import terms
from service.locale.words import Words
from service.maps.classes import share_step
from service.maps.geometry import area_features, label_points, outline, river_features
from service.maps.palette import LEADS
from service.maps.sheet import NO_DATA_CLASS, AreaFigure, MapLink, MapPoint, MapSheet, PointKind
from service.pages.atlas import Atlas
from service.pages.map_sheet import frame_words
from service.pages.planview import PlanView
from service.pages.scales import Swatch, share_swatches

Colouring = Literal["women", "served", "lead"]
COLOURINGS: tuple[Colouring, ...] = ("women", "served", "lead")
_WIDEST = 7.0


def swatches(view: PlanView, colouring: Colouring) -> list[Swatch]:
    """The legend of a plan's map; offices carry the numbers that they have on paper."""
    if colouring == "lead":
        return [
            Swatch(
                LEADS[place % len(LEADS)],
                view.office(code),
                f"({view.words.number(place + 1)})",
                figures=False,
            )
            for place, code in enumerate(view.plan.open_offices)
        ]
    return list(share_swatches(view.words))


def _figure(view: PlanView, code: str, colouring: Colouring, shown: Sequence[Swatch]) -> AreaFigure:
    words, served = view.words, view.services[code]
    lines = [
        (words.say("Demand served"), words.percent(served.served_share)),
        (words.say("Women's demand served"), words.percent(served.women_served_share)),
        (words.say("Hours a week asked"), words.number(served.hours_week)),
    ]
    if served.lead_office is not None:
        lines.append((words.say("Lead office"), view.office(served.lead_office)))
    if served.no_office_reaches:
        lines.append((words.say("Reach"), words.say("no office in daily reach")))
    if colouring == "lead":
        offices = list(view.plan.open_offices)
        lead = served.lead_office
        step = offices.index(lead) if lead in offices else NO_DATA_CLASS
    else:
        share = served.women_served_share if colouring == "women" else served.served_share
        step = NO_DATA_CLASS if share is None else share_step(share)
    mark = shown[step].mark if step >= 0 else ""
    return AreaFigure(step, tuple(lines), mark=mark)


def _points(view: PlanView, atlas: Atlas) -> list[MapPoint]:
    words = view.words
    points = []
    for office in atlas.offices():
        strength = view.strengths.get(office.code)
        if strength is None:
            continue
        kind: PointKind = office.kind.value
        if office.kind is OfficeKind.CANDIDATE and strength.is_open:
            kind = "sub"
        lines = [(words.say("Kind"), words.say(terms.OFFICE_KIND[office.kind]))]
        if strength.is_open:
            lines += [
                (
                    words.say("Officers"),
                    _with_change(words, strength.officers, strength.change),
                ),
                (
                    words.say("Women officers"),
                    _with_change(words, strength.women, strength.women_change),
                ),
            ]
        else:
            lines.append((words.say("State"), words.say("not open in this plan")))
        points.append(
            MapPoint(
                kind=kind,
                code=office.code,
                name=words.name(office),
                lon=office.lon,
                lat=office.lat,
                lines=tuple(lines),
                figure=words.number(strength.officers) if strength.is_open else "+",
                women=words.number(strength.women) if strength.is_open else "",
            )
        )
    return points


def _with_change(words: Words, now: int, change: int) -> str:
    """A count with its change from today; the sign stays before the figure in Arabic as well."""
    return f"{words.number(now)} (\u2066{words.signed(change)}\u2069)"


def _links(view: PlanView, atlas: Atlas, seats: dict[str, tuple[float, float]]) -> list[MapLink]:
    """One line from each office to each area that it serves, as wide as its hours."""
    places = {office.code: (office.lon, office.lat) for office in atlas.offices()}
    hours: dict[tuple[str, str], float] = {}
    for flow in view.plan.flows:
        pair = (flow.office, flow.area)
        hours[pair] = hours.get(pair, 0.0) + flow.hours_week
    most = max(hours.values(), default=0.0)
    return [
        MapLink(
            start=places[office],
            end=seats[area],
            width=round(max(0.6, _WIDEST * (amount / most) ** 0.5), 2),
            area=area,
        )
        for (office, area), amount in sorted(hours.items())
        if office in places and area in seats and amount > most / 200
    ]


def _units(view: PlanView, atlas: Atlas) -> gpd.GeoDataFrame | None:
    """The plan's areas with their shapes; ``None`` where none is loaded any more."""
    codes = set(view.areas)
    for level in reversed(atlas.levels()):
        units = atlas.units(level)
        there = [str(code) in codes for code in units.index]
        if any(there):
            return units[there]
    return None


def has_shapes(view: PlanView, atlas: Atlas) -> bool:
    """Whether there is anything to draw, without drawing it."""
    return _units(view, atlas) is not None


def plan_sheet(view: PlanView, atlas: Atlas, colouring: Colouring) -> MapSheet | None:
    """The sheet, or ``None`` where none of the plan's areas is loaded any more."""
    units = _units(view, atlas)
    if units is None:
        return None
    inside = units.geometry.representative_point()
    seats = {str(code): (round(p.x, 4), round(p.y, 4)) for code, p in inside.items()}
    lines = [*river_features(atlas.rivers()), outline(units)]
    words, shown = view.words, swatches(view, colouring)
    return MapSheet(
        lang=words.lang,
        title=words.say("Map of the plan"),
        areas=area_features(units, words),
        colours=[one.colour for one in shown],
        figures={code: _figure(view, code, colouring, shown) for code in seats},
        lines={"type": "FeatureCollection", "features": lines},
        places=label_points(units, words),
        points=_points(view, atlas),
        links=_links(view, atlas, seats),
        credit=f"{words.say('Mizan')} · {words.say(terms.STANDING[view.standing])}",
        words=frame_words(words),
    )
