"""Names of sources that we know, in the reader's language.

The store keeps the text of a source as it was given. What a page, a paper or a file says of it is
this: the name that an institution bears in Arabic, where we know it; all other text stays as its
writer has it. A text of several sources, ``A; B``, is read part by part.
"""

import re
from collections.abc import Iterable

from geo.notes import Note, said
from geo.places import Source
from service.locale.parts import read_parts
from service.locale.terms import KIND, STANDING
from service.locale.words import Words

_KNOWN: dict[str, str] = {
    one.casefold(): one
    for one in (
        said("SYNTHETIC (Mizan demo)"),
        said("SYNTHETIC (Mizan demo); total: DTM"),
        said("CSO"),
        said("Central Statistical Organization"),
        said("Ministry of Planning"),
        said("Ministry of Interior"),
        said("IOM"),
        said("DTM"),
        said("IOM DTM"),
        said("UN OCHA"),
        said("OCHA"),
        said("OCHA/CSO"),
        said("COD-AB"),
        said("ACLED"),
        said("UCDP"),
        said("UCDP GED"),
        said("GeoNames"),
        said("OpenStreetMap"),
        said("WorldPop"),
        said("Community police"),
        said("Mizan: GeoNames (CC BY 4.0), undated"),
        said("Mizan: equal share of the official total that GeoNames' towns leave"),
        said("candidate offices"),
        said("CC BY 4.0 with the notices of data/boundaries/NOTICE"),
    )
}
_ALSO: dict[str, str] = {
    "cosit": "CSO",
    "central statistics organization": "Central Statistical Organization",
    "central statistical organisation": "Central Statistical Organization",
    "un-ocha": "UN OCHA",
    "iom-dtm": "IOM DTM",
    "iom - dtm": "IOM DTM",
    "moi": "Ministry of Interior",
    "osm": "OpenStreetMap",
    "openstreetmap contributors": "OpenStreetMap",
}
_YEAR = re.compile(r"(?P<name>.+?)[\s,]+\(?(?P<year>(?:19|20)\d\d)\)?")


def source_name(words: Words, text: str) -> str:
    """A source or licence as it is called in the reader's language; an unknown one as given."""
    if isinstance(text, Note):
        return words.say(text.key, **read_parts(words, text.params))
    plain = " ".join(text.split())
    told = _known(words, plain)
    if told is not None:
        return told
    parts = [part.strip() for part in plain.split(";")]
    if len(parts) > 1 and all(parts):
        return words.joined((source_name(words, part) for part in parts), ";")
    return text


def source_title(words: Words, source: Source) -> str:
    """A source's name; a file says first what it holds."""
    name = source_name(words, source.name)
    kind = next((title for kind, title in KIND.items() if kind.value == source.note), None)
    return name if kind is None else f"{words.say(kind)}: {name}"


def source_rows(words: Words, sources: Iterable[Source]) -> list[tuple[str, str, str, str]]:
    """Title, day that the figures tell of, standing and licence of each."""
    return [
        (
            source_title(words, one),
            words.date(one.as_of),
            words.say(STANDING[one.standing]),
            source_name(words, one.licence),
        )
        for one in sources
    ]


def _known(words: Words, text: str) -> str | None:
    """The known name, with the year that may follow it; None for all else."""
    if not words.is_arabic:
        return None
    folded = text.casefold()
    key = _KNOWN.get(_ALSO.get(folded, folded).casefold())
    if key is not None:
        return words.say(key)
    dated = _YEAR.fullmatch(text)
    name = _known(words, dated["name"]) if dated else None
    return words.joined((name, words.numerals(dated["year"]))) if dated and name else None
