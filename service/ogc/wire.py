"""Bytes for the wire: JSON without NaN, one strong ETag for equal bytes, compressed once."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import brotli
import orjson
from fastapi import Request
from fastapi.responses import Response

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
HTML = "text/html; charset=utf-8"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_WORTH_COMPRESSING = 800
_RELEASED = "private, no-cache"


def dumps(document: Any) -> bytes:
    """JSON; NaN becomes null."""
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


@dataclass(frozen=True, slots=True)
class Bytes:
    """One answer in its encodings. ``tag`` is made of the plain bytes and the media type."""

    plain: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, plain: bytes, media_type: str) -> "Bytes":
        digest = hashlib.sha256(media_type.encode() + b"\0" + plain).hexdigest()[:32]
        return cls(plain, media_type, digest)

    def encoded(self, accepted: str) -> tuple[bytes, str]:
        """The smallest encoding that the client takes, and its name (empty: none)."""
        if len(self.plain) >= _WORTH_COMPRESSING:
            names = {part.split(";")[0].strip() for part in accepted.split(",") if _wanted(part)}
            if "br" in names:
                return _brotli(self.plain), "br"
            if "gzip" in names:
                return _gzip(self.plain), "gzip"
        return self.plain, ""


def answer(
    request: Request, content: Bytes, *, headers: dict[str, str] | None = None, status: int = 200
) -> Response:
    """``content`` as the client takes it, or 304 when it has these very bytes already."""
    body, encoding = content.encoded(request.headers.get("accept-encoding", ""))
    tag = f'"{content.tag}{"-" + encoding if encoding else ""}"'
    told = {"etag": tag, "vary": "Accept, Accept-Encoding, Cookie, Authorization"}
    told |= {"cache-control": _RELEASED} | (headers or {})
    if status == 200 and _has_it(request.headers.get("if-none-match"), content.tag):  # noqa: PLR2004
        return Response(status_code=304, headers=told)
    if encoding:
        told["content-encoding"] = encoding
    return Response(body, status, headers=told, media_type=content.media_type)


def _wanted(part: str) -> bool:
    weight = part.partition(";q=")[2].strip()
    return weight not in {"0", "0.0", "0.00", "0.000"}


def _has_it(header: str | None, tag: str) -> bool:
    """Whether one of the client's tags names these bytes, in whatever encoding it has them."""
    if header is None:
        return False
    if header.strip() == "*":
        return True
    names = (one.strip().removeprefix("W/").strip('"') for one in header.split(","))
    return tag in {name.removesuffix("-br").removesuffix("-gzip") for name in names}


@lru_cache(maxsize=64)
def _brotli(plain: bytes) -> bytes:
    return bytes(brotli.compress(plain, quality=5))


@lru_cache(maxsize=64)
def _gzip(plain: bytes) -> bytes:
    return gzip.compress(plain, compresslevel=6, mtime=0)
