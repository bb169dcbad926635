"""Which column holds what: by the headers that sources usually write, or as the planner says."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from geo.checks import Fault, FaultsError
from geo.notes import said
from service.unseen import seen


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a kind of data wants to know.

    ``headers`` are usual headers, best first, compared folded (see ``fold_header``); a trailing
    ``*`` matches any ending. ``tags`` are HXL hashtags, compared by their start.
    """

    name: str
    headers: tuple[str, ...]
    tags: tuple[str, ...] = ()


def named(name: str, headers: str, *, tags: str = "") -> Field:
    """A field whose headers and tags stand in one text, separated by ``|``."""
    listed = [tuple(w.strip() for w in text.split("|") if w.strip()) for text in (headers, tags)]
    return Field(name, listed[0], listed[1])


@dataclass(slots=True)
class Recognised:
    """Field -> header, and which headers nobody asked for."""

    by_field: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()


_ARABIC = str.maketrans("أإآىةؤئ", "ااايهوي")
_VOWELS = re.compile(r"[\u064b-\u0652\u0640]")


def fold_header(text: str) -> str:
    """Case, accents, separators and spelling habits of Arabic do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC)
    plain = _VOWELS.sub("", seen(plain))
    plain = re.sub(r"[\s_\-./()\[\]:#*?؟،,]+", " ", plain)
    return plain.strip()


def recognise(
    headers: Sequence[str],
    fields: Iterable[Field],
    *,
    given: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Recognised:
    """Find each field's header.

    What the planner gave counts first, then usual headers, the most telling first (each whole,
    then without the group that Kobo and ODK put before a ``/``), then HXL tags.

    Raises:
        FaultsError: a given header or field doesn't exist.

    """
    wanted = list(fields)
    _check_given(headers, wanted, given or {})
    found: dict[str, str] = dict(given or {})
    taken = set(found.values())
    folded = [(fold_header(h), h) for h in headers]
    grouped = [(fold_header(h.rsplit("/", 1)[-1]), h) for h in headers if "/" in h]
    names = folded + grouped
    for each in wanted:
        if each.name in found:
            continue
        header = _by_header(each, [(f, h) for f, h in names if h not in taken])
        if header is not None:
            found[each.name] = header
            taken.add(header)
    for each in wanted:
        if each.name not in found and tags:
            header = _by_tag(each, {h: t for h, t in tags.items() if h not in taken})
            if header is not None:
                found[each.name] = header
                taken.add(header)
    return Recognised(found, tuple(h for h in headers if h not in taken))


def _by_header(each: Field, names: Sequence[tuple[str, str]]) -> str | None:
    for pattern in each.headers:
        if pattern.endswith("*"):
            start = fold_header(pattern[:-1])
            match = next((h for f, h in names if f.startswith(start)), None)
        else:
            wanted = fold_header(pattern)
            match = next((h for f, h in names if f == wanted), None)
        if match is not None:
            return match
    return None


def _by_tag(each: Field, tags: Mapping[str, str]) -> str | None:
    for wanted in each.tags:
        for header, tag in tags.items():
            if tag.replace(" ", "").casefold().startswith(wanted):
                return header
    return None


def _check_given(headers: Sequence[str], fields: Sequence[Field], given: Mapping[str, str]) -> None:
    names = [each.name for each in fields]
    faults = [
        Fault(
            said("There is no field {field}."),
            said("The fields are: {fields}."),
            {"field": name, "fields": ", ".join(names)},
        )
        for name in given
        if name not in names
    ]
    faults += [
        Fault(
            said("The file has no column {header}."),
            said("It has: {headers}."),
            {"header": header, "headers": ", ".join(headers)[:600]},
        )
        for header in given.values()
        if header not in headers
    ]
    if faults:
        raise FaultsError(faults)
