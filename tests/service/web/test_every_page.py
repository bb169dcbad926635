"""No page is forgotten: each has its test with axe, and its Arabic is read for Latin words."""

from pathlib import Path

import pytest

from tests.service.auth.routes import walk
from tests.service.web.test_arabic_pages import PAGES as ARABIC

BROWSER = Path(__file__).resolve().parents[2] / "browser"
NO_PAGES = (
    "/api", "/export/", "/healthz", "/map/find", "/metrics", "/ogc", "/readyz", "/static", "/tiles/",
)  # fmt: skip
"""Data, files and parts of pages, by how their path begins."""
PARTS = ("/progress", "/map", "/frame", ".svg", ".csv", ".xlsx", ".pdf", ".gpkg", ".json", ".html", ".geojson")  # fmt: skip
"""Files, documents in a frame and parts of pages, by how their path ends."""
AXE = {
    "/": "test_accessible",
    "/about": "test_accessible",
    "/access": "test_access",
    "/access/export": "test_access",
    "/access/log": "test_access",
    "/account": "test_accessible",
    "/account/tokens": "test_access",
    "/accounts": "test_access",
    "/compare": "test_accessible",
    "/data": "test_accessible",
    "/data/forms/{kind}": "test_data",
    "/data/states": "test_data",
    "/data/states/{version}": "test_data",
    "/data/uploads/{upload_id}": "test_data",
    "/explorations/{job_id}": "test_director",
    "/jobs/{job_id}": "test_accessible",
    "/login": "test_accessible",
    "/map/compare": "test_map",
    "/map/print": "test_map",
    "/plans": "test_accessible",
    "/plans/{plan_id}": "test_director",
    "/plans/{plan_id}/details": "test_director",
    "/plans/{plan_id}/explore": "test_director",
    "/plans/{plan_id}/roster": "test_director",
    "/scenarios": "test_accessible",
}

REACHED = {"/data/uploads/{upload_id}", "/jobs/{job_id}"}
"""Pages that a form leads to: their test sends it."""


def pages(app):
    """Paths of routes that answer with a page of their own."""
    return {
        one.path
        for one in walk(app.routes)
        if one.method == "GET"
        and not one.path.startswith(NO_PAGES)
        and not one.path.endswith(PARTS)
    }


def test_each_page_has_its_test_with_axe(house):
    assert pages(house[0]) == set(AXE)


@pytest.mark.parametrize("path", sorted(AXE))
def test_the_test_of_a_page_names_it_and_runs_axe(path):
    text = (BROWSER / f"{AXE[path]}.py").read_text("utf-8")
    start = path.partition("{")[0].rstrip("/") or '"/"'
    assert start in text or path in REACHED
    assert "Axe()" in text


def test_each_page_is_read_for_latin_words_in_arabic(house):
    read = {path.partition("?")[0] for _, path in ARABIC}
    bare = {path for path in pages(house[0]) if "{" not in path}
    assert bare - read == {"/login"}  # nobody is signed in there: test_words reads it
