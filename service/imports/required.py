"""Columns that a file of a kind must hold: all that are missing are told at once.

What is required can be there in any of its ways; a way is one field, or several that only help
together (longitude with latitude). A file that lacks some is refused before its rows are read,
with the headers of its own that look like what was sought.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from geo.checks import Fault, raise_faults
from geo.notes import said
from service.imports.fields import AREA_FIELDS
from service.imports.headers import Field, Recognised, fold_header
from service.imports.options import Options
from service.imports.table import RawTable
from service.store import Kind

_NEAR = 0.7
"""Likeness from which a header is offered as what may be meant."""
_USUAL = 6
_AREA_NAMES = tuple((field.name,) for field in AREA_FIELDS)
_POINT = (("lon", "lat"), ("point",))


@dataclass(frozen=True, slots=True)
class Required:
    """Fields of which one way has to be there; ``day``: one day for all rows will do as well."""

    ways: tuple[tuple[str, ...], ...]
    day: bool = False

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """Ways as they are told: an area is one of them, however it is written."""
        return tuple(way for way in self.ways if way not in _AREA_NAMES or way == ("area",))


def _one(*ways: str, day: bool = False) -> Required:
    return Required(tuple((name,) for name in ways), day)


_DATE = _one("date", day=True)
_AREA = Required(_AREA_NAMES)
_PLACED = (_one("name_ar", "name_en"), Required(_POINT))
REQUIRED: Mapping[Kind, tuple[Required, ...]] = {
    Kind.BOUNDARIES: (),  # shapes with a code: see ``service.imports.boundaries``
    Kind.INCIDENTS: (_DATE, _one("category"), Required((*_AREA_NAMES, *_POINT))),
    Kind.ARRIVALS: (_DATE, _AREA, _one("families", "individuals")),
    Kind.POPULATION: (_AREA, _one("as_of", day=True), _one("residents")),
    Kind.REQUESTS: (_DATE, _AREA),
    Kind.OFFICES: _PLACED,
    Kind.FORUMS: _PLACED,
    Kind.CROSSINGS: _PLACED,
    Kind.STAFF: (_one("office"), _one("unit"), _one("gender")),
    Kind.TRAVEL: (_AREA, _one("office"), _one("travel_min")),
}


def check_required(
    kind: Kind, raw: RawTable, fields: Sequence[Field], found: Recognised, options: Options
) -> None:
    """Refuse a file that lacks columns, naming all of them. Raises ``FaultsError``."""
    dated = options.day is not None or (kind is Kind.POPULATION and options.as_of is not None)
    has_shapes = raw.wkb is not None
    raise_faults(
        _missing(one, fields, found, tuple(raw.cells))
        for one in REQUIRED[kind]
        if not (one.day and dated)
        and not (has_shapes and _POINT[0] in one.ways)
        and not any(all(name in found.by_field for name in way) for way in one.ways)
    )


def _missing(
    required: Required, fields: Sequence[Field], found: Recognised, headers: Sequence[str]
) -> Fault:
    """The fault of what is missing; of a way that is half there, the other half is asked for."""
    ways = required.shown
    half = [[name for name in way if name not in found.by_field] for way in ways if len(way) > 1]
    begun = [tuple(rest) for rest, way in zip(half, (w for w in ways if len(w) > 1), strict=True)
             if len(rest) < len(way)]  # fmt: skip
    ways = tuple(begun) or ways
    names = [name for way in ways for name in way]
    known = {field.name: field for field in fields}
    near = near_headers([known[name] for name in names], found.unused)
    params = {
        "field": " / ".join(" + ".join(way) for way in ways),
        "name": names[0],
        "usual": ", ".join(usual_headers(known[names[0]])),
        "near": ", ".join(near),
        "headers": ", ".join(headers)[:600],
    }
    return Fault(
        said("No column for {field} was recognised."),
        _remedy(day=required.day, near=bool(near)),
        params,
        names[0],
    )


def _remedy(*, day: bool, near: bool) -> str:
    if near:
        return said(
            "Did you mean {near}? Then say so: --column {name}=HEADER. It is usually called one "
            "of: {usual}."
        )
    if day:
        return said(
            "Say which one holds it: --column {name}=HEADER, or one date for all rows: "
            "--day 2024-01-31. It is usually called one of: {usual}. The file has: {headers}."
        )
    return said(
        "Say which one holds it: --column {name}=HEADER. It is usually called one of: {usual}. "
        "The file has: {headers}."
    )


def usual_headers(field: Field) -> tuple[str, ...]:
    """The best known headers of a field, those in Arabic script with them."""
    latin = [header for header in field.headers if header.isascii()]
    arabic = [header for header in field.headers if not header.isascii()]
    return (*latin[: _USUAL - min(len(arabic), _USUAL // 2)], *arabic[: _USUAL // 2])


def near_headers(fields: Iterable[Field], headers: Iterable[str]) -> list[str]:
    """Headers that are written nearly as one of the fields' usual ones, the likest first."""
    folded = {fold_header(header): header for header in headers}
    scores: dict[str, float] = {}
    for field in fields:
        for usual in map(fold_header, (field.name, *field.headers)):
            for other in difflib.get_close_matches(usual, folded, 3, _NEAR):
                likeness = difflib.SequenceMatcher(None, usual, other).ratio()
                scores[other] = max(scores.get(other, 0.0), likeness)
    return [folded[one] for one in sorted(scores, key=lambda one: (-scores[one], one))[:3]]
