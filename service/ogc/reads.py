"""Who loaded which features: written down as other exports are, before the bytes leave.

A program pages and asks again all day; equal bytes to the same account are one event an hour. Each
reading of exact figures of cases is an event of its own, and none leaves without it.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

import structlog

from service.auth.accounts import Account
from service.exports.provenance import serial_of
from service.store import Store
from service.store.errors import StoreError

log = structlog.get_logger("service.ogc")
ACTION = "features_read"
_AGAIN_S = 3600.0
_MOST = 20_000


class ReadLog:
    """Writes readings into the audit log; remembers what it wrote, so that it writes once."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def note(
        self,
        account: Account,
        collection: str,
        asked: Mapping[str, str],
        body: bytes,
        *,
        rows: int,
        exact: bool,
    ) -> None:
        """Write down that ``account`` gets ``rows`` features as ``body`` (before encoding).

        Raises ``StoreError`` for exact figures that can't be written down; released ones are
        read on while the disk is full, and a line of the log says that it was not noted.
        """
        digest = hashlib.sha256(body).hexdigest()
        key = (account.name, collection, digest)
        if not exact and self._is_told(key):
            return
        try:
            self._store.audit.append(
                ACTION,
                actor=account.name,
                subject=collection,
                details={
                    "filter": dict(asked),
                    "rows": rows,
                    "sha256": digest,
                    "serial": serial_of(account.name, body),
                    "exact": exact,
                },
            )
        except StoreError:
            if exact:
                raise
            log.exception("reading not noted", action=ACTION)
            return
        self._remember(key)

    def _is_told(self, key: tuple[str, ...]) -> bool:
        with self._lock:
            at = self._told.get(key)
            return at is not None and self._clock() - at < _AGAIN_S

    def _remember(self, key: tuple[str, ...]) -> None:
        with self._lock:
            self._told[key] = self._clock()
            self._told.move_to_end(key)
            while len(self._told) > _MOST:
                self._told.popitem(last=False)
