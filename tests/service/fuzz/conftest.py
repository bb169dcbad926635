"""The API on loopback, with every role's app token, for a tester that invents requests."""

import pytest

from service.auth.accounts import token_hash
from tests.service.export.builders import tiny_plan, tiny_problem
from tests.service.ogc_clients.conftest import serving
from tests.service.web_house import make_house

TOKEN = "an-app-token-of-a-test"
PATIENT = 10_000
"""Wrong tokens in a minute: the tester sends many, and its right ones shall be looked at."""


@pytest.fixture(scope="session")
def fuzzed(tmp_path_factory):
    """App and address; one plan is there."""
    app, store = make_house(
        tmp_path_factory.mktemp("fuzz"), language="en", sign_in_failures_per_min=PATIENT
    )
    for role in ("viewer", "planner", "director", "admin"):
        store.accounts.add_token(role, "test", token_hash(f"{TOKEN}-{role}"))
    problem = tiny_problem()
    store.plans.save(problem, tiny_plan(problem), owner="planner", title="A try")
    with serving(app) as address:
        yield app, address
    store.close()
