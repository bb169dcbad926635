"""The four maps of a plan on paper: women's demand, lead offices, all demand, need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from geo.layers import LayerCode
from geo.notes import said
from geo.places import Standing
from service.locale import terms
from service.maps.classes import classes_of, share_step
from service.maps.palette import BURDEN, LEADS
from service.pages.planview import PlanView
from service.pages.scales import label_of, share_swatches
from service.reports.map_legend import Legend, Pin
from service.reports.maps import Fill, Ground, draw_map
from service.reports.svg import clipped


@dataclass(frozen=True, slots=True)
class PlanMap:
    """A map with its title and the words for who can't see it."""

    title: str
    svg: str
    alt: str


def plan_maps(view: PlanView, ground: Ground) -> list[PlanMap]:
    """The maps, or none where no area of the plan has a shape."""
    held = {code: shape for code, shape in ground.areas.items() if code in view.areas}
    if not held:
        return []
    ground = Ground(held, ground.offices, ground.rivers, ground.districts, ground.names)
    t = view.words.say
    return [
        _share_map(
            view,
            ground,
            t(said("Women's demand served")),
            lambda code: view.services[code].women_served_share,
        ),
        _lead_map(view, ground),
        _share_map(
            view,
            ground,
            t(said("All demand served")),
            lambda code: view.services[code].served_share,
        ),
        _need_map(view, ground),
    ]


def _order(view: PlanView) -> dict[str, int]:
    """Numbers of the offices, the same on every map: open ones first."""
    rest = [code for code in view.offices if code not in view.plan.open_offices]
    return {code: n for n, code in enumerate((*view.plan.open_offices, *rest), 1)}


def _pins(view: PlanView) -> dict[str, Pin]:
    words = view.words
    pins = {}
    for code, place in _order(view).items():
        strength = view.strengths[code]
        line = clipped(view.office(code), 60)
        if strength.is_open:
            line += f" ({words.number(strength.officers)} / {words.number(strength.women)})"
        else:
            line += f" ({words.say(said('not open'))})"
        pins[code] = Pin(words.number(place), line, open=strength.is_open)
    return pins


def _note(view: PlanView) -> str:
    """Every map says how far its figures and lines may be trusted."""
    t = view.words.say
    figures = t(said("Figures: {standing}."), standing=t(terms.STANDING[view.standing]))
    if view.standing in {Standing.OFFICIAL, Standing.REPORTED}:
        return figures
    return f"{figures} {t(said('Serves planning, not a survey of borders.'))}"


def _tail(view: PlanView) -> tuple[str, str]:
    """What every legend ends with: the word for the offices, and the note."""
    return view.words.say(said("Offices (officers / of them women)")), _note(view)


def _drawn(
    view: PlanView, ground: Ground, title: str, fills: Mapping[str, Fill], legend: Legend
) -> PlanMap:
    words = view.words
    named = [f"{one.name} {one.figure}".strip() for one in fills.values()]
    svg = draw_map(words, ground, fills, _pins(view), legend, title=title)
    return PlanMap(title, svg, f"{title}: {words.joined(named)}")


def _share_map(
    view: PlanView, ground: Ground, title: str, share_of: Callable[[str], float | None]
) -> PlanMap:
    words = view.words
    fills = {}
    for code in ground.areas:
        share = share_of(code)
        if view.services[code].no_office_reaches:
            share = None
        fills[code] = Fill(
            None if share is None else share_step(share),
            view.area(code),
            "" if share is None else words.percent(share),
        )
    swatches = tuple((one.colour, one.label) for one in share_swatches(words))
    legend = Legend(
        title, swatches, words.say(said("nothing asked, or out of reach")), *_tail(view)
    )
    return _drawn(view, ground, title, fills, legend)


def _lead_map(view: PlanView, ground: Ground) -> PlanMap:
    words = view.words
    title = words.say(said("Lead office"))
    order = _order(view)
    fills = {}
    for code in ground.areas:
        lead = view.services[code].lead_office
        place = order.get(lead) if lead is not None else None
        fills[code] = Fill(
            None if place is None else place - 1,
            view.area(code),
            "" if place is None else words.number(place),
        )
    swatches = tuple(
        (LEADS[(place - 1) % len(LEADS)], f"{words.number(place)}. {view.office(code)}")
        for code, place in order.items()
        if code in view.plan.open_offices
    )
    legend = Legend(
        title, swatches, words.say(said("nothing asked, or out of reach")), *_tail(view)
    )
    return _drawn(view, ground, title, fills, legend)


def _need_map(view: PlanView, ground: Ground) -> PlanMap:
    words = view.words
    title = words.say(said("Need index"))
    classes = classes_of([area.need for area in view.areas.values()], LayerCode.NEED)
    fills = {
        code: Fill(
            classes.step(view.areas[code].need),
            view.area(code),
            words.number(view.areas[code].need, 1),
        )
        for code in ground.areas
    }
    swatches = tuple(
        (colour, label_of(words, LayerCode.NEED, limits))
        for colour, limits in zip(classes.spread(BURDEN), classes.limits(), strict=True)
    )
    legend = Legend(title, swatches, words.say(said("no data")), *_tail(view))
    return _drawn(view, ground, title, fills, legend)
