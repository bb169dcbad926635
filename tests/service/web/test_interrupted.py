"""A session that ends in the middle of a form costs a sign-in, and nothing that was typed."""

import html
import re

import pytest

from service.deps import SESSION_COOKIE
from tests.service.web.conftest import ORIGIN
from tests.service.web_house import PASSWORD

REASON = "تهديد لحياة شخص\n<script>window.ran=1</script> \"'&"


@pytest.fixture
def ended(as_role):
    client = as_role("planner")
    client.cookies.delete(SESSION_COOKIE)
    client.headers["origin"] = ORIGIN["origin"]
    client.follow_redirects = False
    return client


def hidden(text):
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text, re.DOTALL)
    return [(name, html.unescape(value)) for name, value in fields]


def test_what_was_typed_goes_through_the_sign_in_and_is_sent_by_a_click(ended, house):
    sent = {"reason": REASON, "hours": "2", "kinds": ["a", "b"]}
    asked = ended.post("/access/glass", data=sent)
    assert asked.status_code == 401
    assert "<script>window" not in asked.text
    carried = dict(hidden(asked.text))
    wrong = ended.post("/login", data=carried | {"name": "planner", "password": "wrong"})
    assert wrong.status_code == 401
    carried = dict(hidden(wrong.text))
    back = ended.post("/login", data=carried | {"name": "planner", "password": PASSWORD})
    assert back.status_code == 200
    assert 'action="/access/glass"' in back.text
    fields = hidden(back.text)
    assert fields == [("reason", REASON), ("hours", "2"), ("kinds", "a"), ("kinds", "b")]
    assert house[1].grants.list() == []
    assert ended.post("/access/glass", data=dict(fields)).status_code == 303
    assert house[1].grants.list()[0].reason == REASON.strip()


def test_no_password_and_no_file_is_carried(ended):
    secrets = {"old": PASSWORD, "new": "another long sentence", "again": "another long sentence"}
    for answer in (
        ended.post("/account", data=secrets, headers={"referer": "http://testserver/account"}),
        ended.post("/data/staff/upload", files={"file": ("a.csv", b"a,b\n", "text/csv")}),
    ):
        assert answer.status_code == 303
        assert PASSWORD not in answer.text
    assert ended.post("/logout").headers["location"] == "/login?next=/"


def test_the_sign_in_leads_back_to_the_page_that_the_form_stands_on(ended):
    for referer, location in (
        ("http://testserver/data?kind=staff", "/login?next=/data%3Fkind%3Dstaff"),
        ("http://elsewhere.example/data", "/login?next=/"),
    ):
        answer = ended.post("/logout", headers={"referer": referer})
        assert answer.headers["location"] == location


@pytest.mark.parametrize(
    "typed", ["", "{", "[1]", '[["a"]]', '[["a",1]]', '{"a":"b"}', "[[[],[]]]"]
)
def test_what_we_did_not_write_is_not_carried_on(ended, typed):
    told = {"name": "planner", "password": PASSWORD, "to": "//elsewhere.example", "typed": typed}
    assert ended.post("/login", data=told).status_code == 303


def test_a_form_is_sent_to_our_own_pages_only_and_from_them_only(ended):
    told = {"name": "planner", "password": PASSWORD, "typed": '[["a","b"]]'}
    answer = ended.post("/login", data=told | {"to": "//elsewhere.example"})
    assert 'action="/"' in answer.text
    ended.cookies.delete(SESSION_COOKIE)
    ended.headers["origin"] = "http://elsewhere.example"
    assert ended.post("/access/glass", data={"reason": REASON}).status_code == 403


def test_a_part_of_a_page_leads_to_the_sign_in(ended):
    answer = ended.post("/scenarios/estimate", data={"a": "b"}, headers={"hx-request": "true"})
    assert answer.status_code == 204
    assert answer.headers["hx-redirect"].startswith("/login")
