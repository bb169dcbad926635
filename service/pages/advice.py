"""Remedies as a page says them: by its own controls, where the sentence names the command line's.

The sentences of ``service.imports`` speak to whoever types ``mizan import``. A page has the same
means under other names; what is not listed here is true in both places.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo.checks import Fault
from geo.notes import Note, said
from service.locale.field_words import FIELD
from service.locale.words import Words

ON_PAGES: Mapping[str, str] = {
    "Write its code, or say once what it means: --alias '{value}=CODE'.": said(
        "Say below which area {value} means, or write its code in the file."
    ),
    "Check the spelling, import its boundaries, or say what it means: --alias '{value}=CODE'.": (
        said("Check the spelling, load its boundaries, or say below which area {value} means.")
    ),
    "Say which one holds it: --column {field}=HEADER. The file has: {headers}.": said(
        "Say below which column holds it."
    ),
    "Did you mean {near}? Then say so: --column {name}=HEADER. It is usually called one of: "
    "{usual}.": said(
        "Did you mean {near}? Then say so below, or name the column as one of: {usual}."
    ),
    "Say which one holds it: --column {name}=HEADER, or one date for all rows: --day 2024-01-31. "
    "It is usually called one of: {usual}. The file has: {headers}.": said(
        "Say below which column holds it, or give one date for all rows; or name the column as "
        "one of: {usual}."
    ),
    "Say which one holds it: --column {name}=HEADER. It is usually called one of: {usual}. "
    "The file has: {headers}.": said(
        "Say below which column holds it, or name the column as one of: {usual}."
    ),
    "Say which is which: --column lon=HEADER --column lat=HEADER.": said(
        "Say below which column is the longitude and which the latitude."
    ),
    "Say of when the figures are: --as-of 2020-07-01.": said(
        "Say below of which day the figures are."
    ),
    "Fill one of them in, or name its column: --column families=HEADER.": said(
        "Fill one of them in, or say below which column holds the families."
    ),
    "{n} dates could be read two ways; day/month/year was taken (--dates mdy).": said(
        "{n} dates could be read two ways; day/month/year was taken. It can be changed below."
    ),
    "Name one of them with --sheet: {layers}.": said("Write one of them below: {layers}."),
    "Import them first: mizan import boundaries FILE.": said(
        "Load the boundaries first, on the data page."
    ),
    "Load them: mizan import boundaries FILE": said("Load the boundaries first, on the data page."),
    "Load offices and staff: mizan import offices FILE, mizan import staff FILE": said(
        "Load offices and staff on the data page."
    ),
    "Load offices first: mizan import offices FILE": said("Load offices on the data page."),
    "Load residents: mizan import population FILE": said("Load residents on the data page."),
}
"""Sentence for the command line -> sentence for pages."""


ON_FORMS: Mapping[str, str] = {
    "Fill it in, or leave the row out.": said("Fill it in."),
    "Give its code or name, or import the boundaries of its governorate.": said(
        "Choose one from the list."
    ),
    "Leave the row out.": said("Write how many came."),
}
"""Sentence about a row of a file -> sentence about an entry of a form."""


def problem_of(words: Words, fault: Fault) -> str:
    """What is wrong, in the reader's language; texts of the file keep their own direction."""
    return words.say(fault.key, **_kept_apart(fault.params, words))


def remedy_of(words: Words, fault: Fault) -> str:
    """What to do about a fault, in the reader's language; empty where nothing is said."""
    key = key_on_page(fault.remedy)
    return words.say(key, **_kept_apart(fault.params)) if key else ""


def form_fault(words: Words, fault: Fault, label: str) -> str:
    """A fault of a form's field, by the field's own name."""
    named = replace(
        fault,
        remedy=ON_FORMS.get(fault.remedy, fault.remedy),
        params={**fault.params, "column": f"«{words.say(label)}»" if label else ""},
    )
    return f"{problem_of(words, named)} {remedy_of(words, named)}".strip()


def field_named(words: Words, ways: str) -> str:
    """Fields in words, each with its key in brackets: that is the header to look for.

    ``ways`` are keys: those that help together joined by ``+``, those of which one will do by
    ``/``. A word that is no key stays.
    """

    def called(key: str) -> str:
        return f"{words.say(FIELD[key])} (\u2068{key}\u2069)" if key in FIELD else key

    each = [" + ".join(called(key) for key in way.split(" + ")) for way in ways.split(" / ")]
    return f" {words.say(said('or'))} ".join(each)


def _kept_apart(params: Mapping[str, Any], words: Words | None = None) -> dict[str, Any]:
    """Dates and words of a file would be turned round inside a sentence of the other direction.

    With ``words`` fields are called by their own words.
    """
    if words is not None and isinstance(params.get("field"), str):
        params = {**params, "field": field_named(words, params["field"])}
    return {
        name: f"\u2068{value}\u2069" if isinstance(value, str) and value else value
        for name, value in params.items()
    }


def key_on_page(key: str) -> str:
    """The sentence that a page says in place of ``key``, most often ``key`` itself."""
    return ON_PAGES.get(key, key)


def note_on_page(note: str) -> str:
    """A note or a remedy, with the page's own controls in it."""
    if isinstance(note, Note):
        return Note(key_on_page(note.key), **note.params)
    return key_on_page(note)
