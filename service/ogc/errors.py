"""What the API answers when it can't answer: problem documents that repeat nothing sent."""

from dataclasses import dataclass

from fastapi.responses import Response

from service.ogc.wire import dumps

PROBLEM = "application/problem+json"
AGAIN_S = 60
"""What 429 tells: brakes count by the minute, and a solve takes about one."""


@dataclass(eq=False)
class OgcError(Exception):
    """A status and a sentence of ours; never the text of an exception or of the request.

    ``again_s``: after how many seconds another try makes sense; told where it is known.
    """

    status: int
    title: str
    kind: str = "about:blank"
    again_s: int | None = None

    def __post_init__(self) -> None:
        super().__init__(self.title)

    def response(self) -> Response:
        """The problem document (RFC 9457)."""
        body = {"type": self.kind, "title": self.title, "status": self.status, "detail": self.title}
        headers = {} if self.again_s is None else {"Retry-After": str(self.again_s)}
        return Response(dumps(body), self.status, headers=headers, media_type=PROBLEM)


def bad_request(title: str) -> OgcError:
    """400: the client must change its request."""
    return OgcError(400, title)


def not_found(title: str) -> OgcError:
    """404: no such thing, or none that this reader may know of."""
    return OgcError(404, title)


def too_many_tries() -> OgcError:
    """429: too many wrong tokens came from there within a minute, and this one is wrong too."""
    return OgcError(429, "too many wrong tokens; try again in a minute", again_s=AGAIN_S)
