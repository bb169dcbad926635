"""Every route, asked of two services that differ by hidden incidents, alike to the byte.

Status, headers (ETag, length, order), body; figures, colours, order of tables, plans, jobs, files,
errors. For everybody who is not told exact figures; whoever is cleared sees the difference.
"""

import re
from datetime import date
from inspect import signature

import pytest

from geo.incidents import SEVERE
from geo.layers import LayerCode
from service.auth.roles import MATRIX, Right, Role
from tests.service.auth.routes import filled
from tests.service.auth.test_matrix import told_routes
from tests.service.auth.twin_towns import (
    CONFINED,
    ORIGIN,
    Hidden,
    TwinTown,
    exact_counts,
    hidden_place,
    no_lots,
)

LAYERS = [one.value for one in LayerCode]
SEVERE_ONE = "domestic_violence"
PERIODS = ["2024-01-01/2025-01-01", "2023-01-01/2024-01-01", "2024-12-01/2025-01-01", "2021"]
_GPKG_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """The demo; and the demo with four hidden cases more, two of them beyond all others' days."""
    folder = tmp_path_factory.mktemp("twins")
    plain = TwinTown(folder / "plain", [])
    severe = hidden_place(plain.book, SEVERE_ONE, date(2024, 12, 31))
    more = [
        severe,
        hidden_place(plain.book, "drug_abuse", date(2024, 12, 3)),
        Hidden(date(2025, 2, 10), "electronic_extortion", severe.lon, severe.lat),
        Hidden(date(2021, 5, 5), "child_abuse", severe.lon, severe.lat),
    ]
    found = [plain, TwinTown(folder / "more", more, plan_of=plain)]
    yield found
    for town in found:
        town.store.close()


def ask(town, client, method, path, **sent):
    """All that somebody is told: status, headers in their order, body."""
    with no_lots(town.next_request()):
        answer = client.request(method, path, headers=ORIGIN, **sent)
    body, headers = answer.content, answer.headers.multi_items()
    if "geopackage" in answer.headers.get("content-type", ""):
        body = _GPKG_MOMENT.sub(b"", body)  # written by SQLite's clock
    if path == "/metrics":
        body = re.sub(rb"[\d.e+-]+$", b"", body, flags=re.MULTILINE)  # seconds of now
    if body != answer.content:
        headers = [one for one in headers if one[0] != "content-length"]
    return answer.status_code, headers, body


def differing(towns, who, requests):
    """Requests that are not answered alike; each is asked of every town in the same order."""
    clients = [town.client(who) for town in towns]
    wrong = []
    for method, path, sent in requests:
        told = [ask(t, c, method, path, **sent) for t, c in zip(towns, clients, strict=True)]
        if any(one != told[0] for one in told[1:]):
            wrong.append((method, path))
        assert told[0][0] != 500, (method, path)
    return wrong


def get(*paths):
    return [("GET", path, {}) for path in paths]


def map_requests():
    found = get("/?q=basra", "/map", "/map/find?q=zubair", "/?governorate=all", "/?sort=value")
    for layer in LAYERS:
        found += get(f"/?layer={layer}", f"/map?layer={layer}&level=subdistrict")
    for category in (*sorted(SEVERE), "severe", "drug_abuse"):
        query = f"layer=incident_rate&level=subdistrict&category={category}"
        found += get(*(f"/?{query}&period={period}" for period in PERIODS[:2]))
    for window, category in (("month", "drug_abuse"), ("month", SEVERE_ONE)):
        query = f"layer=incident_rate&window={window}&category={category}"
        found += get(f"/?{query}&period=2024-12-01/2025-01-01", f"/map?{query}")
    found += get(
        "/?layer=incident_density&level=cell",
        "/?layer=need&area=IQG02Q05&w_incidents=80&w_severe=20",
        f"/?layer=incident_rate&area=IQG02Q02&category={SEVERE_ONE}",
        "/?layer=incident_rate&level=subdistrict&area=IQG02Q05N01",
        "/?layer=hotspots&level=subdistrict&area=IQG02Q05N01",
        "/?lang=ar&layer=need&level=subdistrict",
    )
    return found


def file_requests():
    found = []
    for layer in LAYERS:
        found += get(*(f"/export/{layer}.csv?level={level}" for level in ("district", "cell")))
        found += get(
            f"/export/{layer}.geojson?level=subdistrict",
            f"/export/{layer}.csv?level=subdistrict&category={SEVERE_ONE}&window=month",
        )
    for ending in ("xlsx", "gpkg", "parquet", "pdf"):
        found += get(f"/export/incident_rate.{ending}?level=subdistrict&category={SEVERE_ONE}")
    for period in PERIODS:
        found += get(f"/export/incident_rate.csv?category={SEVERE_ONE}&period={period}")
    return found


