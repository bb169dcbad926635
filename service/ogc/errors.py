"""What the API answers when it can't answer: problem documents that repeat nothing sent."""

from dataclasses import dataclass

from fastapi.responses import Response

from service.ogc.wire import dumps

PROBLEM = "application/problem+json"


@dataclass(eq=False)
class OgcError(Exception):
    """A status and a sentence of ours; never the text of an exception or of the request."""

    status: int
    title: str
    kind: str = "about:blank"

    def __post_init__(self) -> None:
        super().__init__(self.title)

    def response(self) -> Response:
        """The problem document (RFC 9457)."""
        body = {"type": self.kind, "title": self.title, "status": self.status, "detail": self.title}
        return Response(dumps(body), self.status, media_type=PROBLEM)


def bad_request(title: str) -> OgcError:
    """400: the client must change its request."""
    return OgcError(400, title)


def not_found(title: str) -> OgcError:
    """404: no such thing, or none that this reader may know of."""
    return OgcError(404, title)


def too_many_tries() -> OgcError:
    """429: too many wrong tokens came from there; none is looked at for a minute."""
    return OgcError(429, "too many wrong tokens; try again in a minute")
