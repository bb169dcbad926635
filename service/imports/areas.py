"""Which area a row means: by code, by name within what is known above it; a doubt is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import geopandas as gpd
import pandas as pd

from geo.checks import Fault
from geo.names import Candidate, Gazetteer, Match
from geo.notes import said
from geo.places import Level
from geo.successors import valid_on
from geo.versions import first_code

_LEVELS = (
    (Level.GOVERNORATE, "adm1_code", "adm1_name"),
    (Level.DISTRICT, "adm2_code", "adm2_name"),
    (Level.SUBDISTRICT, "adm3_code", "adm3_name"),
)
_NO_SUCH = said("{value} is no area that is known here.")
_DOUBTFUL = said("{value} is not certain: it may be {candidates}.")
_ASK = said("Write its code, or say once what it means: --alias '{value}=CODE'.")
_SPELLING = said(
    "Check the spelling, import its boundaries, or say what it means: --alias '{value}=CODE'."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a row's area cells mean.

    ``coarser``: the finest name is not known, the unit above it was taken. ``elsewhere``: the row
    names a governorate that is not loaded. ``given``: the row names some area.
    """

    code: str | None = None
    fault: Fault | None = None
    coarser: bool = False
    elsewhere: bool = False
    given: bool = False


class AreaFinder:
    """Resolves rows; equal cells are resolved once.

    A code may be that of a unit that ended: layers know what became of its ground. A name means a
    unit that is valid ``today``: old and new bear the same one.
    """

    def __init__(
        self,
        units: gpd.GeoDataFrame,
        aliases: Mapping[str, str] | None = None,
        today: date | None = None,
    ) -> None:
        self._codes = {str(code) for code in units.index}
        self._by_pcode = {
            str(pcode): str(code)
            for code, pcode in units["pcode"].items()
            if isinstance(pcode, str)
        }
        named = units if today is None or units.empty else valid_on(units, today)
        self._gazetteer = Gazetteer(named, own=dict(aliases or {}))
        self._named = {str(code) for code in named.index}
        ended = units[~units.index.isin(named.index)]
        above = named[~named.index.isin(ended.index)]
        # Lists go on writing the tree of before: Safwan inside Al-Zubair.
        self._past = Gazetteer(pd.concat([ended, above])) if len(ended) else None
        self._find = cache(self._find_uncached)

    def find(self, cells: Mapping[str, str | None]) -> Found:
        """The area of a row's area cells (fields of ``AREA_FIELDS``)."""
        return self._find(tuple(sorted((k, v) for k, v in cells.items() if v)))

    def name(self, text: str, level: Level | None = None) -> Found:
        """The area that one text means: a code or a name."""
        if (code := self._by_code(text)) is not None:
            return Found(code, given=True)
        match = self._resolve(text, level, None)
        if match.code is not None:
            return Found(match.code, given=True)
        return Found(None, _fault("area", text, match.candidates), given=True)

    def _find_uncached(self, cells: tuple[tuple[str, str], ...]) -> Found:
        given = dict(cells)
        if "area" in given:
            return self.name(given["area"])
        best: str | None = None
        last: Found = Found()
        for level, code_field, name_field in _LEVELS:
            code, name = given.get(code_field), given.get(name_field)
            if code is None and name is None:
                continue
            found = self._by_code(code) if code is not None else None
            candidates: tuple[Candidate, ...] = ()
            if found is None and name is not None:
                match = self._resolve(name, level, best)
                found, candidates = match.code, match.candidates
            if found is not None:
                best, last = found, Found(found, given=True)
                continue
            if level is Level.GOVERNORATE and not candidates:
                return Found(elsewhere=True, given=True)
            column = name_field if name is not None else code_field
            fault = _fault(column, name or code or "", candidates)
            # What is unknown and resembles nothing (a new nahiya) is placed in the unit above.
            coarser = best is not None and not candidates
            last = (
                Found(best, None, coarser=True, given=True)
                if coarser
                else Found(None, fault, given=True)
            )
        return last

    def _resolve(self, name: str, level: Level | None, within: str | None) -> Match:
        """A unit of today; else one that ended, by the tree it stood in."""
        match = self._gazetteer.resolve(name, level=level, within=within)
        if match.code is not None or self._past is None:
            return match
        for above in dict.fromkeys((within, None if within is None else first_code(within))):
            older = self._past.resolve(name, level=level, within=above)
            if older.code is not None and older.code not in self._named:
                return older
        return match

    def _by_code(self, text: str | None) -> str | None:
        if text is None:
            return None
        return text if text in self._codes else self._by_pcode.get(text)


def _fault(column: str, value: str, candidates: Sequence[Candidate]) -> Fault:
    names = ", ".join(f"{c.name} ({c.code})" for c in candidates)
    return Fault(
        _DOUBTFUL if candidates else _NO_SUCH,
        _ASK if candidates else _SPELLING,
        {"value": value[:60], "candidates": names},
        column,
    )
