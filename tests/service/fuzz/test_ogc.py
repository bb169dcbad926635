"""Requests that nobody thought of, against the API's own description (Schemathesis).

No answer may be a fault of ours or contradict the description. The same requests are made each
time; ``MIZAN_FUZZ`` asks for more of them (examples for each operation).
"""

import os
import warnings

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from service.ogc import openapi
from service.ogc.collections import collections
from service.ogc.query import LARGEST_LIMIT
from tests.service.fuzz.conftest import TOKEN

LONG = "MIZAN_FUZZ" in os.environ
EXAMPLES = int(os.environ.get("MIZAN_FUZZ", "6"))
QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
AUTH = ("planner", f"{TOKEN}-planner")
FORGIVEN = [
    # Filters, times and scenarios have a grammar that no schema tells: what fits may be refused.
    checks.positive_data_acceptance,
]


KINDS = ("districts", "offices", "need-subdistricts", "plans")
"""One collection of each kind is enough each time; a long run takes all."""
EVERY = collections()
CHOSEN = list(EVERY.values()) if LONG else [EVERY[one] for one in KINDS]
DOCUMENT = openapi.document("http://localhost/ogc", "0", CHOSEN)
CONFIG = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": LONG}}})
described = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


@described.hook
def filter_case(context, case):
    """Part 1 wants a limit above the greatest taken for the greatest, not refused."""
    limit = str((case.query or {}).get("limit", ""))
    return not (limit.isdigit() and int(limit) > LARGEST_LIMIT)


@described.parametrize()
@QUIET
def test_answers_are_as_described(case, fuzzed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        answer = case.call_and_validate(
            base_url=f"{fuzzed[1]}/ogc", auth=AUTH, excluded_checks=FORGIVEN, timeout=60
        )
    assert answer.headers["x-content-type-options"] == ["nosniff"]
