"""The API's documents as plain pages, for people who follow its links."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.locale.words import Words
from service.ogc.links import HTML_TYPE, Link
from service.pages.render import static_url

Cell = str | Mapping[str, str]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def document(
    words: Words,
    title: str,
    *,
    links: Sequence[Link],
    about: str = "",
    columns: Sequence[str] = (),
    rows: Sequence[Sequence[Cell]] = (),
    crumbs: Sequence[tuple[str, str]] = (),
) -> bytes:
    """A page with a table and the links of a document; all text is escaped."""
    told: dict[str, Any] = {
        "words": words,
        "t": words.say,
        "title": title,
        "about": about,
        "columns": columns,
        "rows": rows,
        "links": [{"title": "", "type": HTML_TYPE, **one} for one in links],
        "crumbs": crumbs,
        "css": static_url("css/mizan.css"),
    }
    return _environment().get_template("document.html").render(told).encode()


def cell(value: Any, words: Words) -> str:
    """A plain value as text; no value is a dash."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return words.say("yes") if value else words.say("no")
    if isinstance(value, float):
        return words.number(value, 3).rstrip("0").rstrip(".")
    return str(value)
