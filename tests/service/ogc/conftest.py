"""The service on a small made-up governorate, on a loopback port, called with app tokens."""

import socket
import threading
import time

import httpx
import pytest
import uvicorn

from service.auth.accounts import token_hash
from tests.service.web_house import make_house

TOKEN = "an-app-token-of-a-test"


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("ogc"), language="en")
    for role in ("viewer", "planner", "director", "admin"):
        store.accounts.add_token(role, "test", token_hash(f"{TOKEN}-{role}"))
    yield app, store
    store.close()


@pytest.fixture(scope="session")
def address(house):
    """Where the service listens while the tests run."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(house[0], log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture(scope="session")
def client_of(address):
    made = []

    def make(role):
        auth = (role, f"{TOKEN}-{role}")
        client = httpx.Client(base_url=address, auth=auth, timeout=30)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def planner(client_of):
    return client_of("planner")


@pytest.fixture
def items(planner):
    """Items of a collection by query; fails on anything but 200."""

    def get(collection, **query):
        answer = planner.get(
            f"/ogc/collections/{collection}/items",
            params={
                name.replace("_crs", "-crs").replace("_lang", "-lang"): value
                for name, value in query.items()
            },
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get
