"""Many areas stay smooth, and a base map that fails leaves our own."""

import json
from dataclasses import dataclass
from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.places import Level
from tests.browser.conftest import Reader, Served
from tests.service.web_house import FakeAtlas, make_house

AREAS = 294  # as many as Iraq has sub-districts
LONGEST_MS = 100


@cache
def country():
    """A coverage of 294 areas with winding borders, about a hundred corners each."""
    rng = np.random.default_rng(294)
    points = shapely.multipoints(rng.uniform((40.0, 29.5), (48.5, 37.0), (AREAS, 2)))
    frame = shapely.box(39.5, 29.2, 49.0, 37.3)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    shapes = shapely.segmentize(shapely.intersection(cells, frame), 0.03)
    wound = shapely.transform(
        shapes,
        lambda at: at + 0.02 * np.column_stack([np.sin(40 * at[:, 1]), np.cos(40 * at[:, 0])]),
    )
    rows = {
        "level": Level.DISTRICT.value,
        "name_ar": [f"منطقة {n}" for n in range(AREAS)],
        "name_en": [f"Area {n}" for n in range(AREAS)],
        "parent": "T",
        "standing": "generalised",
    }
    codes = [f"T{n:03d}" for n in range(AREAS)]
    frame = gpd.GeoDataFrame(rows, index=codes, geometry=list(wound), crs="EPSG:4326")
    return frame.rename_axis("code")


@dataclass
class LargeAtlas(FakeAtlas):
    def levels(self):
        return (Level.DISTRICT,)

    def units(self, level, governorate=None):
        return country()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("large"), LargeAtlas())
    found = Served(app)
    yield found
    found.stop()
    store.close()


def longest_ms(trace):
    """The longest task of any page's main thread in processor time, so that a busy machine
    does not count."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one["tdur"] / 1000
        for one in events
        if one["name"].endswith("RunTask") and "tdur" in one and (one["pid"], one["tid"]) in mains
    ]
    assert len(tasks) > 100
    return max(tasks)


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_no_task_is_long_while_294_areas_are_panned(browser, served, lang):
    reader = Reader(browser, served.address, lang).sign_in("viewer")
    page = reader.page
    page.goto(served.address)
    frame = reader.frame()
    assert frame.locator("path.leaflet-interactive").count() == AREAS
    page.wait_for_timeout(1500)
    shown = (
        "[...document.querySelectorAll('.place')].filter((e) => e.style.visibility === '').length"
    )
    assert 10 < frame.evaluate(shown) < AREAS
    assert frame.locator("path.leader").count() < 10  # of signs alone: no name is tied from afar
    box = page.query_selector("#frame").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    browser.start_tracing(page=page, categories=["toplevel"])
    for step in (-1, 1, -1):
        page.mouse.down()
        page.mouse.move(x + 180 * step, y + 90 * step, steps=12)
        page.mouse.up()
        page.mouse.move(x, y, steps=3)
        page.wait_for_timeout(250)
    longest = longest_ms(browser.stop_tracing())
    reader.context.close()
    reader.check()
    assert longest < LONGEST_MS


def test_a_tile_server_that_does_not_answer_leaves_our_own_base(browser, tmp_path):
    address = "https://tiles.example/{z}/{x}/{y}.png"
    app, store = make_house(tmp_path, FakeAtlas(), basemap=address, basemap_credit="Example credit")
    other = Served(app)
    reader = Reader(browser, other.address, "en").sign_in("viewer")
    reader.open("/")
    frame = reader.frame()
    credit = frame.locator(".leaflet-control-attribution")
    credit.filter(has_text="the base map does not answer").wait_for()
    assert frame.locator(".leaflet-tile-pane img").count() == 0
    assert frame.locator("path.leaflet-interactive").count() == 6
    assert {url.split("/")[2] for url in reader.foreign} == {"tiles.example"}
    reader.context.close()
    other.stop()
    store.close()
