"""An empty file of a kind, with the headers that its import knows, to be filled in and sent."""

import csv
import io
from collections.abc import Sequence

from service.imports.headers import Field
from service.imports.run import recipe_fields
from service.locale.words import Lang
from service.store import Kind

_LEFT_OUT = {"point", "category_fine", "incident_id"}


def template_fields(kind: Kind) -> tuple[Field, ...]:
    """Columns of the template: an area once, by code or name, and a place by two figures."""
    return tuple(
        field
        for field in recipe_fields(kind)
        if field.name not in _LEFT_OUT and not field.name.startswith("adm")
    )


def template_headers(kind: Kind, lang: Lang) -> Sequence[str]:
    """A header for each field; in Arabic the field's own Arabic one, where it has any."""
    if lang == "en":
        return [field.name for field in template_fields(kind)]
    return [
        next((header for header in field.headers if not header.isascii()), field.name)
        for field in template_fields(kind)
    ]


def template_csv(kind: Kind, lang: Lang) -> bytes:
    """The template as CSV. The mark at its start tells spreadsheets that it is UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow(template_headers(kind, lang))
    return text.getvalue().encode("utf-8-sig")
