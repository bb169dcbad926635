"""The legend of a map on paper: swatches, offices by number, and how far it may be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.locale.words import Words
from service.reports.svg import INK, PAPER, QUIET, Canvas, Point, clipped, plain, wide

SIDE = 214.0
"""As wide as the column beside the map."""
NO_FIGURE_FILL = "#e7e8ea"
PROTECTED_FILL, PROTECTED_INK = "#d6d2e2", "#6d6489"
_LINE = 36
"""Characters of a line beside its swatch."""
_MOST_PINS = 10
_FEW_ROWS = 6
"""Rows of a legend that need no second column."""


@dataclass(frozen=True, slots=True)
class Pin:
    """An office on the map: a number in a disc, and its line in the legend.

    Discs of offices that are not open are hollow.
    """

    number: str
    line: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Legend:
    """Swatches with their words, the word for areas without a figure, and a note.

    ``protected`` is the word for areas whose figure may not be shown; empty: there are none.
    """

    title: str
    swatches: tuple[tuple[str, str], ...]
    no_figure: str
    pins_title: str = ""
    note: str = ""
    protected: str = ""


class Hatches(NamedTuple):
    """Fills of areas without a colour."""

    nothing: str
    protected: str


def hatches(canvas: Canvas) -> Hatches:
    """Both fills, ready on ``canvas``."""
    return Hatches(
        canvas.hatch("nothing", "#a7adb3", NO_FIGURE_FILL),
        canvas.hatch("protected", PROTECTED_INK, PROTECTED_FILL, 3),
    )


def draw_pin(canvas: Canvas, at: Point, pin: Pin) -> None:
    canvas.circle(at, 7, INK if pin.open else PAPER, PAPER if pin.open else INK, 1.3)
    ink = PAPER if pin.open else INK
    canvas.text((at[0], at[1] + 3.3), pin.number, anchor="middle", size=9, fill=ink, bold=True)


def draw_legend(
    canvas: Canvas, legend: Legend, edge: float, hatch: Hatches, words: Words, pins: Sequence[Pin]
) -> float:
    """The legend from the top of the side column; returns where it ends.

    Short words stand two beside two: what is saved below is the inset's.
    """
    rtl = words.is_arabic
    width = SIDE - 22

    def beside(y: float, aside: float, text: str) -> float:
        at = edge + width - 25 - aside if rtl else edge + 25 + aside
        for line in wrapped(text, _LINE):
            canvas.text((at, y), clipped(line, _LINE), anchor="end" if rtl else "start", size=10)
            y += 13
        return y + 3

    def swatch(y: float, aside: float, fill: str, text: str) -> float:
        left = edge + width - 18 - aside if rtl else edge + aside
        canvas.rect((left, y - 10), (18, 12), fill, QUIET, 0.5)
        return beside(y, aside, text)

    y = 20.0
    side = edge + width if rtl else edge
    for line in wrapped(legend.title, 30):
        canvas.text((side, y), line, anchor="end" if rtl else "start", size=11, bold=True)
        y += 14
    y += 4
    rows = [*legend.swatches, (hatch.nothing, legend.no_figure)]
    if legend.protected:
        rows.append((hatch.protected, legend.protected))
    short = len(rows) > _FEW_ROWS and all(wide(text, 10) <= width / 2 - 30 for _, text in rows)
    deep = (len(rows) + 1) // 2 if short else len(rows)
    start = y
    for place, (colour, text) in enumerate(rows):
        if place == deep:
            start, y = y, start
        y = swatch(y, (place // deep) * width / 2, colour, text)
    y = max(start, y) + 4
    if pins:
        canvas.text((side, y), legend.pins_title, anchor="end" if rtl else "start", size=10)
        y += 16
    for pin in pins[:_MOST_PINS]:
        draw_pin(canvas, (edge + width - 9 if rtl else edge + 9, y - 3), pin)
        y = beside(y, 0, pin.line) + 1
    for line in wrapped(legend.note, 38):
        canvas.text((side, y), line, anchor="end" if rtl else "start", size=9, fill=QUIET)
        y += 12
    return y


def wrapped(text: str, most: int) -> list[str]:
    lines: list[str] = []
    for word in plain(text).split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
