"""Answers at hand: what was answered before is answered again with the same bytes, at once.

Kept are answers that a route gave as released bytes: GET, a strong ETag, ``private, no-cache``. The
key is the whole request as far as answers depend on it, with the reader's own secret in it, so no
reader gets another's. A kept answer is given only while nobody has written to the store and for a
second at most; then the route looks again at session, rights, grants and data. So whoever is shut
out is out at once, and what ends by the clock ends within that second.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KEPT_S = 1.0
MOST_BYTES = 64 * 1024 * 1024
MOST = 2048
RELEASED = b"private, no-cache"
_TELLING = frozenset(
    {b"host", b"accept", b"accept-encoding", b"cookie", b"authorization", b"if-none-match"}
)
"""Headers on which an answer may depend; a request with a Range is not answered from here."""
_NAMED = frozenset({b"cookie", b"authorization"})

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class _Ready:
    marker: Hashable
    until: float
    start: Message
    body: Message
    size: int


class ReadyAnswers:
    """ASGI: gives answers that are ready, and keeps those that may be given again."""

    def __init__(
        self,
        app: ASGIApp,
        marker: Callable[[], Hashable],
        *,
        clock: Callable[[], float] = time.monotonic,
        given: Callable[[int], None] = lambda _status: None,
    ) -> None:
        self.app = app
        self._marker = marker
        self._clock = clock
        self._given = given
        self._kept: OrderedDict[Key, _Ready] = OrderedDict()
        self._bytes = 0
        self._making: dict[Key, asyncio.Future[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(scope)
        if key is None:
            await self.app(scope, receive, send)
            return
        if await self._gave(key, send):
            return
        made = self._making.get(key)
        if made is not None:
            # Somebody has just asked for the same: one looks, all get it.
            await asyncio.shield(made)
            if await self._gave(key, send):
                return
        await self._make(key, scope, receive, send)

    async def _gave(self, key: Key, send: Send) -> bool:
        """Whether the answer was at hand, and was given."""
        ready = self._kept.get(key)
        if ready is None or self._clock() >= ready.until or ready.marker != self._marker():
            return False
        self._kept.move_to_end(key)
        self._given(ready.start["status"])
        await send(ready.start)
        await send(ready.body)
        return True

    async def _make(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        until, marker = self._clock() + KEPT_S, self._marker()
        sent: list[Message] = []
        made: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def keeping(message: Message) -> None:
            if len(sent) < 3:  # noqa: PLR2004 (a start and one body; more is a stream)
                sent.append(message)
            if _may_be_kept(sent):
                start, body = sent
                size = len(body.get("body", b"")) + 1024
                self._keep(key, _Ready(marker, until, start, body, size))
            await send(message)

        self._making.setdefault(key, made)
        try:
            await self.app(scope, receive, keeping)
        finally:
            if self._making.get(key) is made:
                del self._making[key]
            made.set_result(None)

    def _keep(self, key: Key, ready: _Ready) -> None:
        old = self._kept.pop(key, None)
        self._bytes += ready.size - (old.size if old else 0)
        self._kept[key] = ready
        while len(self._kept) > MOST or self._bytes > MOST_BYTES:
            _key, gone = self._kept.popitem(last=False)
            self._bytes -= gone.size


def _key(scope: Scope) -> Key | None:
    """All of a request that its answer depends on; None for what is never kept."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    telling, named = [], False
    for name, value in scope["headers"]:
        if name in _TELLING:
            telling.append((name, value))
            named = named or name in _NAMED
        elif name == b"range":
            return None
    if not named:
        return None
    return scope["scheme"], scope["path"], scope["query_string"], *telling


def _may_be_kept(sent: list[Message]) -> bool:
    if len(sent) != 2 or sent[1].get("more_body"):  # noqa: PLR2004 (a start and its whole body)
        return False
    if sent[0]["status"] not in {200, 304}:
        return False
    headers = dict(sent[0]["headers"])
    tag = headers.get(b"etag", b"W/")
    is_released = headers.get(b"cache-control") == RELEASED
    return is_released and not tag.startswith(b"W/") and b"set-cookie" not in headers
