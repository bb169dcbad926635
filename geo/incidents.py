"""Incidents: the categories of community policing, and the canonical table of dated events."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from geo.checks import Fault, raise_faults
from geo.frames import Column, Frame, Kind
from geo.notes import said

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of case. Figures of a ``severe`` one can hurt somebody: see ``geo.privacy``."""

    code: str
    name_ar: str
    name_en: str
    severe: bool = False


CATEGORIES: dict[str, Category] = {
    c.code: c
    for c in (
        Category("domestic_violence", "عنف أسري", "Domestic violence", severe=True),
        Category("family_dispute", "نزاع عائلي", "Family dispute"),
        Category("electronic_extortion", "ابتزاز إلكتروني", "Electronic extortion", severe=True),
        Category("drug_abuse", "تعاطي المخدرات", "Drug abuse"),
        Category("tribal_conflict", "نزاع عشائري", "Tribal conflict"),
        Category("violent_conflict", "نزاع عنيف", "Violent conflict"),
        Category("illicit_weapons", "أسلحة غير مرخصة", "Illicit weapons"),
        Category("sexual_violence", "عنف جنسي", "Sexual violence", severe=True),
        Category("child_abuse", "إساءة إلى طفل", "Child abuse", severe=True),
        Category(OTHER, "أخرى", "Other"),
    )
}
SEVERE: frozenset[str] = frozenset(c.code for c in CATEGORIES.values() if c.severe)

INCIDENTS = Frame(
    "incidents",
    "incident_id",
    (
        Column("date", Kind.DAY),
        Column("category", Kind.TEXT, choices=frozenset(CATEGORIES)),
        Column("lon", Kind.NUMBER, required=False, low=-180, high=180),
        Column("lat", Kind.NUMBER, required=False, low=-90, high=90),
        Column("area_given", Kind.CODE, required=False),
        Column("repeat", Kind.FLAG, default=False),
        Column("source", Kind.TEXT, required=False, default=""),
    ),
)


def incident_faults(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> list[Fault]:
    """Every fault of an incident table; a reader sets the rows named here aside."""
    found = INCIDENTS.faults(frame, file=file, rows=rows)
    if {"lon", "lat"} <= set(frame.columns):
        labels = list(frame.index) if rows is None else list(rows)
        half = frame["lon"].isna() != frame["lat"].isna()
        found += [
            Fault(
                said("Only one of longitude and latitude is given."),
                said("Give both, or neither and an area."),
                {},
                "lon",
                labels[n],
                file,
            )
            for n, bad in enumerate(half)
            if bad
        ]
    return found


def check_incidents(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> pd.DataFrame:
    """The canonical incident table; raises ``FaultsError`` with all faults.

    Index ``incident_id``; ``date`` (day), ``category`` (code of ``CATEGORIES``), ``lon``,
    ``lat`` (WGS84 degrees, NaN allowed), ``area_given`` (code that the source gave, at any
    level, or NaN), ``repeat`` (an equal row stands earlier in the same file), ``source``.
    """
    raise_faults(incident_faults(frame, file=file, rows=rows))
    return INCIDENTS.check(frame, file=file, rows=rows)
