"""What is never kept: names, phones, numbers of papers, addresses, free text.

Only columns that a kind of data asks for are read at all; the others are dropped with every cell
in them. This module says which of the dropped ones look like a person's, so that the summary can
say it, and keeps such texts out of the few text columns that are read (source, origin).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from service.imports.headers import fold_header

_WORDS = (
    "name", "victim", "suspect", "accused", "complainant", "witness", "caller", "reporter",
    "first name", "last name", "surname", "father", "mother", "husband", "wife", "phone", "mobile",
    "tel", "telephone", "whatsapp", "email", "e mail", "facebook", "username", "submitted by",
    "national id", "id number", "id card", "passport", "ration card", "address", "street", "house",
    "notes", "note", "description", "narrative", "remarks", "comment", "comments", "details",
    "statement", "birth", "dob", "age", "interviewer", "enumerator",
    "اسم", "الاسم", "المشتكي", "المشتكيه", "الضحيه", "المتهم", "الجاني", "الشاهد", "الاب", "الام",
    "هاتف", "الهاتف", "موبايل", "جوال", "هويه", "الهويه", "البطاقه", "جواز", "عنوان", "العنوان",
    "زقاق",
    "محله", "دار", "ملاحظات", "الملاحظات", "وصف", "الوصف", "تفاصيل", "التفاصيل", "العمر", "التولد",
    "ايميل", "البريد", "افاده",
)  # fmt: skip
_PERSONAL = {fold_header(word) for word in _WORDS}
_NOT_PERSONAL = re.compile(r"^(adm|admin|location|place|source|forum|office|unit)\b")
_NUMBER_OF_A_PERSON = re.compile(r"\d[\d\s-]{7,}\d")
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_FEW = 60
"""Different texts up to which a column is a list of sources and not free text (an assumption)."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that was not read; ``personal`` if it looks like a person's data."""

    header: str
    cells: int
    personal: bool


def dropped_columns(
    cells: dict[str, list[str | None]], unused: Sequence[str]
) -> tuple[Dropped, ...]:
    """What was dropped, for the summary: how many filled cells of each column."""
    return tuple(
        Dropped(header, sum(1 for cell in cells[header] if cell), is_personal(header))
        for header in unused
    )


def is_personal(header: str) -> bool:
    """Whether a header sounds like a person's data or free text."""
    folded = fold_header(header.rsplit("/", 1)[-1])
    if _NOT_PERSONAL.match(folded):
        return False
    words = folded.split()
    if any(word in _PERSONAL for word in words):
        return True
    return any(" " in known and known in folded for known in _PERSONAL)


def safe_texts(cells: Sequence[str | None], longest: int = 80) -> tuple[list[str], int]:
    """Texts of a short list (sources, origins), and how many cells were emptied.

    A column with many different texts is free text and is emptied whole; a cell with a number as
    long as a phone's or with an address of e-mail is emptied.
    """
    filled = [cell for cell in cells if cell]
    different = set(filled)
    if len(different) > _FEW and len(different) > 0.05 * len(filled):
        return [""] * len(cells), len(filled)
    emptied = 0
    texts = []
    for cell in cells:
        bad = bool(cell) and (
            len(str(cell)) > longest
            or _NUMBER_OF_A_PERSON.search(str(cell)) is not None
            or _EMAIL.search(str(cell)) is not None
        )
        emptied += bad
        texts.append("" if bad or not cell else cell)
    return texts, emptied
