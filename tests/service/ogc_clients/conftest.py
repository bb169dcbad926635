"""A governorate wide enough to need pages, served on loopback; what clients ask is written down."""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

import pytest
import shapely
import uvicorn

from geo.places import Level
from service.auth.accounts import token_hash
from tests.service.export.builders import tiny_plan, tiny_problem
from tests.service.web_house import FakeAtlas, make_house

TOKEN = "an-app-token-of-a-test"
WIDE = [(f"W{n:02}", f"قضاء {n}", f"District {n}") for n in range(58)]
WIDE += [("A1", "القرنة", "Al-Qurna"), ("A2", "الفاو", "Al-Faw")]  # of the tiny plan


@dataclass
class WideAtlas(FakeAtlas):
    """Sixty squares, the first of them with an island: two pages and more of every layer."""

    names: list[tuple[str, str, str]] = field(default_factory=lambda: list(WIDE))

    def units(self, level, governorate=None):
        found = super().units(level, governorate)
        if level is not Level.SUBDISTRICT:
            first = found.geometry.iloc[0]
            island = shapely.box(46.0, 31.0, 46.1, 31.1)
            found.loc[found.index[0], "geometry"] = shapely.MultiPolygon([first, island])
        return found


@contextlib.contextmanager
def serving(app, port=0):
    """The address of ``app``, answered by uvicorn on a port that the system chose."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@dataclass
class Town:
    address: str
    app: object
    asked: list[str]
    """Address and query of every request."""

    def truth(self):
        """All features of every collection: their codes and the sum of their areas."""
        from service.auth.accounts import Account
        from service.auth.roles import Role

        shelf = self.app.state.ogc
        account = Account("planner", Role.PLANNER, "")
        found = {}
        for one in shelf.visible(account):
            _key, rows = shelf.rows(one, account)
            area = float(shapely.area(rows.shapes).sum())
            found[one.id] = {"codes": sorted(rows.frame["code"]), "area": area}
        return found


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    app, store = make_house(tmp_path_factory.mktemp("town"), WideAtlas(), language="en")
    store.accounts.add_token("planner", "test", token_hash(TOKEN))
    problem = tiny_problem()
    store.plans.save(problem, tiny_plan(problem), owner="planner", title="A try")
    asked = []

    async def written_down(scope, receive, send):
        if scope["type"] == "http":
            asked.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await app(scope, receive, send)

    with serving(written_down) as address:
        yield Town(address, app, asked)
    store.close()
