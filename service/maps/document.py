"""The folium document of a sheet: areas with classes, our own base, offices, forums, crossings."""

from typing import Any

import folium
from branca.element import MacroElement
from jinja2 import Template

from service.maps.encode import folium_text, script_json
from service.maps.localise import AssetUrl, written
from service.maps.palette import NO_DATA, PROTECTED
from service.maps.sheet import AreaFigure, MapPoint, MapSheet

_SIZES = {"main": 36, "sub": 32, "candidate": 26, "forum": 16, "open": 18, "closed": 20}


class AreaLayer(MacroElement):
    """Areas with their classes, base lines, links and labels, drawn by ``js/frame.js``.

    The geometry is written once; figures can be replaced by a message from the page.
    """

    _template = Template(
        """{% macro script(this, kwargs) %}
mizanFrame({{ this._parent.get_name() }}, {{ this.payload }});
{% endmacro %}"""
    )

    def __init__(self, sheet: MapSheet) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "AreaLayer"
        self.payload = script_json(payload(sheet))


def payload(sheet: MapSheet) -> dict[str, Any]:
    """What ``js/frame.js`` draws; strings are plain text there, set as text and never as HTML."""
    other, tiles = sheet.other, sheet.tiles
    return {
        "rtl": sheet.lang == "ar",
        "areas": sheet.areas,
        "lines": sheet.lines,
        "places": [list(place) for place in sheet.places],
        "towns": [list(town) for town in sheet.towns],
        "links": [
            {"from": link.start, "to": link.end, "width": link.width, "area": link.area}
            for link in sheet.links
        ],
        "words": dict(sheet.words),
        "view": None if sheet.view is None else list(sheet.view),
        "side": sheet.side,
        "other": None
        if other is None
        else {
            "side": other.title,
            "colours": list(other.colours),
            "figures": {code: {"step": one.step} for code, one in other.figures.items()},
        },
        "tiles": None
        if tiles is None
        else {"url": tiles.url, "credit": tiles.credit, "zoom": tiles.zoom},
        **figures_message(sheet),
    }


def figures_message(sheet: MapSheet) -> dict[str, Any]:
    """Classes, colours, tooltips, standing: what changes when another layer is chosen."""
    return {
        "credit": sheet.credit,
        "colours": list(sheet.colours),
        "no_data": NO_DATA,
        "protected": PROTECTED,
        "figures": {code: _figure(figure) for code, figure in sheet.figures.items()},
    }


def _figure(figure: AreaFigure) -> dict[str, Any]:
    found: dict[str, Any] = {
        "step": figure.step,
        "lines": [list(line) for line in figure.lines],
    }
    if figure.spark:
        found["spark"] = list(figure.spark)
    if figure.mark:
        found["mark"] = figure.mark
    return found


def _tooltip(point: MapPoint) -> str:
    rows = "".join(
        f"<tr><th>{folium_text(label)}</th><td>{folium_text(value)}</td></tr>"
        for label, value in point.lines
    )
    return f"<b>{folium_text(point.name)}</b><table>{rows}</table>"


def _sign(point: MapPoint) -> str:
    women = f'<i class="women">{folium_text(point.women)}</i>' if point.women else ""
    return f'<span class="sign {point.kind}">{folium_text(point.figure)}{women}</span>'


def _marker(point: MapPoint) -> folium.Marker:
    size = _SIZES[point.kind]
    return folium.Marker(
        location=(point.lat, point.lon),
        icon=folium.DivIcon(
            html=_sign(point),
            icon_size=(size, size),
            icon_anchor=(size // 2, size // 2),
            class_name="mizan-sign",
        ),
        tooltip=folium.Tooltip(_tooltip(point), sticky=False, class_name="mizan-tip"),
        z_index_offset=1000 if point.kind in {"main", "sub"} else 0,
    )


def map_document(sheet: MapSheet, url: AssetUrl) -> str:
    """Write the HTML of ``sheet``; equal sheets give equal bytes.

    Raises ``ForeignAddressError`` if it would ask another host.
    """
    drawn = folium.Map(
        location=(30.5, 47.8),
        zoom_start=8,
        tiles=None,
        zoom_snap=0.25,
        zoom_delta=0.5,
        min_zoom=5,
        max_zoom=16,
        attribution_control=True,
    )
    AreaLayer(sheet).add_to(drawn)
    for point in sheet.points:
        _marker(point).add_to(drawn)
    return written(drawn, lang=sheet.lang, title=sheet.title, url=url)
