"""A director approves or rejects; a planner reads what was decided."""

import pytest

from tests.service.web.conftest import ORIGIN


def decide(client, plan_id, **typed):
    return client.post(
        f"/plans/{plan_id}/decision", data=typed, headers=ORIGIN, follow_redirects=False
    )


def test_a_director_decides_and_everybody_reads_it(house, as_role, plan_id):
    director = as_role("director")
    answer = decide(director, plan_id, decision="approve", reason="<b>Fair</b> to the villages")
    assert answer.status_code == 303
    for role in ("director", "planner"):
        text = as_role(role).get(f"/plans/{plan_id}").text
        assert "&lt;b&gt;Fair&lt;/b&gt; to the villages" in text
    assert "approved" in director.get("/plans").text
    again = decide(director, plan_id, decision="reject", reason="Too late")
    assert again.status_code == 409  # the form had not seen the first decision
    assert "Somebody else decided meanwhile" in again.text
    assert house[1].decisions.of(plan_id)[0].approved


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"decision": "approve", "reason": "  "}, "Say why"),
        ({"decision": "perhaps", "reason": "x"}, "Choose: approve or reject"),
    ],
)
def test_what_is_missing_is_told_at_its_field(house, as_role, plan_id, typed, word):
    answer = decide(as_role("director"), plan_id, **typed)
    assert answer.status_code == 422
    assert word in answer.text
    assert house[1].decisions.of(plan_id) == []


def test_only_a_director_decides(house, as_role, plan_id):
    for role in ("viewer", "planner", "admin"):
        answer = decide(as_role(role), plan_id, decision="approve", reason="x")
        assert answer.status_code == 403
    assert "/decision" not in as_role("planner").get(f"/plans/{plan_id}").text
    assert decide(as_role("director"), "none", decision="approve", reason="x").status_code == 404
    assert house[1].decisions.of(plan_id) == []
