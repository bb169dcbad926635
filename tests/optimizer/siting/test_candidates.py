import numpy as np
import pytest

from optimizer.siting import SitingFaultsError, solve_pmedian
from optimizer.siting.candidates import Spot, make_instance, propose_sites, travel_matrix

NAN = np.nan
# Five areas, four sites; site 0 is the office of today, area 4 is reached by nobody.
TRAVEL = np.array(
    [[5, 20, 60, 80], [20, 5, 60, 80], [60, 60, 5, 20], [80, 80, 20, 5], [NAN, NAN, NAN, NAN]]
)


def spot(code, weight=1.0):
    return Spot(code=code, lon=47.8, lat=30.5, weight=weight)


def test_instance_from_settlements():
    areas = [spot(f"a{k}", weight=k + 1.0) for k in range(5)]
    sites = [spot(f"s{k}", weight=0.0) for k in range(4)]
    instance = make_instance(areas, sites, TRAVEL, 2, existing=["s0"], forbidden=["s1"])
    result = solve_pmedian(instance)
    assert result.is_proven
    assert result.open_sites == ("s0", "s3")
    assert result.out_of_reach == ("a4",)
    assert result.value == 1 * 5 + 2 * 20 + 3 * 20 + 4 * 5


def test_unknown_codes_are_told_together():
    with pytest.raises(SitingFaultsError) as caught:
        make_instance([spot("a")], [spot("s")], [[1.0]], 1, existing=["x"], forbidden=["y"])
    assert len(caught.value.faults) == 2


def test_travel_table_to_matrix():
    table = travel_matrix(["a", "b"], ["s"], {("a", "s"): 3.0})
    assert table[0, 0] == 3.0
    assert np.isnan(table[1, 0])


def test_proposal_keeps_offices_and_ranks_new_ones():
    weights = [10, 1, 1, 50, 5]
    proposal = propose_sites(TRAVEL, weights, existing=[0], p=3)
    assert proposal.sites[0] == 3  # the far town gains most
    assert set(proposal.sites) == {1, 3} or set(proposal.sites) == {2, 3}
    assert proposal.mean_min < proposal.before_min
    assert proposal.result.is_proven
    assert proposal.result.out_of_reach == ("5",)


def test_proposal_with_no_office_today():
    proposal = propose_sites(TRAVEL, np.ones(5), existing=[], p=1)
    assert proposal.before_min is None
    assert len(proposal.sites) == 1
