"""Numbers in addresses that no row can have are refused, and are no fault of ours."""

import pytest

from tests.service.web.conftest import ORIGIN

HUGE = "9" * 30
TIMES = {"get": {}, "post": {"headers": ORIGIN}}


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("director", "get", "/access/log?before={n}"),
        ("viewer", "get", "/data/states?before={n}"),
        ("planner", "get", "/data/forms/offices?kept={n}"),
        ("planner", "post", "/data/versions/{n}/undo"),
        ("planner", "post", "/access/glass/{n}/close"),
        ("planner", "post", "/access/export/{n}/decide"),
        ("planner", "post", "/account/tokens/{n}/revoke"),
        ("viewer", "post", "/weights/{n}/delete"),
        ("viewer", "get", "/data/states?q=9999-12-31"),
    ],
)
def test_a_number_that_no_row_has(as_role, role, method, path):
    client = as_role(role)
    answer = client.request(method, path.format(n=HUGE), **TIMES[method])
    assert answer.status_code in {200, 404, 422}
