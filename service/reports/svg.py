"""A small SVG writer: every value is escaped, every text keeps its own direction.

Coordinates are drawn left to right; a mirrored canvas turns them over for right-to-left readers,
text excepted. Only presentation attributes are written, no style and no script, so that a page's
content policy and the press of the reports take the same picture.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from service.locale.words import Words
from service.unseen import TURNING

Anchor = Literal["start", "middle", "end"]
Point = tuple[float, float]

FONT = "IBM Plex Sans Arabic, sans-serif"
INK = "#1d2a33"
QUIET = "#5b6770"
GRID = "#d9dee2"
PAPER = "#ffffff"
# Dark enough on white, told apart by colour-blind readers, and each has a shape of its own.
SERIES = ("#12497c", "#c95f1f", "#4f2263", "#1f6f7d")

_ISOLATES = {"rtl": "\u2067", "ltr": "\u2066", "auto": "\u2068"}
_POP = "\u2069"
_OTHER_SIDE: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}
# What XML 1.0 can't hold, and marks that would turn the rest of a text around.
_UNFIT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff{TURNING}]")
# Vowel marks of Arabic and the stretching line: names are read without them, and a mark set
# apart from its letter has no place in an accessible PDF.
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def plain(text: object) -> str:
    """``text`` in one line, without characters that XML refuses or that turn text around."""
    return " ".join(_UNFIT.sub("", str(text)).split())


def clipped(text: object, most: int) -> str:
    """``text`` with at most ``most`` characters; the table beside has it whole."""
    said = plain(text)
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def isolated(text: object) -> str:
    """``text`` in the direction of its own letters: figures and Latin stay left to right."""
    said = _MARKS.sub("", plain(text))
    direction = "rtl" if _ARABIC.search(said) else "ltr"
    return f"{_ISOLATES[direction]}{said}{_POP}"


def wide(text: object, size: float = 11) -> float:
    """About how wide ``text`` is at ``size``; on the safe side for the fonts of the reports."""
    return 0.54 * size * len(plain(text))


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    if not math.isfinite(value):
        raise ValueError(f"no place on paper: {value}")
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


class Canvas:
    """A picture in the making; y grows downwards. ``mirrored`` turns x over."""

    def __init__(
        self, width: float, height: float, words: Words, *, mirrored: bool = False
    ) -> None:
        self.width, self.height, self.words = width, height, words
        self.mirrored = mirrored
        self._parts: list[str] = []
        self._defs: list[str] = []

    def x(self, x: float) -> float:
        return self.width - x if self.mirrored else x

    def _add(self, name: str, **attributes: object) -> None:
        self._parts.append(f"<{name}{_said(attributes)}/>")

    def line(
        self, start: Point, end: Point, stroke: str = GRID, width: float = 1, dash: str = ""
    ) -> None:
        self._add(
            "line",
            x1=self.x(start[0]),
            y1=start[1],
            x2=self.x(end[0]),
            y2=end[1],
            stroke=stroke,
            stroke_width=width,
            stroke_dasharray=dash or None,
        )

    def polyline(
        self, points: Iterable[Point], stroke: str = INK, width: float = 2, dash: str = ""
    ) -> None:
        said = " ".join(f"{number(self.x(x))},{number(y)}" for x, y in points)
        self._add(
            "polyline",
            points=said,
            fill="none",
            stroke=stroke,
            stroke_width=width,
            stroke_linejoin="round",
            stroke_linecap="round",
            stroke_dasharray=dash or None,
        )

    def polygon(
        self, points: Iterable[Point], fill: str, stroke: str | None = None, width: float = 1
    ) -> None:
        said = " ".join(f"{number(self.x(x))},{number(y)}" for x, y in points)
        self._add("polygon", points=said, fill=fill, stroke=stroke, stroke_width=width)

    def rect(
        self,
        corner: Point,
        size: Point,
        fill: str = "none",
        stroke: str | None = None,
        width: float = 1,
        round_by: float | None = None,
    ) -> None:
        left = self.x(corner[0] + size[0]) if self.mirrored else corner[0]
        self._add(
            "rect",
            x=left,
            y=corner[1],
            width=max(0.0, size[0]),
            height=max(0.0, size[1]),
            fill=fill,
            stroke=stroke,
            stroke_width=width if stroke else None,
            rx=round_by,
        )

    def circle(
        self,
        centre: Point,
        radius: float,
        fill: str,
        stroke: str | None = PAPER,
        width: float = 1,
    ) -> None:
        self._add(
            "circle",
            cx=self.x(centre[0]),
            cy=centre[1],
            r=radius,
            fill=fill,
            stroke=stroke,
            stroke_width=width,
        )

    def path(
        self,
        rings: Iterable[Sequence[Point]],
        fill: str = "none",
        stroke: str | None = None,
        width: float = 1,
        dash: str = "",
        *,
        closed: bool = True,
    ) -> None:
        """Rings (holes by the even-odd rule) or open lines; what is empty is not drawn."""
        end = "Z" if closed else ""
        drawn = "".join(
            "M" + "L".join(f"{number(self.x(x))} {number(y)}" for x, y in ring) + end
            for ring in rings
            if ring
        )
        if not drawn:
            return
        self._add(
            "path",
            d=drawn,
            fill=fill,
            fill_rule="evenodd" if fill != "none" else None,
            stroke=stroke,
            stroke_width=width if stroke else None,
            stroke_linejoin="round" if stroke else None,
            stroke_dasharray=dash or None,
        )

    def marker(self, centre: Point, shape: int, fill: str, radius: float = 4.5) -> None:
        """Circle, square, triangle or diamond: a series is told by its shape too."""
        x, y = centre
        r = radius
        if shape % 4 == 0:
            self.circle(centre, r, fill)
        elif shape % 4 == 1:
            self.rect((x - r + 0.5, y - r + 0.5), (2 * r - 1, 2 * r - 1), fill, PAPER)
        elif shape % 4 == 2:  # noqa: PLR2004 (the third shape)
            self.polygon(((x, y - r), (x + r, y + r), (x - r, y + r)), fill, PAPER)
        else:
            around = ((x, y - r - 1), (x + r + 1, y), (x, y + r + 1), (x - r - 1, y))
            self.polygon(around, fill, PAPER)

    def hatch(self, name: str, colour: str, ground: str, gap: float = 5) -> str:
        """A fill of slanted lines, for what must not be told by colour alone."""
        self._defs.append(
            f'<pattern id={quoteattr(name)} width="{number(gap)}" height="{number(gap)}" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="{number(gap)}" height="{number(gap)}" fill={quoteattr(ground)}/>'
            f'<line x1="0" y1="0" x2="0" y2="{number(gap)}" stroke={quoteattr(colour)} '
            'stroke-width="1.4"/></pattern>'
        )
        return f"url(#{name})"

    def text(
        self,
        at: Point,
        said: object,
        *,
        anchor: Anchor = "start",
        size: float = 11,
        fill: str = INK,
        bold: bool = False,
        halo: bool = False,
        turned: float = 0,
    ) -> None:
        """``anchor`` is a side of the canvas: on a mirrored one, start is the right side."""
        side = _OTHER_SIDE[anchor] if self.mirrored else anchor
        x = self.x(at[0])
        attributes = {
            "x": x,
            "y": at[1],
            "text_anchor": side,
            "font_size": size,
            "fill": fill,
            "font_weight": 600 if bold else None,
            "stroke": PAPER if halo else None,
            "stroke_width": 2.6 if halo else None,
            "stroke_linejoin": "round" if halo else None,
            "paint_order": "stroke" if halo else None,
            "transform": f"rotate({number(turned)} {number(x)} {number(at[1])})"
            if turned
            else None,
        }
        self._parts.append(f"<text{_said(attributes)}>{escape(isolated(said))}</text>")

    def render(self, title: str) -> str:
        """The whole picture; ``title`` is what a screen reader says."""
        defs = f"<defs>{''.join(self._defs)}</defs>" if self._defs else ""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" direction="ltr" '
            f'viewBox="0 0 {number(self.width)} {number(self.height)}" '
            f'width="{number(self.width)}" height="{number(self.height)}" '
            f"aria-label={quoteattr(plain(title))} font-family={quoteattr(FONT)}>"
            f"{defs}{''.join(self._parts)}</svg>"
        )


def _said(attributes: Mapping[str, object]) -> str:
    said = []
    for name, value in attributes.items():
        if value is None:
            continue
        text = number(value) if isinstance(value, int | float) else str(value)
        said.append(f" {name.replace('_', '-')}={quoteattr(text)}")
    return "".join(said)
