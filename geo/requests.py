"""Requests: awareness sessions that schools, universities and associations asked for."""

from collections.abc import Sequence

import pandas as pd

from geo.frames import Column, Frame, Kind
from geo.places import Standing

REQUESTS = Frame(
    "requests",
    "request_id",
    (
        Column("date", Kind.DAY),
        Column("area", Kind.CODE),
        Column("unit", Kind.CODE, default="outreach"),
        Column("sessions", Kind.NUMBER, default=1.0, low=0),
        Column("hours", Kind.NUMBER, low=0, high=24),
        Column("for_women", Kind.FLAG, default=False),
        Column("audience", Kind.TEXT, required=False, default=""),
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


def check_requests(
    frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
) -> pd.DataFrame:
    """The canonical table of requests; raises ``FaultsError`` with all faults.

    Index ``request_id``; ``date``, ``area``, ``unit`` (that
    is asked for), ``sessions``, ``hours`` (of one session), ``for_women``, ``audience``,
    ``standing``, ``source``.
    """
    return REQUESTS.check(frame, file=file, rows=rows)
