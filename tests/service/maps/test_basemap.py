"""A base map of somebody else's: a PMTiles file, a tile server, and what remains where it fails."""

import gzip
import io
import struct
import zlib

import mapbox_vector_tile
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from pydantic import ValidationError

from service.maps.vector_tiles import draw_tile
from service.pages.basemap import Basemap, frame_policy, is_missing, tiles_of
from service.settings import Settings
from tests.service.web_house import PASSWORD, FakeAtlas, TestClient, make_house

SQUARE = "POLYGON ((0 0, 0 4096, 4096 4096, 4096 0, 0 0))"
TILE = mapbox_vector_tile.encode(
    [
        {
            "name": "water",
            "features": [{"geometry": SQUARE, "properties": {"kind": "<script>alert(1)</script>"}}],
        },
        {
            "name": "roads",
            "features": [
                {"geometry": "LINESTRING (0 0, 4096 4096)", "properties": {"kind": "highway"}},
                {"geometry": "LINESTRING (0 4096, 4096 0)", "properties": {"kind": "path"}},
            ],
        },
        {"name": "pois", "features": [{"geometry": "POINT (9 9)", "properties": {"name": "x"}}]},
    ]
)


def png():
    """One grey pixel."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pmtiles(path, tiles, kind=TileType.MVT, packed=Compression.GZIP):
    """Write ``tiles`` ((z, x, y) -> bytes) as a PMTiles archive."""
    out = io.BytesIO()
    writer = Writer(out)
    for place, data in sorted(tiles.items(), key=lambda one: zxy_to_tileid(*one[0])):
        writer.write_tile(
            zxy_to_tileid(*place), gzip.compress(data) if packed is Compression.GZIP else data
        )
    header = {
        "tile_type": kind,
        "tile_compression": packed,
        "min_zoom": 0,
        "max_zoom": max(z for z, _, _ in tiles),
        "min_lon_e7": 460000000,
        "min_lat_e7": 290000000,
        "max_lon_e7": 490000000,
        "max_lat_e7": 320000000,
        "center_zoom": 0,
        "center_lon_e7": 475000000,
        "center_lat_e7": 305000000,
    }
    writer.finalize(header, {"name": "test"})
    path.write_bytes(out.getvalue())
    return path


def client_of(app):
    client = TestClient(app, raise_server_exceptions=False, headers={"accept": "text/html"})
    client.cookies.set("mizan_lang", "en")
    data = {"name": "viewer", "password": PASSWORD}
    client.post("/login", data=data, headers={"origin": "http://testserver"})
    return client


@pytest.fixture
def open_house(tmp_path):
    stores = []

    def start(**settings):
        app, store = make_house(tmp_path / "home", FakeAtlas(), **settings)
        stores.append(store)
        return client_of(app)

    yield start
    for store in stores:
        store.close()


def test_a_vector_file_is_served_as_drawings_from_our_own_address(tmp_path, open_house):
    file = pmtiles(tmp_path / "iraq.pmtiles", {(0, 0, 0): TILE, (5, 20, 13): TILE})
    client = open_house(basemap=str(file), basemap_credit="Our surveyors")
    answer = client.get("/tiles/5/20/13")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.text.count("<path") == 3
    assert "script" not in answer.text
    document = client.get("/map")
    assert '"/tiles/\\u007bz\\u007d/\\u007bx\\u007d/\\u007by\\u007d"' in document.text
    assert "Our surveyors" in document.text
    assert "http" not in document.headers["content-security-policy"]
    beyond = client.get("/tiles/5/0/0")  # not in the file: our own base is seen, and no error
    assert (beyond.status_code, beyond.headers["content-type"]) == (200, "image/svg+xml")
    assert len(beyond.content) < 100
    assert client.get("/tiles/40/0/0").status_code == 404
    assert client.get("/tiles/2/9/9").status_code == 404


def test_a_file_of_pictures_is_served_as_it_is(tmp_path, open_house):
    tiles = {(0, 0, 0): png()}
    file = pmtiles(tmp_path / "p.pmtiles", tiles, TileType.PNG, Compression.NONE)
    answer = open_house(basemap=str(file)).get("/tiles/0/0/0")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == png()


def test_a_missing_or_broken_file_leaves_our_own_base_and_says_so(tmp_path, open_house):
    broken = tmp_path / "broken.pmtiles"
    broken.write_bytes(b"PMTiles\x03" + bytes(30))
    for path in (tmp_path / "gone.pmtiles", broken):
        client = open_house(basemap=str(path))
        page = client.get("/").text
        assert "The base map that was named can&#39;t be read" in page
        assert '"tiles":null' in client.get("/map").text
        assert client.get("/tiles/0/0/0").status_code == 404


def test_without_a_setting_nothing_is_missing(open_house):
    client = open_house()
    assert "base map" not in client.get("/").text
    assert '"tiles":null' in client.get("/map").text


def test_a_damaged_tile_is_no_answer_and_no_fault(tmp_path, open_house):
    tiles = {(0, 0, 0): b"\xff" * 40, (1, 0, 0): TILE}
    file = pmtiles(tmp_path / "d.pmtiles", tiles)
    client = open_house(basemap=str(file))
    assert client.get("/tiles/0/0/0").status_code == 404
    assert client.get("/tiles/1/0/0").status_code == 200


def test_a_tile_that_unpacks_to_a_flood_is_refused(tmp_path):
    file = pmtiles(tmp_path / "z.pmtiles", {(0, 0, 0): bytes(9 * 1024 * 1024)})
    with pytest.raises(ValueError, match="larger"):
        Basemap(file).tile(0, 0, 0)


def test_a_tile_server_is_the_one_other_host_that_pictures_may_come_from(open_house, tmp_path):
    address = "https://{s}.tiles.example:8443/{z}/{x}/{y}.png"
    client = open_house(basemap=address, basemap_credit="Example")
    policy = client.get("/map").headers["content-security-policy"]
    images = next(part for part in policy.split("; ") if part.startswith("img-src"))
    hosts = [f"https://{one}.tiles.example:8443" for one in "abc"]
    assert images.split() == ["img-src", "'self'", "data:", *hosts]
    assert "example" not in policy.replace(images, "")
    assert client.get("/").headers["content-security-policy"].count("example") == 0


@pytest.mark.parametrize(
    "named",
    [
        "ftp://host/{z}/{x}/{y}",
        "https://host/{z}/{x}.png",
        "https://ho'st;script-src */{z}/{x}/{y}",
        "map.mbtiles",
    ],
)
def test_a_setting_that_names_no_base_map_is_refused(tmp_path, named):
    with pytest.raises(ValidationError):
        Settings(home=tmp_path, basemap=named)


def test_no_text_of_a_tile_reaches_its_drawing():
    drawn = draw_tile(TILE)
    assert drawn.startswith("<svg ")
    assert "alert" not in drawn
    with pytest.raises(ValueError, match="no vector tile"):
        draw_tile(b"PMTiles")


def test_what_is_drawn_is_as_deep_as_the_file(tmp_path):
    file = pmtiles(tmp_path / "deep.pmtiles", {(0, 0, 0): TILE, (7, 80, 52): TILE})
    settings = Settings(home=tmp_path, basemap=str(file))
    basemap = Basemap(file)
    tiles = tiles_of(settings, basemap)
    assert (tiles.zoom, is_missing(settings, basemap)) == (7, False)
    assert frame_policy(tiles) == frame_policy(None)
