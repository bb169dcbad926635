"""No map asks another host: every file that folium would fetch from a CDN is one of ours.

folium keeps its CDN addresses on its classes and writes them at each rendering; so they are
replaced on the instance, and the written document is read again: an address that isn't ours
raises ``ForeignAddressError`` and nothing is shown.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import folium
from branca.element import Element

from service.maps.encode import folium_text

ASSETS_JS = {
    "leaflet": "vendor/leaflet/leaflet.js",
    "mizan_places": "js/frame-places.js",
    "mizan_tips": "js/frame-tips.js",
    "mizan_view": "js/frame-view.js",
    "mizan_swipe": "js/frame-swipe.js",
    "mizan_frame": "js/frame.js",
}
ASSETS_CSS = {
    "leaflet_css": "vendor/leaflet/leaflet.css",
    "mizan_fonts": "css/fonts.css",
    "mizan_frame_css": "css/frame.css",
}

_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>')

AssetUrl = Callable[[str], str]
"""Address of a file of ours, from its path below the static folder."""


class ForeignAddressError(RuntimeError):
    """A map's document names an address that isn't ours; it must not be shown."""


class _Addresses(HTMLParser):
    """Every address in the markup that a browser would fetch or follow."""

    NAMES = frozenset({"src", "href", "srcset", "action", "formaction", "data", "poster"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if value and name in self.NAMES:
                self.found.append(value)
            if value and name == "style":
                self._read_style(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._read_style(data)

    def _read_style(self, text: str) -> None:
        self.found += re.findall(r"url\(\s*['\"]?([^'\")]+)", text)
        self.found += re.findall(r"@import\s+['\"]([^'\"]+)", text)


def addresses(document: str) -> list[str]:
    """Addresses in ``document`` that a browser would fetch."""
    parser = _Addresses()
    parser.feed(document)
    parser.close()
    return parser.found


def use_own_assets(drawn: folium.Map, url: AssetUrl) -> None:
    """Replace folium's CDN lists on this one map; the classes stay as they are."""
    drawn.default_js = [(name, url(path)) for name, path in ASSETS_JS.items()]
    drawn.default_css = [(name, url(path)) for name, path in ASSETS_CSS.items()]


def number_elements(root: Element) -> None:
    """Give folium's random ids an order, so that equal maps are equal bytes."""
    for number, element in enumerate(_walk(root), start=1):
        element._id = f"{number:04d}"  # noqa: SLF001 (folium offers no other way)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001 (folium offers no other way)
        yield from _walk(child)


def written(drawn: folium.Map, *, lang: str, title: str, url: AssetUrl) -> str:
    """The map's document, checked: every address in it is one of ours."""
    use_own_assets(drawn, url)
    root: Any = drawn.get_root()
    number_elements(root)
    root.title = folium_text(title)
    document: str = root.render().replace("<html>", f'<html lang="{lang}">', 1)
    # Whoever needs larger letters must be able to zoom the page itself.
    document = _VIEWPORT.sub('<meta name="viewport" content="width=device-width">', document, 1)
    ours = {url(path) for path in (*ASSETS_JS.values(), *ASSETS_CSS.values())}
    foreign = sorted(set(addresses(document)) - ours)
    if foreign:
        raise ForeignAddressError(f"the map names {', '.join(foreign[:5])}")
    return document


def inlined(document: str, static: Path, url: AssetUrl) -> str:
    """``document`` with our files inside it: it opens from a disk, without any server."""
    for path in ASSETS_JS.values():
        code = (static / path).read_text("utf-8").replace("</script", "<\\/script")
        document = document.replace(
            f'<script src="{url(path)}"></script>', f"<script>{code}</script>"
        )
    for path in ASSETS_CSS.values():
        # Fonts and pictures of the style sheets stay out: the reader's own fonts will do.
        code = re.sub(r"@font-face\s*{[^}]*}", "", (static / path).read_text("utf-8"))
        code = re.sub(r"url\([^)]*\)", "none", code)
        document = document.replace(
            f'<link rel="stylesheet" href="{url(path)}"/>', f"<style>{code}</style>"
        )
    left = [found for found in addresses(document) if found.strip("#")]
    if left:
        raise ForeignAddressError(f"the map still names {', '.join(left[:5])}")
    return document
