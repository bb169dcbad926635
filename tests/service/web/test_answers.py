"""Errors, headers, limits: what every answer keeps to."""

import errno
import math

import pytest

from geo.checks import Fault, FaultsError
from service.errors import BROKEN, FULL, TABLE, UNAVAILABLE, ConflictError, answer_to
from service.security import MAP_POLICY
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import TestClient, make_house

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/login", "/about", "/healthz", "/readyz", "/static/css/mizan.css", "/nowhere"]
)
def test_security_headers_stand_on_every_answer(visitor, path):
    answer = visitor.get(path)
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_page_loads_scripts_from_us_only_and_is_kept_by_nobody(visitor):
    answer = visitor.get("/login")
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_map_has_no_origin_and_may_connect_nowhere(as_role):
    answer = as_role("viewer").get("/map")
    assert answer.headers["content-security-policy"] == MAP_POLICY
    assert "allow-same-origin" not in MAP_POLICY
    assert "connect-src 'none'" in MAP_POLICY


def test_a_fault_of_ours_gets_a_number_and_tells_nothing(house, as_role, monkeypatch):
    client = as_role("director")
    monkeypatch.setattr(
        type(house[1].plans),
        "list",
        lambda self, **k: (_ for _ in ()).throw(RuntimeError("secret")),
    )
    answer = client.get("/plans")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert BROKEN.title in answer.text
    for name, value in ALWAYS.items():
        assert answer.headers[name] == value


def test_a_422_does_not_repeat_what_was_sent(visitor):
    data = {"name": "x" * 90 + "<script>", "password": "p"}
    answer = visitor.post("/login", data=data, headers=ORIGIN)
    assert answer.status_code == 422
    assert "xxx" not in answer.text
    as_json = visitor.post("/login", data=data, headers=ORIGIN | {"accept": "application/json"})
    assert "xxx" not in as_json.text


@pytest.mark.parametrize("is_counted", [True, False], ids=["told length", "in chunks"])
def test_a_body_over_the_limit_is_refused_with_a_page_of_ours(tmp_path, is_counted):
    app, store = make_house(tmp_path, body_limit_mb=0.01)
    client = TestClient(app, raise_server_exceptions=False)
    body = b"a=" + b"x" * 20_000
    kind = {"content-type": "application/x-www-form-urlencoded"}
    for accept, said in (("text/html", "الحجم كبير جداً"), ("*/*", '"status":413')):
        answer = client.post(
            "/login",
            content=body if is_counted else iter([body[:9_000], body[9_000:]]),
            headers=ORIGIN | kind | {"accept": accept},
        )
        assert answer.status_code == 413
        assert said in answer.text
        assert "Content Too Large" not in answer.text
    store.close()


def test_a_405_names_every_method_of_the_address(visitor):
    answer = visitor.put("/login")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_errors_are_told_in_the_readers_language(visitor, lang):
    answer = visitor.get(f"/nowhere?lang={lang}")
    assert answer.status_code == 404
    assert ("هذه الصفحة غير موجودة" in answer.text) == (lang == "ar")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_a_link_in_a_language_leads_to_the_sign_in_of_that_language(visitor, lang):
    answer = visitor.get(f"/?lang={lang}", headers={"accept": "text/html"})
    assert answer.url.path == "/login"
    assert f'<html lang="{lang}"' in answer.text


def test_the_table_names_statuses():
    assert answer_to(ConflictError()).status == 409
    assert answer_to(FaultsError([Fault("a", "b")])).status == 422
    assert answer_to(OSError(errno.ENOSPC, "full")) is FULL
    assert answer_to(OSError(errno.EIO, "io")) is BROKEN
    assert answer_to(ZeroDivisionError()) is BROKEN
    assert UNAVAILABLE.status == 503
    assert all(400 <= answer.status < 600 for answer in TABLE.values())


def test_no_json_with_nan_leaves():
    from fastapi.responses import JSONResponse

    with pytest.raises(ValueError, match="JSON"):
        JSONResponse({"x": math.nan})


def test_ready_says_when_the_store_is_gone(house, visitor, monkeypatch):
    from service.store.errors import BusyStoreError

    def gone(self):
        raise BusyStoreError

    assert visitor.get("/readyz").json() == {"status": "ok"}
    monkeypatch.setattr(type(house[1]), "data_version", gone)
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert visitor.get("/healthz").status_code == 200


def test_a_word_where_a_number_belongs_is_told_in_words(as_role):
    answer = as_role("director", "ar").get("/access/log?before=abc")
    assert answer.status_code == 422
    assert "يجب أن يكون عدداً صحيحاً" in answer.text
    assert "int_parsing" not in answer.text
    assert "abc" not in answer.text.partition("<main")[2]
