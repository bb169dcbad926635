"""Features that were made once and are handed out until the data change."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from geo.layers import Clearance
from service.auth.accounts import Account
from service.ogc.collections import PLANS_SHOWN, Collection, collections
from service.ogc.errors import not_found
from service.ogc.reads import ReadLog
from service.ogc.rows import Rows
from service.ogc.wire import Bytes
from service.pages.atlas import Atlas, Atlases
from service.store import Store

_ROWS_KEPT = 64
_PAGES_KEPT = 256
_PAGES_BYTES = 128 * 1024 * 1024
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A finished answer and how many features it holds."""

    content: Bytes
    rows: int


class Shelf:
    """Rows by collection and state of the data, and finished pages of them.

    A key holds everything on which an answer depends: the store's generation, the state of the
    data, of the plans, the clearance. What a reader may not see is looked up under another key.
    """

    def __init__(self, atlases: Atlases, store: Store) -> None:
        self._atlases = atlases
        self._store = store
        self._lock = threading.Lock()
        self._making: dict[Key, threading.Lock] = {}
        self._rows: OrderedDict[Key, Rows] = OrderedDict()
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.reads = ReadLog(store)
        self._page_bytes = 0
        self.collections = collections()

    def visible(self, account: Account) -> list[Collection]:
        """Collections that ``account`` may read."""
        return [one for one in self.collections.values() if account.may(one.right)]

    def find(self, name: str, account: Account) -> Collection:
        """One of them; a hidden one is as unknown as one that does not exist."""
        found = self.collections.get(name)
        if found is None or not account.may(found.right):
            raise not_found("there is no such collection")
        return found

    def state(self, collection: Collection, account: Account) -> Key:
        """What the features of ``collection`` depend on for ``account``."""
        generation = self._store.generation
        atlas = self._atlases.open(account)
        return (collection.id, generation, *self._state_of(collection, atlas))

    def rows(self, collection: Collection, account: Account) -> tuple[Key, Rows]:
        """The features, made at most once for a state of the data."""
        generation = self._store.generation  # before the data: see ``LayerBooks.open``
        atlas = self._atlases.open(account)
        key = (collection.id, generation, *self._state_of(collection, atlas))
        with self._lock:
            found = self._rows.get(key)
            making = self._making.setdefault(key, threading.Lock())
        if found is not None:
            return key, found
        with making:
            with self._lock:
                found = self._rows.get(key)
            if found is None:
                found = collection.load(atlas, self._store)
                with self._lock:
                    self._rows[key] = found
                    while len(self._rows) > _ROWS_KEPT:
                        self._rows.popitem(last=False)
                    self._making.pop(key, None)
        return key, found

    @staticmethod
    def is_exact(collection: Collection, key: Key) -> bool:
        """Whether the rows that ``rows`` gave under ``key`` hold exact figures of cases."""
        return collection.of_cases and Clearance.EXACT.value in key

    def page(self, key: Key) -> Page | None:
        """A finished answer, if it was made before."""
        with self._lock:
            found = self._pages.get(key)
            if found is not None:
                self._pages.move_to_end(key)
            return found

    def keep(self, key: Key, page: Page) -> Page:
        """Remember an answer; the oldest ones make room."""
        with self._lock:
            if key not in self._pages:
                self._pages[key] = page
                self._page_bytes += len(page.content.plain)
            while len(self._pages) > _PAGES_KEPT or self._page_bytes > _PAGES_BYTES:
                _, gone = self._pages.popitem(last=False)
                self._page_bytes -= len(gone.content.plain)
        return page

    def _state_of(self, collection: Collection, atlas: Atlas) -> Key:
        clearance = str(getattr(atlas, "clearance", ""))
        plans = ""
        if collection.id == "plans":
            plans = ",".join(head.id for head in self._store.plans.list(limit=PLANS_SHOWN))
        return (atlas.version, clearance, plans)
