"""A connection that can't be held for nothing: half a request, or an answer that nobody reads.

uvicorn closes connections that idle between two requests; it waits for ever for the rest of a
request's head, and for a client that stops reading. Bodies are watched by ``service.deadline``.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.security import ALWAYS

HEAD_S = 15.0
"""Seconds for a request's head to be whole."""
STALL_S = 20.0
"""Seconds in which a client must take what waits for it (64 KiB at most)."""
_BAD = b'{"title":"This is no HTTP request","status":400}'


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a limit on both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head: asyncio.TimerHandle | None = None
        self._stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or self.transport.is_closing():
            self._stop_waiting()
        else:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._let_write()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stall is None:
            self._stall = self.loop.call_later(STALL_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._let_write()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets the headers of every answer, and none of its own words back."""
        del msg
        told = ALWAYS | {
            "content-type": "application/problem+json",
            "content-length": str(len(_BAD)),
            "cache-control": "no-store",
            "connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head.encode() + b"\r\n" + _BAD)
        self.transport.close()

    def _wait_for_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _let_write(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
