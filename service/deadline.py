"""No request without an end: who gets no answer in time is told so, and may try again.

Work in a thread can't be broken off. It goes on to its end, unseen, and what it wrote counts.
"""

import asyncio
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LATE = {"title": "This takes too long just now", "status": 503}
_HEADERS = [
    (b"content-type", b"application/problem+json"),
    (b"retry-after", b"30"),
    (b"connection", b"close"),
]


class Deadline:
    """ASGI: ends a request after ``seconds``; one that brings a file has ``upload_s`` more."""

    def __init__(self, app: ASGIApp, *, seconds: float, upload_s: float) -> None:
        self.app = app
        self._seconds = seconds
        self._upload_s = upload_s
        self._going_on: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = late = False

        async def in_time(message: Message) -> None:
            nonlocal begun
            if not late:
                begun = True
                await send(message)

        async def answer() -> None:
            await self.app(scope, receive, in_time)

        task = asyncio.create_task(answer())
        try:
            done, _ = await asyncio.wait({task}, timeout=self._of(scope))
        except asyncio.CancelledError:
            task.cancel()
            self._let_go(task)
            raise
        if done:
            task.result()
            return
        late = True
        task.cancel()
        self._let_go(task)
        if begun:
            # Half an answer is out: only a closed connection says that it is not whole.
            raise TimeoutError("an answer was cut off at its deadline")
        body = orjson.dumps(_LATE)
        length = (b"content-length", str(len(body)).encode())
        headers = [*_HEADERS, length]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._going_on.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._going_on.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nothing is reported of what nobody waits for

    def _of(self, scope: Scope) -> float:
        is_file = any(
            name == b"content-type" and value.startswith(b"multipart/")
            for name, value in scope["headers"]
        )
        return self._seconds + (self._upload_s if is_file else 0.0)
