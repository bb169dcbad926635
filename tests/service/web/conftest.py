import pytest

from geo.places import Level
from optimizer.solve import solve
from tests.optimizer.builders import tiny
from tests.service.web_house import PASSWORD, FakeAtlas, TestClient, make_house, squares

ORIGIN = {"origin": "http://testserver"}
PAGE = {"accept": "text/html"}


@pytest.fixture
def atlas():
    return FakeAtlas()


@pytest.fixture
def house(tmp_path, atlas):
    app, store = make_house(tmp_path, atlas)
    yield app, store
    store.close()


@pytest.fixture
def grounds(house):
    """Boundaries of the made-up governorate: nothing else can be understood before them."""
    from service.imports.run import import_file
    from service.store import Kind

    units = squares(Level.SUBDISTRICT).reset_index()
    units = units[["code", "name_ar", "name_en", "geometry"]]
    file = house[1].home / "squares.geojson"
    file.write_text(units.to_json(), "utf-8")
    import_file(house[1], Kind.BOUNDARIES, file)


@pytest.fixture
def visitor(house):
    """Nobody: a browser that has not signed in."""
    return TestClient(house[0], raise_server_exceptions=False, headers=PAGE)


@pytest.fixture
def as_role(house):
    def sign_in(role, lang="en"):
        client = TestClient(house[0], raise_server_exceptions=False, headers=PAGE)
        client.cookies.set("mizan_lang", lang)
        answer = client.post(
            "/login",
            data={"name": role, "password": PASSWORD},
            headers=ORIGIN,
            follow_redirects=False,
        )
        assert answer.status_code == 303
        return client

    return sign_in


@pytest.fixture(scope="session")
def solved():
    """A tiny problem with its plan; both are frozen."""
    problem = tiny()
    return problem, solve(problem, time_limit_s=30).plan


@pytest.fixture
def plan_id(house, solved):
    """The tiny plan, kept in the house."""
    return house[1].plans.save(*solved, owner="director", title="A try").id
