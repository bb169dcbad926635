"""Where an exported figure comes from: every file that leaves says it of itself."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

from geo.places import Document, Source, Standing

WORST_FIRST = (
    Standing.SYNTHETIC,
    Standing.ESTIMATED,
    Standing.GENERALISED,
    Standing.REPORTED,
    Standing.OFFICIAL,
)


class Provenance(Document):
    """What stands in the metadata of an export.

    ``serial`` traces the copy: whoever logs exports gives one for each, else it is made of the
    content. ``as_of`` is the latest date that the sources describe.
    """

    title: str
    standing: Standing
    sources: tuple[Source, ...]
    as_of: date | None = None
    unit: str = ""
    period: str = ""
    method: str = ""
    caveats: tuple[str, ...] = ()
    data_version: str = ""
    serial: str = ""
    generator: str = "Mizan"

    @property
    def is_synthetic(self) -> bool:
        return self.standing is Standing.SYNTHETIC

    def members(self) -> dict[str, Any]:
        """Plain JSON members, empty ones left out."""
        return {
            key: value
            for key, value in self.model_dump(mode="json").items()
            if value not in (None, "", [])
        }

    def lines(self) -> list[tuple[str, str]]:
        """Pairs of word and value for a table; the words are ids of the catalogue."""
        pairs = [
            ("Title", self.title),
            ("Standing", self.standing.value),
            ("Unit", self.unit),
            ("Period", self.period),
            ("Figures as of", self.as_of.isoformat() if self.as_of else ""),
            ("Method", self.method),
            ("Data version", self.data_version),
            ("Serial", self.serial),
            ("Made by", self.generator),
        ]
        return [pair for pair in pairs if pair[1]]


def worst_standing(sources: Iterable[Source]) -> Standing:
    """The least trustworthy standing among ``sources``; without any: estimated."""
    found = {source.standing for source in sources}
    return next((one for one in WORST_FIRST if one in found), Standing.ESTIMATED)


def latest(sources: Iterable[Source]) -> date | None:
    """The latest date that any of ``sources`` describes."""
    dates = [source.as_of for source in sources if source.as_of is not None]
    return max(dates, default=None)


def serial_of(*parts: str | bytes) -> str:
    """A serial made of the content: equal content, equal serial (``MZ-`` and 12 hex digits)."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f"MZ-{digest.hexdigest()[:12].upper()}"
