"""Answers at hand: the same bytes at once, and gone at once when the store or a right changes."""

import asyncio

import httpx
import pytest

from service.auth.accounts import token_hash
from service.ready import ReadyAnswers
from tests.service.ogc_clients.conftest import serving
from tests.service.web_house import FakeAtlas, make_house

PATH = "/ogc/collections/offices/items"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Counted:
    """An ASGI app that counts how often it is asked."""

    def __init__(self, cache=b"private, no-cache", tag=b'"a"', status=200, wait=None):
        self.asked = 0
        self.headers = [(b"cache-control", cache), (b"etag", tag)]
        self.status = status
        self.wait = wait

    async def __call__(self, scope, receive, send):
        self.asked += 1
        if self.wait:
            await self.wait.wait()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"%d" % self.asked})


def scope(path="/x", method="GET", query=b"", **headers):
    told = {"cookie": "a=b"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": query,
        "headers": [(k.encode(), v.encode()) for k, v in told.items() if v],
    }


async def ask(app, *args, **kwargs):
    sent = []

    async def send(message):
        sent.append(message)

    await app(scope(*args, **kwargs), None, send)
    return sent[1]["body"]


@pytest.fixture
def ready():
    clock, marker, inner = Clock(), [1], Counted()
    return ReadyAnswers(inner, lambda: marker[0], clock=clock), inner, clock, marker


def test_the_same_request_is_answered_once(ready):
    app, inner, _clock, _marker = ready
    assert [asyncio.run(ask(app)) for _ in range(3)] == [b"1"] * 3
    assert inner.asked == 1


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/y"},
        {"query": b"limit=1"},
        {"cookie": "a=c"},
        {"authorization": "Basic x"},
        {"host": "other"},
        {"accept": "text/html"},
        {"accept_encoding": "br"},
        {"if_none_match": '"a"'},
    ],
)
def test_another_request_is_another_answer(ready, other):
    app, inner, _clock, _marker = ready
    asyncio.run(ask(app))
    asyncio.run(ask(app, **other))
    assert inner.asked == 2


@pytest.mark.parametrize("never", [{"cookie": ""}, {"method": "POST"}, {"range": "bytes=0-1"}])
def test_what_is_never_kept(ready, never):
    app, inner, _clock, _marker = ready
    for _ in range(2):
        asyncio.run(ask(app, **never))
    assert inner.asked == 2


@pytest.mark.parametrize(
    "told", [{"cache": b"no-store"}, {"tag": b'W/"a"'}, {"status": 404}, {"status": 500}]
)
def test_only_released_bytes_with_a_strong_tag_are_kept(told):
    inner = Counted(**told)
    app = ReadyAnswers(inner, lambda: 1)
    for _ in range(2):
        asyncio.run(ask(app))
    assert inner.asked == 2


def test_a_write_ends_it_at_once_and_the_clock_within_a_second(ready):
    app, inner, clock, marker = ready
    asyncio.run(ask(app))
    marker[0] = 2
    asyncio.run(ask(app))
    assert inner.asked == 2
    clock.now = 1.0
    asyncio.run(ask(app))
    assert inner.asked == 3


def test_who_comes_at_the_same_moment_waits_for_the_one_who_looks():
    async def crowd():
        inner = Counted(wait=asyncio.Event())
        app = ReadyAnswers(inner, lambda: 1, clock=Clock())
        asked = [asyncio.create_task(ask(app)) for _ in range(20)]
        await asyncio.sleep(0.01)
        inner.wait.set()
        return inner.asked, set(await asyncio.gather(*asked))

    assert asyncio.run(crowd()) == (1, {b"1"})


def test_the_memory_has_a_limit(monkeypatch):
    monkeypatch.setattr("service.ready.MOST", 10)
    inner = Counted()
    app = ReadyAnswers(inner, lambda: 1, clock=Clock())
    for n in range(30):
        asyncio.run(ask(app, path=f"/{n}"))
    assert len(app._kept) == 10
    asyncio.run(ask(app, path="/29"))
    assert inner.asked == 30


@pytest.fixture
def town(tmp_path):
    atlas = FakeAtlas()
    app, store = make_house(tmp_path, atlas, language="en")
    token = store.accounts.add_token("planner", "QGIS", token_hash("secret"))
    with serving(app) as address, httpx.Client(base_url=address, auth=("planner", "secret")) as one:
        yield app, store, one, token
    store.close()


def given(app):
    text = app.state.meter.text().decode()
    lines = [one for one in text.splitlines() if one.startswith("mizan_ready_answers_total")]
    return sum(float(one.rsplit(" ", 1)[1]) for one in lines)


def test_the_service_gives_what_is_at_hand_with_all_its_headers(town, monkeypatch):
    app, _store, client, _token = town
    monkeypatch.setattr("service.ready.KEPT_S", 600)
    first = client.get(PATH)
    again = [client.get(PATH) for _ in range(3)]
    assert given(app) >= 2  # the first ask notes the token's use, which is a write
    for one in again:
        assert one.content == first.content
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["cache-control"] == "private, no-cache"
        assert one.headers["etag"] == first.headers["etag"]


def test_a_revoked_token_is_out_with_the_very_next_request(town, monkeypatch):
    _app, store, client, token = town
    monkeypatch.setattr("service.ready.KEPT_S", 600)
    for _ in range(3):
        assert client.get(PATH).status_code == 200
    store.accounts.revoke_token(token.id)
    assert client.get(PATH).status_code == 401


def test_a_write_of_another_process_ends_it_too(town, monkeypatch):
    import sqlite3

    _app, store, client, _token = town
    monkeypatch.setattr("service.ready.KEPT_S", 600)
    for _ in range(3):
        assert client.get(PATH).status_code == 200
    other = sqlite3.connect(store.url.database)
    other.execute("UPDATE account SET active = 0 WHERE name = 'planner'")
    other.commit()
    other.close()
    assert client.get(PATH).status_code == 401
