"""HEAD for every route that answers GET (RFC 9110, 9.3.2): same status, same headers, no body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED_AS_HEAD = "mizan.head"
"""Key of the scope that says so: a route whose GET can be had once only must not spend it."""


class HeadAsGet:
    """ASGI: asks what is inside as GET, with all its rights, and lets the start of it out only."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        # A scope of its own: the server and the figures go on to see a HEAD.
        inner = {**scope, "method": "GET", ASKED_AS_HEAD: True}
        ended = False

        async def bare(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif message["type"] == "http.response.body" and not ended:
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        try:
            await self.app(inner, receive, bare)
        finally:
            scope["route"] = inner.get("route")
