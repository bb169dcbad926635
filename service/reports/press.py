"""From sheets to a PDF: typst with our own source and fonts, no system file and no network.

Equal sheets printed with the equal date are equal bytes. Values go in as JSON through
``sys.inputs``; the typst source is fixed and never holds a value.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import orjson
import typst

import service
from geo.checks import Fault, FaultsError
from geo.notes import said
from service.reports.blocks import Sheet

SOURCES = Path(__file__).parent / "typst"
FONTS = Path(service.__file__).parent / "pages" / "static" / "vendor" / "fonts"
"""TrueType files that ``tools/assets.py`` puts there at build."""
ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: tagged, with a language, a title and words for each picture."""


def fonts_are_here(fonts: Path = FONTS) -> bool:
    """Whether the build has put the fonts of the reports in their place."""
    return any(fonts.glob("*.ttf"))


def print_pdf(sheets: Sequence[Sheet], day: date, *, fonts: Path = FONTS) -> bytes:
    """The sheets, one after the other, as PDF/UA.

    Plain tagged PDF where a text has letters that our fonts lack.

    Raises ``FaultsError`` where the fonts are not there yet.
    """
    if not fonts_are_here(fonts):
        raise FaultsError(
            [
                Fault(
                    said("The fonts of the reports are not in their place."),
                    said("Run: make setup"),
                    file=fonts.name,
                )
            ]
        )
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    inputs = {"sheets": orjson.dumps([sheet.data() for sheet in sheets]).decode()}

    def compiled(standard: Literal["ua-1"] | None) -> bytes:
        return bytes(
            typst.compile(
                SOURCES / "press.typ",
                root=SOURCES,
                font_paths=[fonts],
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=standard,
                timestamp=int(moment.timestamp()),
                sys_inputs=inputs,
            )
        )

    try:
        return compiled(ACCESSIBLE)
    except typst.TypstError as error:
        if "PDF/UA" not in str(error):
            raise
        # A name in letters that the font lacks: tagged as well, but without the promise.
        return compiled(None)
