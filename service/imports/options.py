"""What a planner may say about a file."""

from datetime import date

from pydantic import Field

from geo.places import Document, Level, Standing
from service.imports.dates import Order


class Options(Document):
    """Choices of one import. All of them can be left alone for the usual sources.

    ``columns``: field -> header. ``categories``: word of the source -> category code.
    ``aliases``: spelling -> area code. ``sheet``: sheet of a workbook, layer of a GeoPackage.
    ``day``: date of every row, for files that carry none (a DTM snapshot).
    """

    columns: dict[str, str] = Field(default_factory=dict)
    categories: dict[str, str] = Field(default_factory=dict)
    aliases: dict[str, str] = Field(default_factory=dict)
    sheet: str | None = None
    dates: Order = Order.AUTO
    day: date | None = None
    as_of: date | None = None
    level: Level | None = None
    source: str = Field(default="", max_length=80)
    licence: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=400)
    standing: Standing | None = None
    drop_repeats: bool = False
