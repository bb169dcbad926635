"""A base map of somebody else's, where a setting names one: a PMTiles file or a tile server.

The own base (borders, river, towns) always lies below; where the file is missing or broken, or
the server does not answer, it is what remains, and the map says so. A file is read here and
served as pictures from our own address; only for a tile server that an administrator has named
may the map ask another host, and then that one alone.
"""

import gzip
import zlib
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter
from fastapi.responses import Response
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

from service.deps import HouseOf
from service.errors import NotFoundError
from service.maps.sheet import MapTiles
from service.maps.vector_tiles import draw_tile
from service.security import MAP_POLICY
from service.settings import Settings

router = APIRouter(include_in_schema=False)
log = structlog.get_logger("service.basemap")
OWN = "/tiles/{z}/{x}/{y}"
_PICTURES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}
_NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>'
"""Beyond the edges of a file the own base is seen, without an error for each tile."""
_MOST_BYTES = 4 * 1024 * 1024  # of one tile, unpacked
_DEEPEST = 22
_DAY_S = 24 * 3600


class Basemap:
    """The PMTiles file of an installation, opened at the first question."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        self._opened = path is None
        self._reader: Any = None
        self._header: dict[str, Any] = {}

    def _open(self) -> None:
        with self._lock:
            if self._opened:
                return
            try:
                with self._path.open("rb") as file:  # type: ignore[union-attr]  # else it is open
                    reader = Reader(MmapSource(file))
                self._header = reader.header()
                if self._header["tile_type"] not in {*_PICTURES, TileType.MVT}:
                    raise ValueError(f"tiles of kind {self._header['tile_type']}")  # noqa: TRY301 (one way out)
                self._reader = reader
            except Exception as error:  # noqa: BLE001 (a broken file fails in the reader's many ways)
                log.warning("the base map can't be read", path=str(self._path), error=repr(error))
            self._opened = True

    @property
    def works(self) -> bool:
        self._open()
        return self._reader is not None

    @property
    def deepest(self) -> int:
        """The closest zoom that the file has."""
        return int(self._header.get("max_zoom", 0)) if self.works else 0

    def tile(self, z: int, x: int, y: int) -> tuple[bytes, str] | None:
        """A tile as picture bytes with its media type; ``None`` where the file has none.

        Raises ``ValueError`` for a tile that can't be read.
        """
        if not self.works:
            return None
        try:
            found = self._reader.get(z, x, y)
        except Exception as error:
            raise ValueError("the file is damaged") from error
        if found is None:
            return None
        if self._header["tile_compression"] is Compression.GZIP:
            found = _unpacked(found)
        kind = self._header["tile_type"]
        if kind is TileType.MVT:
            return draw_tile(found).encode(), "image/svg+xml"
        return found, _PICTURES[kind]


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        found = unpacker.decompress(packed, _MOST_BYTES)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise ValueError("the tile is damaged") from error
    if unpacker.unconsumed_tail:
        raise ValueError("the tile is larger than any tile")
    return found


def open_basemap(settings: Settings) -> Basemap:
    """The file that the settings name, if they name one."""
    named = settings.basemap
    return Basemap(Path(named) if named and not _is_address(named) else None)


def tiles_of(settings: Settings, basemap: Basemap) -> MapTiles | None:
    """What the map draws below its areas; ``None``: our own base alone."""
    named = settings.basemap
    if named and _is_address(named):
        return MapTiles(named, settings.basemap_credit)
    if basemap.works:
        return MapTiles(OWN, settings.basemap_credit, max(basemap.deepest, 1))
    return None


def is_missing(settings: Settings, basemap: Basemap) -> bool:
    """A base map was named and can't be read."""
    named = settings.basemap
    return bool(named) and not _is_address(str(named)) and not basemap.works


def frame_policy(tiles: MapTiles | None) -> str:
    """The map's policy; with a tile server that host, and no other, may send pictures."""
    if tiles is None or not _is_address(tiles.url):
        return MAP_POLICY
    parts = urlsplit(tiles.url)
    # The host may hold the pattern {s}: Leaflet's letters a to c.
    hosts = {f"{parts.scheme}://{parts.netloc.replace('{s}', one)}" for one in "abc"}
    return MAP_POLICY.replace(
        "img-src 'self' data:", f"img-src 'self' data: {' '.join(sorted(hosts))}"
    )


def _is_address(named: str) -> bool:
    return named.startswith(("https://", "http://"))


@router.get("/tiles/{z}/{x}/{y}")
def tile(house: HouseOf, z: int, x: int, y: int) -> Response:
    """A picture of the base map. Public: the map's sandbox has no cookie, and it says nothing."""
    if not 0 <= z <= _DEEPEST or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise NotFoundError
    try:
        found = house.basemap.tile(z, x, y)
    except ValueError as error:
        log.warning("a tile of the base map can't be read", z=z, x=x, y=y, error=str(error))
        raise NotFoundError from None
    if found is None and not house.basemap.works:
        raise NotFoundError
    body, kind = found or (_NOTHING, "image/svg+xml")
    return Response(
        body,
        media_type=kind,
        headers={
            "Cache-Control": f"public, max-age={_DAY_S}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )
