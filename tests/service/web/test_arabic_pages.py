"""Arabic pages speak Arabic: no key, no English sentence, only names that are written so anywhere.

What somebody typed, a file's name and a code stand in ``<bdi>``: they are left out here.
"""

import re
from html.parser import HTMLParser

from service.store import Kind
from tests.service.web.conftest import ORIGIN
from tests.service.web.test_explore_pages import ask, finish, found_by, job_of

PROPER = {
    "English", "QGIS", "Mizan", "GeoTIFF", "CSV", "XLSX", "GeoJSON", "GeoPackage", "PDF", "HTTP",
    "OR", "Tools", "HiGHS", "folium", "Leaflet", "GeoPandas", "PySAL", "FastAPI", "IBM", "Plex",
    "Sans", "Arabic", "mizan", "audit", "OGC", "API", "Features", "Basic", "WGS", "GEOJSON", "GPKG", "PARQUET", "shapefile", "GeoParquet",
}  # fmt: skip
"""Names of programs, formats and the other language's own name."""
ACCOUNTS = {"viewer", "planner", "director", "admin", "nobody"}
SPOKEN = ("aria-label", "title", "placeholder", "alt")
PAGES = [
    *(
        ("planner", path)
        for path in (
            "/data", "/data/states", "/access", "/account", "/account/tokens", "/about",
            "/access/export?name=incident_rate&ending=csv", "/nowhere", "/", "/?area=T01N1&level=subdistrict",
            "/?layer=incident_rate", "/map/compare", "/map/compare?show=difference", "/map/print",
            "/scenarios", "/scenarios?preset=clan-qurna", "/plans", "/compare",
        )
    ),
    *(
        ("planner", f"/data/forms/{kind}")
        for kind in ("arrivals", "requests", "offices", "forums", "crossings", "staff")
    ),
    ("director", "/access"),
    ("director", "/access/log"),
    ("admin", "/accounts"),
    ("admin", "/data"),
    ("viewer", "/data"),
    ("viewer", "/plans"),
]  # fmt: skip


class Spoken(HTMLParser):
    """Texts of a page that are ours: not of ``<bdi>``, scripts, or choices by code."""

    SILENT = frozenset({"bdi", "script", "style", "code", "svg"})
    EMPTY = frozenset({"input", "br", "link", "meta", "img", "hr"})

    def __init__(self):
        super().__init__()
        self.above, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.EMPTY:
            self.above.append(tag)
        self.texts += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag):
        if tag in self.above:
            while self.above.pop() != tag:
                pass

    def handle_data(self, data):
        if not self.SILENT.intersection(self.above):
            self.texts.append(data)


def latin_words(html):
    """Latin words of two letters and more that are no proper names."""
    page = Spoken()
    page.feed(html)
    ours = (re.sub("\u2068[^\u2069]*\u2069", " ", text) for text in page.texts)
    found = {word for text in ours for word in re.findall(r"[A-Za-z_]{2,}", text)}
    return found - PROPER - ACCOUNTS


def test_the_reader_sees_keys_and_leaves_names_out():
    html = (
        '<p title="raw_key">نص <bdi>mine</bdi> QGIS</p><input placeholder="type"><p>grant</p>'
        "<script>var x</script><p>الفئة (\u2068category\u2069)</p>"
    )
    assert latin_words(html) == {"raw_key", "type", "grant"}


def test_no_latin_word_stands_on_an_arabic_page(as_role, grounds):
    clients = {role: as_role(role, "ar") for role in {role for role, _ in PAGES}}
    found = {}
    for role, path in PAGES:
        answer = clients[role].get(path)
        assert 'lang="ar"' in answer.text
        found[role, path] = latin_words(answer.text)
    assert {place: words for place, words in found.items() if words} == {}


def test_a_refused_file_is_told_in_arabic(as_role, grounds):
    client = as_role("planner", "ar")
    found = {}
    for kind in Kind:
        answer = client.post(
            f"/data/{kind.value}/upload",
            files={"file": ("ملف.csv", "عمود,آخر\nس,ص\n".encode(), "text/csv")},
            headers=ORIGIN,
        )
        assert answer.status_code == 422
        found[kind] = latin_words(answer.text)
    assert {kind: words for kind, words in found.items() if words} == {}


def test_no_latin_word_stands_on_the_pages_of_a_plan(house, as_role, grounds, solved):
    client = as_role("director", "ar")
    plan_id = house[1].plans.save(*solved, owner="director", title="تجربة").id
    job_id = job_of(ask(client, plan_id, "curve"))
    assert client.get(f"/jobs/{job_id}").status_code == 404
    asked = client.post("/scenarios", data={"title_en": "س", "use_incidents": "on"}, headers=ORIGIN)
    paths = [
        f"/plans/{plan_id}", f"/plans/{plan_id}/explore", f"/plans/{plan_id}/details",
        f"/compare?a={plan_id}", asked.url.path, f"/explorations/{job_id}?plan={plan_id}",
        f"/data/states/{house[1].data_version()}",
    ]  # fmt: skip
    found = {path: latin_words(client.get(path).text) for path in paths}
    finish(house[1], job_id, found_by("curve", *solved))
    found["findings"] = latin_words(client.get(f"/explorations/{job_id}?plan={plan_id}").text)
    assert {path: words for path, words in found.items() if words} == {}
