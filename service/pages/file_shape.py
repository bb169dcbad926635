"""What a kind of file is expected to hold, and what was recognised of the one that came."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.checks import FaultsError
from geo.notes import said
from service.imports.headers import Recognised, recognise
from service.imports.options import Options
from service.imports.required import REQUIRED, usual_headers
from service.imports.run import recipe_fields
from service.imports.templates import template_fields
from service.locale.field_words import FIELD
from service.store import Kind

_NEEDED, _ONE_OF, _OPTIONAL = said("needed"), said("one of several"), said("may be left out")


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """A column. ``label`` and ``asked`` are message ids; ``found``: the file's own header."""

    name: str
    label: str
    asked: str
    usual: tuple[str, ...]
    found: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns of a kind in the order of its template, and headers that nothing was made of."""

    rows: tuple[ShapeRow, ...]
    unused: tuple[str, ...] = ()


def shape_of(kind: Kind, headers: Sequence[str] = (), options: Options | None = None) -> Shape:
    """The columns that ``kind`` knows, with those recognised among ``headers``."""
    fields = {field.name: field for field in recipe_fields(kind)}
    found = _recognised(kind, headers, options or Options())
    shown = [field.name for field in template_fields(kind)]
    shown += [name for name in found.by_field if name not in shown]
    return Shape(
        tuple(
            ShapeRow(
                name,
                FIELD[name],
                _asked(kind, name),
                usual_headers(fields[name]),
                found.by_field.get(name, ""),
            )
            for name in shown
        ),
        found.unused,
    )


def _recognised(kind: Kind, headers: Sequence[str], options: Options) -> Recognised:
    try:
        return recognise(headers, recipe_fields(kind), given=options.columns)
    except FaultsError:  # what was said of a column is no longer true: told among the faults
        return recognise(headers, recipe_fields(kind))


def _asked(kind: Kind, name: str) -> str:
    for one in REQUIRED[kind]:
        if any(name in way for way in one.ways):
            return _ONE_OF if len(one.shown) > 1 else _NEEDED
    return _OPTIONAL
