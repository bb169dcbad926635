"""Residents: dated figures of areas, at any level."""

from collections.abc import Sequence

import pandas as pd

from geo.checks import Fault, raise_faults
from geo.frames import Column, Frame, Kind
from geo.notes import said
from geo.places import Standing

POPULATION = Frame(
    "population",
    None,
    (
        Column("area", Kind.CODE),
        Column("as_of", Kind.DAY),
        Column("residents", Kind.NUMBER, low=0),
        Column("women_share", Kind.NUMBER, required=False, low=0, high=1),
        Column(
            "standing",
            Kind.TEXT,
            required=False,
            default="reported",
            choices=frozenset(Standing),
        ),
        Column("source", Kind.TEXT, required=False, default=""),
    ),
)


def population_faults(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> list[Fault]:
    """Every fault of a population table; one area has one figure a day and source."""
    found = POPULATION.faults(frame, file=file, rows=rows)
    keys = [name for name in ("area", "as_of", "source") if name in frame.columns]
    if not {"area", "as_of"} <= set(keys):
        return found
    labels = list(frame.index) if rows is None else list(rows)
    twice = frame.duplicated(keys, keep="first")
    return found + [
        Fault(
            said("{area} has two figures of {as_of} from the same source."),
            said("Keep the right one."),
            {"area": str(frame["area"].iloc[n]), "as_of": str(frame["as_of"].iloc[n])[:10]},
            "residents",
            labels[n],
            file,
        )
        for n, bad in enumerate(twice)
        if bad
    ]


def check_population(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> pd.DataFrame:
    """The canonical population table; raises ``FaultsError`` with all faults.

    ``area`` (code of any level), ``as_of`` (day),
    ``residents`` (persons), ``women_share`` (0-1, NaN: not known), ``standing``, ``source``.
    """
    raise_faults(population_faults(frame, file=file, rows=rows))
    return POPULATION.check(frame, file=file, rows=rows)
