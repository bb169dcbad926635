"""Arabic words that the glossary decided on: no sentence of the catalogue says another one."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from service.locale.words import DOMAIN, FOLDER

GLOSSARY = Path(__file__).resolve().parents[3] / "docs/glossary.md"
INSTEAD = {
    "family": ("أسرة", r"عائل|عوائل"),
    "officer": ("منتسب", r"\b[وفبكل]{0,2}(?:ال|لل)?ضباط\b|كوادر|موظف"),
    "woman officer": ("ضابطة", r"شرطي[ةا]ت?\b(?! المجتمعية)|منتسبات|منتسبة"),
    "fairness": ("الإنصاف", r"\b[وفبكل]{0,2}(?:ال|لل)?عدالة"),
    "shift": ("وجبة", r"مناوب|نوبة|وردية"),
}
"""Term -> its word in the glossary, and words that were said for it before."""


@pytest.fixture(scope="module")
def said():
    with (FOLDER / "ar" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        catalogue = read_po(file, locale="ar")
    found = []
    for message in catalogue:
        if message.id:
            found += [message.string] if isinstance(message.string, str) else message.string
    return found


@pytest.mark.parametrize("term", INSTEAD)
def test_one_word_is_said_for_one_thing(said, term):
    word, others = INSTEAD[term]
    assert f"| {term} | {word} |" in GLOSSARY.read_text(encoding="utf-8")
    stem = word.removesuffix("ة").removeprefix("ال")
    assert any(stem in text for text in said)
    assert [text for text in said if re.search(others, text)] == []
