"""What the reference says is what the program knows; drift fails here."""

import re
from pathlib import Path

import pytest

from service.imports import fields
from service.imports.run import fields_of
from service.settings import Settings
from service.store import Kind

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_setting_stands_in_the_table() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `MIZAN_(\w+)` \|", text, flags=re.MULTILINE)
    assert named == [name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("kind", Kind)
def test_every_field_stands_in_the_table(kind: Kind) -> None:
    text = (DOCS / "imports.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {kind.value} \| (.*) \|$", text, flags=re.MULTILINE)
    areas = {field.name for field in fields.AREA_FIELDS}
    named = {name.strip(" *") for name in row.split(",")}
    known = {name for name in fields_of(kind) if name not in areas}
    assert named - {"area"} == known
    for name in areas:
        assert f"`{name}`" in text
