"""Requests that nobody thought of, against every page, form and download (Schemathesis).

Pages have no description of their own that clients could read: it is made here of the routes.
No answer may be a fault of ours, and each keeps to the headers that every answer has.
"""

import httpx
import pytest
import schemathesis
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error

from service.app import PUBLIC
from service.pages import api_description
from tests.service.fuzz.test_ogc import LONG
from tests.service.web_house import PASSWORD

EXAMPLES = 40 if LONG else 3
DESCRIBED = api_description.document("", "0")["paths"].keys() | {"/tiles/{z}/{x}/{y}"}
HOME = {"sec-fetch-site": "same-origin"}
ENDS_THE_SESSION = {"/logout", "/login", "/account"}
FORM = {
    "type": "object",
    "additionalProperties": {"type": "string", "maxLength": 40},
    "maxProperties": 6,
}


def pages(routes):
    for route in routes:
        if hasattr(route, "original_router"):
            yield from pages(route.original_router.routes)
        elif isinstance(route, APIRoute) and not route.path.startswith("/ogc"):
            yield route


def description(app):
    """OpenAPI of all pages; where a form is read by hand, any form is tried."""
    routes = list(pages(app.routes))
    for route in routes:
        route.include_in_schema = True
    document = get_openapi(title="pages", version="0", routes=routes)
    for path in document["paths"].values():
        if "post" in path:
            forms = {"application/x-www-form-urlencoded": {"schema": FORM}}
            path["post"].setdefault("requestBody", {"content": forms})
    return document


@pytest.fixture(scope="module")
def described(fuzzed):
    return schemathesis.openapi.from_dict(description(fuzzed[0]))


@pytest.fixture(scope="module")
def signed_in(fuzzed):
    """Each role's cookie."""
    found = {}
    for role in ("director", "planner", "viewer", "admin"):
        data = {"name": role, "password": PASSWORD}
        answer = httpx.post(f"{fuzzed[1]}/login", data=data, headers=HOME)
        found[role] = dict(answer.cookies)
    return found


def test_no_page_breaks(fuzzed, described, signed_in):
    operations = [
        one.ok() for one in described.get_all_operations() if one.ok().path not in ENDS_THE_SESSION
    ]
    assert len(operations) > 25
    plan = fuzzed[0].state.house.store.plans.list(limit=1)[0].id
    for operation in operations:
        _try(operation, fuzzed[1], signed_in, plan)


def _try(operation, address, cookies, plan):
    @settings(
        max_examples=EXAMPLES,
        derandomize=not LONG,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), st.sampled_from(sorted(cookies)), st.booleans())
    def once(case, role, there):
        if there and "plan_id" in (case.path_parameters or {}):
            case.path_parameters["plan_id"] = plan
        answer = case.call(
            base_url=address,
            headers=HOME,
            cookies=cookies[role],
            allow_redirects=False,
            timeout=60,
        )
        case.validate_response(answer, checks=[not_a_server_error])
        assert answer.headers["x-content-type-options"] == ["nosniff"]
        assert "content-security-policy" in answer.headers
        if operation.path not in PUBLIC:
            assert answer.status_code < 500
        if answer.status_code == 200 and "text/html" not in answer.headers["content-type"][0]:
            assert operation.path in DESCRIBED, "whatever is no page has a description"

    once()
