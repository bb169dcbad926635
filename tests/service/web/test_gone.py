"""A client that goes away in the middle of what it sends is no fault of ours on any route."""

import asyncio

import pytest

from service import errors
from tests.service.auth.routes import filled, walk
from tests.service.web.conftest import ORIGIN

SENT = {
    "application/x-www-form-urlencoded": b"title_en=a",
    "multipart/form-data; boundary=b": b'--b\r\nContent-Disposition: form-data; name="file"',
    "application/json": b'{"inputs":',
}


def leave(app, method, path, kind, cookie):
    """Send the half of a body, then be gone; what was answered all the same."""
    said = [
        {"type": "http.request", "body": SENT[kind], "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered = []

    async def receive():
        return said.pop(0) if len(said) > 1 else said[0]

    async def send(message):
        answered.append(message)

    headers = {"host": "testserver", "content-type": kind, "cookie": cookie, **ORIGIN}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    asyncio.run(app(scope, receive, send))
    return [one["status"] for one in answered if one["type"] == "http.response.start"]


@pytest.mark.parametrize("kind", sorted(SENT))
def test_nothing_is_logged_as_broken(house, as_role, monkeypatch, kind):
    told = []
    monkeypatch.setattr(errors.log, "error", lambda *_, **more: told.append(more["exc_info"]))
    reached = set()
    for role in ("planner", "director", "admin"):
        client = as_role(role)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        for one in walk(house[0].routes):
            if one.method not in {"POST", "PUT", "PATCH"} or one.path in {"/login", "/logout"}:
                continue
            for status in leave(house[0], one.method, filled(one.path), kind, cookie):
                assert status < 500, one.name
                reached |= {one.path} if status == 400 else set()
    assert told == []
    if kind == "application/x-www-form-urlencoded":
        assert "/scenarios/estimate" in reached
