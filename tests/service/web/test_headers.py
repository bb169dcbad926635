"""Every route there is, with every method, by every role and by nobody: the headers stand on each
answer, and no answer is stored by anybody but its reader.
"""

import base64
import re

import pytest

from service.auth.accounts import token_hash
from service.auth.roles import Role
from tests.service.auth.routes import FILLED, walk
from tests.service.web_house import TestClient, make_house

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
SECRET = "an-app-token-of-the-walk"


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("walked"), sign_in_failures_per_min=10_000)
    for role in Role:
        store.accounts.add_token(role.value, "walk", token_hash(f"{SECRET}-{role.value}"))
    paths = sorted({one.path for one in walk(app.routes)})
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client, [filled(path) for path in paths]
    store.close()


def filled(path):
    """The path with something in each place that is of its kind."""
    for place, value in FILLED.items():
        path = path.replace(place, value)
    return re.sub(r"{[^}]*}", "none", path)


def told(role):
    if role is None:
        return {}
    pair = base64.b64encode(f"{role.value}:{SECRET}-{role.value}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


@pytest.mark.parametrize("role", [None, *Role])
def test_headers_stand_on_every_answer_of_every_route(walked, role):
    client, paths = walked
    assert len(paths) > 50
    for path in paths:
        for method in METHODS:
            answer = client.request(method, path, headers=told(role), follow_redirects=False)
            where = (method, path, answer.status_code)
            assert answer.status_code < 500, where
            for name, value in ALWAYS.items():
                assert answer.headers.get(name) == value, (*where, name)
            policy = answer.headers.get("content-security-policy", "")
            assert "default-src 'none'" in policy, where
            assert "frame-ancestors" in policy, where
            caching = answer.headers.get("cache-control", "")
            assert "no-store" in caching or "private" in caching or path.startswith(OPEN), where


OPEN = ("/static", "/tiles")
"""Files of the program and the ground of the map: the same for everybody."""
