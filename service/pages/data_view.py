"""The data page in words: of each kind its versions, with the counts that its reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.layers import Clearance
from geo.notes import said
from service.auth.accounts import Account
from service.imports.entries import ENTERED
from service.locale.words import Words
from service.pages.atlas import Atlas
from service.pages.upload_view import is_exact
from service.store import Dataset, Kind, State, Store
from service.store.datasets import PROTECTED

SHOWN = 8
"""Versions of a kind that the page lists; the others are folded below."""
_MOST_DIGITS = 9  # of a version's number


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version. ``counts`` are texts in the order of ``COUNTED``; empty: not for this reader.

    ``as_of`` likewise: of incidents it is the day of the last one.
    """

    dataset: Dataset
    counts: tuple[str, ...]
    as_of: date | None
    can_undo: bool


@dataclass(frozen=True, slots=True)
class KindCard:
    """One kind: its versions, the newest first, and how good its rows are, where that is known."""

    kind: Kind
    name: str
    purpose: str
    lines: tuple[VersionLine, ...]
    quality: tuple[tuple[str, str], ...]
    has_form: bool
    hidden: bool  # some counts are not for this reader

    @property
    def newest(self) -> Dataset | None:
        return self.lines[0].dataset if self.lines else None


COUNTED = (
    said("Read"), said("Kept"), said("Already there"), said("Rejected"), said("Equal rows"),
)  # fmt: skip


def counts_seen(
    words: Words, dataset: Dataset, account: Account, clearance: Clearance
) -> tuple[str, ...]:
    """Counts of a version in the order of ``COUNTED``.

    Of incidents without exact clearance: only of what the reader brought himself, and new rows
    together with known ones (decision 61); empty for all else.
    """
    number = words.number
    if is_exact(dataset.kind, clearance):
        counts = (dataset.rows_read, dataset.rows_kept, dataset.rows_already)
        rest = (dataset.rows_rejected, dataset.rows_flagged)
        return tuple(number(count) for count in (*counts, *rest))
    if dataset.actor != account.name:
        return ()
    good = dataset.rows_kept + dataset.rows_already
    return (number(dataset.rows_read), number(good), "", number(dataset.rows_rejected), "")


def cards(
    kinds: Mapping[Kind, tuple[str, str]],
    datasets: Sequence[Dataset],
    words: Words,
    account: Account,
    clearance: Clearance,
    atlas: Atlas | None = None,
    *,
    reach: date | None = None,
    may_edit: bool = False,
) -> list[KindCard]:
    """A card for each kind, in their order.

    ``atlas`` says how incidents were placed, ``reach`` how far they reach where the day of the
    last one is not told.
    """
    found = []
    for kind, (name, purpose) in kinds.items():
        mine = sorted((d for d in datasets if d.kind is kind), key=lambda d: -d.sequence)
        lines = tuple(
            _line(d, counts_seen(words, d, account, clearance), reach, may_edit=may_edit)
            for d in mine
        )
        hidden = any(not line.counts for line in lines)
        quality = _quality(words, kind, clearance, atlas) if lines else ()
        found.append(KindCard(kind, name, purpose, lines, quality, kind in ENTERED, hidden))
    return found


def _line(
    dataset: Dataset, counts: tuple[str, ...], reach: date | None, *, may_edit: bool
) -> VersionLine:
    as_of = dataset.as_of if counts else reach
    return VersionLine(dataset, counts, as_of, may_edit and not dataset.demo)


_PLACED = {
    "incidents": said("Incidents"),
    "placed": said("Placed"),
    "border": said("Near a border"),
    "outside": said("Outside"),
    "unplaced": said("Without a place"),
    "repeats": said("Equal rows"),
    "heaps": said("On heaps of coordinates"),
    "district_only": said("Known by district only"),
}


def _quality(
    words: Words, kind: Kind, clearance: Clearance, atlas: Atlas | None
) -> tuple[tuple[str, str], ...]:
    """How rows were placed: exact counts of cases, so for who may see them."""
    if kind not in PROTECTED or clearance is not Clearance.EXACT or atlas is None:
        return ()
    placement: Mapping[str, Any] = getattr(atlas, "placement", {})
    return tuple(
        (words.say(_PLACED[name]), words.number(count))
        for name, count in placement.items()
        if name in _PLACED
    )


ACTION = {
    "import": said("import"),
    "undo": said("taken back"),
    "reset": said("demo reset"),
    "retire": said("put aside"),
    "purge": said("purge"),
}
"""What made a state, in words."""


def state_lines(states: Sequence[State]) -> list[State]:
    """States that can be told apart: of the same name in a row only the newest."""
    found: list[State] = []
    for state in states:
        if not found or found[-1].version != state.version:
            found.append(state)
    return found


def taken_back(store: Store, sequence: str) -> str:
    """Id of the version of that number where it was taken back; empty where it was not."""
    if not sequence.isdecimal() or len(sequence) > _MOST_DIGITS:
        return ""
    found = [one for one in store.datasets.list() if one.sequence == int(sequence)]
    return found[0].id if found and not found[0].active else ""
