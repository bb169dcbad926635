"""What a report is made of: blocks in order, each plain data that the press sets in type.

Texts are said already in the reader's language. They reach the press as JSON and are set as they
are: no text is ever read as markup.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from service.locale.words import Words
from service.reports.charts import Chart, Table
from service.unseen import TURNING

_TURNING = re.compile(f"[{TURNING}]")
Tone = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; one that ``leads`` stays on the page of what follows."""

    text: str
    quiet: bool = False
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Numbered:
    """Sentences in their order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    items: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG with what it shows in words; ``width`` is a share of the column.

    One that ``fits`` takes what is left of its page, up to that width, and ends it.
    ``heading`` and ``reading`` stand before it and never part from it.
    """

    svg: str
    alt: str
    heading: str = ""
    reading: str = ""
    width: float = 1.0
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``figures`` are columns of numbers, ``widths`` relative (0: as wide as needed)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()
    widths: tuple[float, ...] = ()
    note: str = ""
    total: bool = False
    """The last row adds up the others."""


Block = Heading | Prose | Numbered | Bullets | Tiles | Picture | Grid
_KINDS: dict[type, str] = {
    Heading: "heading",
    Prose: "prose",
    Numbered: "numbered",
    Bullets: "bullets",
    Tiles: "tiles",
    Picture: "picture",
    Grid: "grid",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document: its cover or head, and its blocks. ``facts`` are pairs of word and value."""

    template: Literal["report", "letter", "map"]
    title: str
    words: Words
    facts: tuple[tuple[str, str], ...]
    badges: tuple[tuple[str, Tone], ...]
    blocks: tuple[Block, ...]
    foot: str
    page_of: str
    """Says which page it is: holds ``{n}`` and ``{all}``."""
    kicker: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Plain JSON for the press."""
        words = self.words
        found: dict[str, Any] = {
            "template": self.template,
            "lang": words.lang,
            "dir": words.direction,
            "digits": [words.numerals(str(n)) for n in range(10)],
            "title": self.title,
            "kicker": self.kicker,
            "facts": [list(pair) for pair in self.facts],
            "badges": [list(pair) for pair in self.badges],
            "foot": self.foot,
            "page_of": self.page_of,
            "extra": dict(self.extra),
            "blocks": [{"kind": _KINDS[type(one)], **asdict(one)} for one in self.blocks],
        }
        return {name: _steady(value) for name, value in found.items()}


def _steady(value: Any) -> Any:
    """Without the marks that turn the rest of a text around; pictures have theirs in order."""
    if isinstance(value, str):
        return value if value.startswith("<svg ") else _TURNING.sub("", value)
    if isinstance(value, dict):
        return {name: _steady(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_steady(one) for one in value]
    return value


def grid_of(table: Table, *, note: str = "", widths: tuple[float, ...] = ()) -> Grid:
    """A chart's table as a block."""
    return Grid(table.columns, table.rows, table.figures, widths, note)


def chart_blocks(chart: Chart, words: Words, heading: str, *, width: float = 1.0) -> list[Block]:
    """The chart under its heading and the sentence that reads it, then its table."""
    reading = chart.reading(words)
    first = 1.0 if 0 in chart.table.figures else 2.0
    widths = (first, *(1.0 for _ in chart.table.columns[1:]))
    return [
        Picture(chart.svg, f"{heading}. {reading}", heading, reading, width),
        grid_of(chart.table, widths=widths),
    ]
