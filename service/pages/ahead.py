"""Builds what first views of the map stand on, before somebody has to wait for it.

One thread that mostly rests. It looks whether the newest data have changed (an import, a restore,
a start), and builds the layers that the map opens with, one by one; after each it rests for longer
than it worked, so that whoever asks for something comes first. Released figures only: what is
exact is read under somebody's name. It can be killed at any moment, and what it did is in memory.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import structlog

from geo.rates import Window
from service.layerbook import LayerBook
from service.locale.words import Words
from service.maps.geometry import area_features, label_points
from service.pages.choice import MapChoice, read_choice
from service.pages.kinds import LAYERS
from service.pages.map_sheet import base_lines
from service.pages.through_time import MOST
from service.store.errors import StoreError
from service.store.store import Store

log = structlog.get_logger("service.ahead")
_LOOK_S = 10.0
_RESTS = 2.0
"""Seconds of rest for each second of work: a third of a core at most."""
_LONGEST_S = 300.0
"""Seconds of work on one state of the data; what is left then is made when it is asked for."""


class Ahead:
    """``start`` returns at once; ``stop`` waits for the layer that is at work, two seconds at most.

    ``released`` opens the newest book; it is built from ``look_s`` seconds after each change on.
    """

    def __init__(
        self,
        store: Store,
        released: Callable[[], LayerBook | None],
        *,
        look_s: float = _LOOK_S,
        longest_s: float = _LONGEST_S,
        rests: float = _RESTS,
    ) -> None:
        self._store = store
        self._released = released
        self._look_s = look_s
        self._longest_s = longest_s
        self._rests = rests
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        self._stopping.set()
        self._thread.join(timeout_s)

    def build(self) -> None:
        """Build the first views of the newest data, until that is done, changed or too long."""
        book = self._released()
        if book is None or not book.levels():
            return
        told, worked_s, parts = self._told(), 0.0, 0
        for work in first_views(book):
            begun = time.monotonic()
            with suppress(KeyError):  # not every layer can be made of what is loaded
                work()
                parts += 1
            took_s = time.monotonic() - begun
            worked_s += took_s
            if self._stopping.wait(self._rests * took_s) or self._told() != told:
                return
            if worked_s > self._longest_s:
                break
        log.info("built ahead", action="ahead.built", parts=parts, seconds=round(worked_s, 1))

    def _told(self) -> tuple[str, str]:
        return self._store.generation, self._store.data_version()

    def _serve(self) -> None:
        built: tuple[str, str] | None = None
        while not self._stopping.wait(self._look_s):
            try:
                told = self._told()
                if told != built:
                    built = told
                    self.build()
            except (StoreError, OSError) as error:
                built = None
                log.warning("not built ahead now", action="ahead", error=type(error).__name__)
            except Exception:
                # Pages make what is missing when they are asked; they tell what is wrong with it.
                log.exception("building ahead stumbled", action="ahead")


def first_views(book: LayerBook) -> Iterator[Callable[[], object]]:
    """Pieces of work, likeliest first: layers of each level by year, its ground, then months."""
    for window in (Window.YEAR, Window.MONTH):
        for level in book.levels():
            for code in book.layer_codes(level):
                asked = {"level": level.value, "layer": code.value, "window": window.value}
                choice = read_choice(asked, book)
                if code in LAYERS and choice.window is window:
                    for period in choice.offered[:MOST]:
                        yield partial(book.layer, code, level, choice.category, period)
            if window is Window.YEAR:
                yield partial(_ground, book, read_choice({"level": level.value}, book))


def _ground(book: LayerBook, choice: MapChoice) -> None:
    """Shapes as they are drawn, which are kept by what they are and not by the book."""
    units = book.units(choice.level, choice.governorate)
    area_features(units, Words("ar"))
    label_points(units, Words("ar"))
    base_lines(book, choice, units)
