"""A minute a week counts: hours of a plan are fine enough for the share of any area."""

import pytest

from optimizer import extract
from optimizer.audit import audit
from optimizer.milp import BrokenSolverError
from optimizer.plan import Status
from optimizer.solve import solve
from tests.optimizer.builders import WOMAN, W, demand, staff, tiny, way

# Two women can't serve both areas; fairness gives the minute of A1 an odd share.
MINUTE = tiny(
    staff=(staff("O1", W, WOMAN, 2),),
    demand=(demand("A1", W, 0.0171717, 0.0171717), demand("A2", W, 97.0, 97.0)),
    travel=(way("A1", "O1", 17), way("A2", "O1", 23)),
)


def test_an_area_that_asks_for_a_minute_gets_its_share_with_proof(milp):
    outcome = solve(MINUTE, milp=milp)
    assert outcome.status is Status.PROVEN
    assert {f.area for f in outcome.plan.flows} == {"A1", "A2"}
    assert audit(MINUTE, outcome.plan).passed


def test_hours_in_steps_of_a_millionth_would_not_do(milp, monkeypatch):
    monkeypatch.setattr(extract, "HOUR_STEP", 1e-6)
    with pytest.raises(BrokenSolverError):
        solve(MINUTE, milp=milp)