def program_requests(town):
    found = get("/ogc", "/ogc/api", "/ogc/conformance", "/ogc/collections", "/ogc/processes")
    for one in town.app.state.ogc.collections:
        base = f"/ogc/collections/{one}"
        found += get(base, f"{base}/schema", f"{base}/queryables", f"{base}/items?limit=500&f=json")
        found += get(
            f"{base}/items?f=html&limit=20", f"{base}/items?filter=value%20%3E%2010&f=json"
        )
    found += get(
        "/ogc/collections/need-districts/items?filter=value%20%3E%205&f=json",
        "/ogc/collections/need-districts/schema",
        "/ogc/collections/need-districts/queryables",
        "/ogc/collections/need-districts/items/IQG02Q05.20240101?f=json",
        "/ogc/collections/need-districts/items?datetime=2021-01-01/..&f=json",
        f"/ogc/jobs/{town.job_id}?f=json",
        f"/ogc/jobs/{town.done_id}/results?f=json",
        f"/ogc/jobs/{town.done_id}/results?f=html",
        "/ogc/jobs?f=json",
    )
    return found


def plan_requests(town):
    plan = f"/plans/{town.plan_id}"
    found = get("/plans", plan, f"/jobs/{town.job_id}", f"/jobs/{town.done_id}", "/scenarios")
    found += get(*(f"{plan}/{part}" for part in PLAN_PARTS))
    found += get(f"{plan}?colour=need", f"{plan}/report.pdf?lang=ar", f"/compare?a={town.plan_id}")
    for preset in ("today", "ten-women", "fourth-office", "clan-qurna", "bridge-closed"):
        found += get(f"/scenarios?preset={preset}")
    form = {"title": "T", "women_new": "4", "horizon_year": "2028"}
    found.append(("POST", "/scenarios/estimate", {"data": form}))
    found.append(("POST", "/scenarios/estimate", {"data": {"horizon_year": "x"}}))
    found.append(("POST", "/scenarios", {"data": form}))
    return found


def paper_requests():
    """The same figures laid side by side, drawn and printed."""
    severe = f"layer=incident_rate&level=subdistrict&category={SEVERE_ONE}"
    queries = (severe, "layer=need&level=district", f"{severe}&by=period&show=difference")
    found = get("/map/compare?by=layer", "/map/compare/frame?by=period&show=swipe")
    for query in queries:
        for path in ("/map/compare", "/map/compare/frame", "/map.svg", "/map/print"):
            found += get(f"{path}?{query}")
    return found


def past_requests(town):
    """Past states of the data, which only somebody who reads their list finds."""
    found = get("/data", "/data/states")
    versions = list(dict.fromkeys(one.version for one in town.store.states.list(50)))
    for version in versions[:3]:
        base, query = f"/data/states/{version}", "layer=incident_rate&level=subdistrict"
        found += get(base, f"{base}/map?{query}", f"{base}/map?{query}&category={SEVERE_ONE}")
        found += get(f"/export/incident_rate.csv?{query}&as_of={version}")
    return found + get("/export/need.csv?level=district&as_of=2026-03-01")


PLAN_PARTS = (
    "map", "map.html", "explore", "plan.geojson", "plan.json", "plan.xlsx", "problem.json",
    "report.pdf", "letter.pdf", "details", "roster",
)  # fmt: skip


def other_requests(town):
    """Every route that the document names, at an address of nothing or of the plan and the job."""
    found = []
    for route in told_routes():
        method, _, path = route.partition(" ")
        if path in {"/logout", "/readyz"}:
            continue
        real = path.replace("{plan_id}", town.plan_id).replace("{job_id}", town.job_id)
        found.append((method, filled(real), {}))
    return found


def test_the_towns_differ_in_what_is_hidden(towns):
    counts = [exact_counts(town) for town in towns]
    assert [int(count.sum()) for count in counts] == [5979, 5983]


def test_what_a_plan_is_made_of_is_alike(towns):
    texts = {town.problem.model_dump_json() for town in towns}
    assert len(texts) == 1
    assert len({town.plan_id for town in towns}) == 1


@pytest.mark.parametrize(
    "requests",
    [map_requests, file_requests, paper_requests, past_requests, program_requests, plan_requests,
     other_requests],
)  # fmt: skip
def test_every_route_answers_a_director_without_clearance_alike(towns, requests):
    asked = requests(towns[0]) if signature(requests).parameters else requests()
    assert differing(towns, "director", asked) == []


@pytest.mark.parametrize("who", ["viewer", "planner", "admin", CONFINED])
def test_every_route_answers_every_other_role_alike(towns, who):
    asked = other_requests(towns[0])
    if who == CONFINED or Right.SEE_MAP in MATRIX[Role(who)]:
        asked += map_requests()[::7] + program_requests(towns[0])[::11]
    assert differing(towns, who, asked) == []


def test_whoever_is_cleared_sees_the_difference(towns):
    """Else the tests above could not fail."""
    path = "/?layer=incident_rate&category=domestic_violence&level=subdistrict"
    assert differing(towns, "cleared", get(path)) == [("GET", path)]
