"""Arrivals: dated comings of families, perhaps a whole clan, registered or estimated."""

from collections.abc import Sequence

import pandas as pd

from geo.checks import Fault, raise_faults
from geo.frames import Column, Frame, Kind
from geo.notes import said
from geo.places import Standing

PERSONS_PER_FAMILY = 6.0
"""Persons in a family where the source does not say: IOM DTM counts 6 (an assumption)."""

STANDINGS = frozenset(Standing)

ARRIVALS = Frame(
    "arrivals",
    "arrival_id",
    (
        Column("date", Kind.DAY),
        Column("area", Kind.CODE),
        Column("families", Kind.NUMBER, low=0),
        Column(
            "household_size",
            Kind.NUMBER,
            required=False,
            default=PERSONS_PER_FAMILY,
            low=1,
            high=60,
        ),
        Column("origin", Kind.TEXT, required=False, default=""),
        Column("clan", Kind.FLAG, default=False),
        Column("registered", Kind.FLAG, default=True),
        Column("low", Kind.NUMBER, required=False, low=0),
        Column("high", Kind.NUMBER, required=False, low=0),
        Column("standing", Kind.TEXT, required=False, default="reported", choices=STANDINGS),
        Column("source", Kind.TEXT, required=False, default=""),
    ),
)


def arrival_faults(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> list[Fault]:
    """Every fault of an arrivals table: the band must hold the figure."""
    found = ARRIVALS.faults(frame, file=file, rows=rows)
    labels = list(frame.index) if rows is None else list(rows)
    if not {"families", "low", "high"} <= set(frame.columns):
        return found
    families, low, high = (
        pd.to_numeric(frame[name], errors="coerce") for name in ("families", "low", "high")
    )
    outside = (low > families) | (high < families)
    return found + [
        Fault(
            said("{families} families lie outside their own band {low} to {high}."),
            said("Widen the band or correct the figure."),
            {"families": families.iloc[n], "low": low.iloc[n], "high": high.iloc[n]},
            "families",
            labels[n],
            file,
        )
        for n, bad in enumerate(outside)
        if bad
    ]


def check_arrivals(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> pd.DataFrame:
    """The canonical arrivals table; raises ``FaultsError`` with all faults.

    Index ``arrival_id``; ``date``, ``area`` (code), ``families``,
    ``household_size`` (persons a family), ``origin``, ``clan``, ``registered``, ``low`` and
    ``high`` (band of families; without one both equal ``families``), ``standing``, ``source``.
    """
    raise_faults(arrival_faults(frame, file=file, rows=rows))
    clean = ARRIVALS.check(frame, file=file, rows=rows)
    clean["low"] = clean["low"].fillna(clean["families"])
    clean["high"] = clean["high"].fillna(clean["families"])
    return clean
