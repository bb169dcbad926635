"""Every address that answers GET answers HEAD: same status, same headers, same rights, no body."""

import pytest

from service.auth.roles import Role
from tests.service.auth.house_of_two import ORIGIN
from tests.service.auth.routes import filled, walk
from tests.service.web_house import PASSWORD, TestClient, make_house


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made, store = make_house(tmp_path_factory.mktemp("head"))
    yield made
    store.close()


def reader(app, name):
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    if name:
        client.post("/login", data={"name": name, "password": PASSWORD}, headers=ORIGIN)
    return client


@pytest.mark.parametrize("name", [None, Role.DIRECTOR.value])
def test_head_is_get_without_its_body(app, name):
    client = reader(app, name)
    paths = sorted({filled(one.path) for one in walk(app.routes) if one.method == "GET"})
    found = {}
    for path in [*paths, "/static/css/mizan.css", "/nowhere"]:
        get, head = client.get(path), client.head(path)
        assert head.content == b"", path
        assert (head.status_code, list(head.headers)) == (get.status_code, list(get.headers)), path
        found[path] = head.status_code
    assert found["/healthz"] == found["/about"] == found["/static/css/mizan.css"] == 200
    assert found["/plans"] == found["/export/need.csv"] == (200 if name else 401)
    assert {path for path, status in found.items() if status == 405} == set()


def test_a_right_that_get_lacks_head_lacks(app):
    client = reader(app, Role.VIEWER.value)
    assert client.head("/plans").status_code == client.head("/export/need.csv").status_code == 403


def test_what_answers_no_get_answers_no_head_and_says_what_it_does(app):
    client = reader(app, Role.DIRECTOR.value)
    answer = client.head("/scenarios/estimate")
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (405, b"", "POST")
    assert client.delete("/plans").headers["allow"] == "GET, HEAD"


def test_figures_count_it_as_head_on_its_route(app):
    client = reader(app, Role.DIRECTOR.value)
    client.head("/about")
    told = reader(app, Role.ADMIN.value).get("/metrics").text
    assert 'mizan_requests_total{method="HEAD",route="/about",status="2xx"}' in told
