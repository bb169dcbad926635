"""What whoever runs the machine relies on: headers everywhere, figures without data, plain logs."""

import base64
import json
import logging

import pytest
import structlog

from service.auth.accounts import token_hash
from service.logs import Lines, configure_logs, traced
from service.metrics import Meter
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import TestClient, make_house

ALWAYS = ("x-content-type-options", "referrer-policy", "permissions-policy")
SECRET = "an-app-token-of-the-machine"


def basic(name, secret=SECRET):
    told = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return {"authorization": f"Basic {told}"}


@pytest.fixture(scope="module")
def operated(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("operated"), body_limit_mb=0.01)
    for role in ("admin", "planner"):
        store.accounts.add_token(role, "prometheus", token_hash(f"{SECRET}-{role}"))
    yield app, store, TestClient(app, raise_server_exceptions=False)
    store.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/static/nowhere.js", 404),
        ("GET", "/static/css/mizan.css", 200),
        ("HEAD", "/static/css/mizan.css", 200),
        ("PUT", "/login", 405),
        ("POST", "/login", 413),
        ("POST", "/login/", 413),
        ("GET", "/login/", 307),
        ("GET", "/ogc", 401),
        ("GET", "/ogc/collections/offices/items", 401),
        ("GET", "/metrics", 401),
        ("OPTIONS", "/", 405),
    ],
)
def test_headers_stand_on_every_answer(operated, method, path, status):
    content = b"x" * 20_000 if method == "POST" else b""
    answer = operated[2].request(
        method, path, content=content, headers=ORIGIN | {"accept": "*/*"}, follow_redirects=False
    )
    assert answer.status_code == status
    for name in ALWAYS:
        assert name in answer.headers, name
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "cache-control" in answer.headers


def test_a_fault_of_ours_has_them_too_and_reaches_no_log_with_its_values(
    operated, monkeypatch, capsys
):
    _app, store, client = operated

    def broken(*_args, **_kwargs):
        raise RuntimeError("the secret of Umm Qasr")

    monkeypatch.setattr(type(store.plans), "list", broken)
    answer = client.get(
        "/ogc/collections/plans/items", headers=basic("planner", f"{SECRET}-planner")
    )
    assert answer.status_code == 500
    for name in ALWAYS:
        assert name in answer.headers
    said = capsys.readouterr()
    assert "Umm Qasr" not in said.out + said.err + answer.text
    line = json.loads((said.out + said.err).splitlines()[-1])
    assert line["number"] == answer.json()["number"]
    assert line["error"][0] == "builtins.RuntimeError"
    assert any("test_operations.py" in place for place in line["trace"])


def test_figures_are_for_who_runs_the_machine(operated):
    client = operated[2]
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics").headers["www-authenticate"].startswith("Basic")
    refused = client.get("/metrics", headers=basic("planner", f"{SECRET}-planner"))
    assert refused.status_code == 403
    answer = client.get("/metrics", headers=basic("admin", f"{SECRET}-admin"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"


def test_figures_name_routes_and_states_and_nobody(operated):
    client = operated[2]
    client.get("/plans/abc123")
    client.get("/a-secret-place?name=somebody")
    client.request("BREW", "/plans")
    client.get(
        "/ogc/collections/need-districts/items?filter=value>3",
        headers=basic("planner", f"{SECRET}-planner"),
    )
    text = client.get("/metrics", headers=basic("admin", f"{SECRET}-admin")).text
    assert 'route="/plans/{plan_id}"' in text
    assert 'route="/ogc/collections/{name}/items"' in text
    assert 'mizan_jobs{state="accepted"} 0.0' in text
    assert 'method="other"' in text
    for word in ("abc123", "secret", "somebody", "planner", "need-districts", "value>3", "BREW"):
        assert word not in text, word


def test_figures_tell_where_jobs_are_solved():
    place = ["cluster"]
    meter = Meter(dict, lambda: place[0])
    assert b'mizan_solvers{place="cluster"} 1.0' in meter.text()
    place[0] = "beside"
    text = meter.text()
    assert b'mizan_solvers{place="beside"} 1.0' in text
    assert b'mizan_solvers{place="cluster"} 0.0' in text


def test_figures_say_when_the_store_is_away(operated, monkeypatch):
    from service.store.errors import BusyStoreError

    _app, store, client = operated
    told = basic("admin", f"{SECRET}-admin")

    def away(*_args):
        raise BusyStoreError

    assert client.get("/metrics", headers=told).status_code == 200
    monkeypatch.setattr(type(store.accounts), "token", away)
    answer = client.get("/metrics", headers=told)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_log_line_tells_places_and_kinds_not_values(capsys):
    configure_logs("info")
    try:
        int("a figure of a case")
    except ValueError:
        structlog.get_logger("t").exception("broken", action="try")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["error"] == ["builtins.ValueError"]
    assert line["action"] == "try"
    assert "figure" not in json.dumps(line)


def test_the_servers_own_lines_are_of_the_same_form():
    def fails():
        try:
            {}["a name"]
        except KeyError as cause:
            raise OSError("another") from cause

    try:
        fails()
    except OSError as error:
        told = traced(error)
        record = logging.LogRecord(
            "uvicorn", 40, "", 1, "it %s", ("broke",), (OSError, error, error.__traceback__)
        )
    line = json.loads(Lines().format(record))
    assert line["event"] == "it broke"
    assert line["error"] == told["error"] == ["builtins.OSError", "builtins.KeyError"]
    assert "name" not in str(told["error"])
    assert "another" not in json.dumps(line)
