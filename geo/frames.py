"""Canonical frames: which columns a table has, of what kind, within which limits.

One mechanism for all tables: it finds every fault of every row (``Frame.faults``), so that a
reader can set the bad rows aside, and hands out a clean table with fixed columns, order and
types (``Frame.check``).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from geo.checks import Fault, raise_faults
from geo.notes import said

CODE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}"
DAY = "datetime64[s]"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    CODE = "code"  # as geo.places.Code
    DAY = "day"  # a calendar day without a zone
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``required`` cells may not be empty; other absent columns get ``default``."""

    name: str
    kind: Kind
    required: bool = True
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A canonical table: its name, the name of its index (``None``: a plain range), columns."""

    name: str
    index: str | None
    columns: tuple[Column, ...]

    def faults(
        self, frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
    ) -> list[Fault]:
        """Everything that is wrong; ``rows`` gives the file's own row for each row of the frame."""
        missing = [
            Fault(
                said("The column {column} is missing."),
                said("Name the header that holds it."),
                {"column": c.name},
                c.name,
                None,
                file,
            )
            for c in self.columns
            if c.required and c.default is None and c.name not in frame.columns
        ]
        labels = _labels(frame, rows)
        found = missing + self._index_faults(frame, labels, file)
        for column in self.columns:
            if column.name in frame.columns:
                found += _column_faults(column, frame[column.name], labels, file)
        return found

    def check(
        self, frame: pd.DataFrame, *, file: str = "", rows: Sequence[int | str] | None = None
    ) -> pd.DataFrame:
        """The clean table: these columns, in this order, in fixed types. Raises FaultsError."""
        raise_faults(self.faults(frame, file=file, rows=rows))
        data = {
            c.name: _typed(c, frame[c.name])
            if c.name in frame.columns
            else _typed(c, pd.Series([c.default] * len(frame), index=frame.index, dtype=object))
            for c in self.columns
        }
        clean = pd.DataFrame(data, index=frame.index)
        if self.index is None:
            return clean.reset_index(drop=True)
        clean.index = pd.Index(frame.index.astype("str"), name=self.index)
        return clean

    def empty(self) -> pd.DataFrame:
        """A table of this shape without rows."""
        columns = {c.name: pd.Series([], dtype=object) for c in self.columns}
        return self.check(pd.DataFrame(columns))

    def _index_faults(
        self, frame: pd.DataFrame, labels: Sequence[int | str], file: str
    ) -> list[Fault]:
        if self.index is None:
            return []
        twice = frame.index.duplicated(keep="first")
        return [
            Fault(
                said("{value} stands twice."),
                said("Give every row its own {column}."),
                {"value": str(frame.index[i]), "column": self.index},
                self.index,
                labels[i],
                file,
            )
            for i in np.flatnonzero(twice).tolist()
        ]


def _labels(frame: pd.DataFrame, rows: Sequence[int | str] | None) -> Sequence[int | str]:
    if rows is None:
        return [_label(value) for value in frame.index]
    if len(rows) != len(frame):
        raise ValueError(f"{len(rows)} row labels for {len(frame)} rows")
    return rows


def _label(value: Hashable) -> int | str:
    return int(value) if isinstance(value, int | np.integer) else str(value)


def _column_faults(
    column: Column, values: pd.Series, labels: Sequence[int | str], file: str
) -> list[Fault]:
    def tell(bad: Any, key: str, remedy: str, **params: Any) -> None:
        found.extend(
            Fault(
                key,
                remedy,
                {"value": str(values.iloc[i]), "column": column.name, **params},
                column.name,
                labels[i],
                file,
            )
            for i in np.flatnonzero(np.asarray(bad, dtype=bool)).tolist()
        )

    found: list[Fault] = []
    empty = values.isna() | (values.astype(object) == "")
    if column.required and column.default is None:
        tell(empty, said("{column} is empty."), said("Fill it in, or leave the row out."))
    given = ~empty
    if column.kind is Kind.NUMBER:
        number = pd.to_numeric(values, errors="coerce").astype(float)
        finite = np.isfinite(number.fillna(0.0)) & number.notna()
        tell(
            given & ~finite,
            said("{value} is not a number."),
            said("Write {column} in digits only."),
        )
        low = -np.inf if column.low is None else column.low
        high = np.inf if column.high is None else column.high
        tell(
            given & finite & ((number < low) | (number > high)),
            said("{value} is outside {low} to {high}."),
            said("Check {column} and its unit."),
            low=low if column.low is not None else "-",
            high=high if column.high is not None else "-",
        )
    elif column.kind is Kind.DAY:
        tell(
            given & _days(values).isna(),
            said("{value} is not a date."),
            said("Write {column} as year-month-day, such as 2024-11-20."),
        )
    elif column.kind is Kind.CODE:
        text = values.where(given, "x").astype("str")
        tell(
            given & ~text.str.fullmatch(CODE_PATTERN),
            said("{value} is not a code."),
            said("Use Latin letters, digits and _ . : - only, 64 at most."),
        )
    elif column.kind is Kind.FLAG:
        known = values.where(given, False).map(lambda v: isinstance(v, bool | np.bool_))
        tell(
            given & ~known.astype(bool),
            said("{value} is neither yes nor no."),
            said("Write {column} as true or false."),
        )
    if column.choices is not None:
        tell(
            given & ~values.isin(list(column.choices)),
            said("{value} is not a known {column}."),
            said("Use one of: {choices}."),
            choices=", ".join(sorted(column.choices)),
        )
    return found


def _days(values: pd.Series) -> pd.Series:
    days: pd.Series = values
    if not pd.api.types.is_datetime64_any_dtype(values):
        days = pd.to_datetime(values, errors="coerce", format="ISO8601")
    if days.dt.tz is not None:
        days = days.dt.tz_localize(None)
    return pd.Series(days.dt.normalize().astype(DAY))


def _typed(column: Column, values: pd.Series) -> pd.Series:
    values = values.where(~(values.astype(object) == ""), None)
    if column.default is not None:
        filled = values.isna()
        if filled.any():
            values = values.astype(object).where(~filled, column.default)
    match column.kind:
        case Kind.NUMBER:
            return pd.to_numeric(values).astype("float64")
        case Kind.DAY:
            return _days(values)
        case Kind.FLAG:
            return values.astype("bool")
        case _:
            return values.astype("str")
