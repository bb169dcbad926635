"""What a chart is: a picture, the table with its figures, and one sentence that reads it."""

from collections.abc import Callable
from typing import NamedTuple

from geo.notes import Note
from service.locale.words import Words
from service.reports.charts.scale import Scale
from service.reports.svg import GRID, INK, QUIET, Canvas

WIDTH = 640.0
Shown = Callable[[float], str]
"""How a figure of an axis is said."""


class Table(NamedTuple):
    """Figures as text in the reader's language; ``figures`` are the columns that hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...]


class Chart(NamedTuple):
    """``sentence`` is said with ``words.say(sentence.key, **sentence.params)``."""

    svg: str
    table: Table
    sentence: Note

    def reading(self, words: Words) -> str:
        return words.say(self.sentence.key, **self.sentence.params)


def vertical_axis(canvas: Canvas, axis: Scale, left: float, right: float, shown: Shown) -> None:
    """Grid lines across, figures before them."""
    for tick in axis.ticks:
        y = axis.at(tick)
        canvas.line((left, y), (right, y), GRID)
        canvas.text((left - 7, y + 4), shown(tick), anchor="end", size=11, fill=QUIET)


def horizontal_axis(
    canvas: Canvas,
    axis: Scale,
    top: float,
    bottom: float,
    shown: Shown,
    title: str = "",
) -> None:
    """Grid lines down, figures and the title below them."""
    for tick in axis.ticks:
        x = axis.at(tick)
        canvas.line((x, top), (x, bottom), GRID)
        canvas.text((x, bottom + 16), shown(tick), anchor="middle", size=11, fill=QUIET)
    if title:
        middle = (axis.start + axis.end) / 2
        canvas.text((middle, bottom + 34), title, anchor="middle", size=11.5, fill=INK)


def figures(words: Words, axis: Scale, *, share: bool) -> Shown:
    """Figures of ``axis``: as per cent, or with as many decimals as its ticks need."""
    if share:
        return words.percent
    return lambda value: words.number(value, axis.places)
