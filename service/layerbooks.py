"""Books of the newest data and of the last few past states that were looked at."""

import threading
from collections import OrderedDict
from datetime import date
from pathlib import Path

from geo.choices import LayerChoices
from geo.layers import Clearance
from service.base_map import river_lines, town_points
from service.layerbook import LayerBook
from service.store import Store


class LayerBooks:
    """Opens the book of the newest data, and keeps the last few of them."""

    def __init__(
        self,
        store: Store,
        data_dir: Path,
        *,
        choices: LayerChoices | None = None,
        units_on: date | None = None,
        kept: int = 4,
    ) -> None:
        self._store = store
        self._data_dir = data_dir
        self._choices = choices
        self._units_on = units_on
        self._kept = kept
        self._books: OrderedDict[tuple[str, str, Clearance], LayerBook] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, clearance: Clearance, version: str | None = None) -> LayerBook:
        """The book of what is loaded now, or was at ``version``, as ``clearance`` may see it.

        Raises ``UnknownError`` for a version that never was, ``PurgedError`` for one whose rows
        were removed since, though its book was still at hand.
        """
        # A purge may be another process's: whether a past state may be shown is asked each time.
        # The generation is read first: what a restore brings never lies under an older one.
        generation = self._store.generation
        records = self._store.at(version) if version else None
        version = version or self._store.data_version()
        key = (generation, version, clearance)
        with self._lock:
            book = self._books.get(key)
            if book is None:
                records = records or self._store.at(version)
                book = LayerBook(
                    records,
                    version,
                    clearance,
                    datasets=self._store.datasets.of(records.active),
                    rivers=river_lines(self._data_dir),
                    towns=town_points(self._data_dir),
                    choices=self._choices,
                    today=self._units_on,
                )
                self._books[key] = book
            self._books.move_to_end(key)
            if len(self._books) > self._kept:
                self._forget_oldest((generation, self._store.data_version()))
            return book

    def _forget_oldest(self, now: tuple[str, str]) -> None:
        """Books of the newest data stay: whoever pages through past states slows nobody down."""
        for key in [key for key in self._books if key[:2] != now]:
            if len(self._books) <= self._kept:
                return
            del self._books[key]
