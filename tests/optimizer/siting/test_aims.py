"""New sites for each question, held against all choices that there are."""

from itertools import combinations

import numpy as np
import pytest

from optimizer.plan import Status
from optimizer.siting import SitingFaultsError
from optimizer.siting.aims import Aim, SitingKind, measured
from optimizer.siting.candidates import propose_sites
from optimizer.siting.instance import Instance
from service.commands.bench import SitingModel

AIMS = [
    Aim(),
    Aim(SitingKind.CENTER),
    Aim(SitingKind.COVERING, radius_min=25.0),
    Aim(SitingKind.BACKUP, radius_min=40.0),
]
EXISTING = [0]


@pytest.fixture
def town():
    """Minutes of nine areas to seven sites; the last area is reached from nowhere."""
    random = np.random.default_rng(7)
    areas, sites = random.uniform(0, 60, (9, 2)), random.uniform(0, 60, (7, 2))
    minutes = np.hypot(*(areas[:, None] - sites[None]).transpose(2, 0, 1)).round(1)
    minutes[8] = np.nan
    return minutes, random.integers(1, 40, 9).astype(float)


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.kind.value)
def test_no_choice_answers_the_question_better(town, aim):
    minutes, hours = town
    found = propose_sites(minutes, hours, EXISTING, 3, aim=aim)
    instance = Instance(minutes, 3, weight=hours)
    all_ways = [
        measured(instance, aim, [*EXISTING, *pair]) for pair in combinations(range(1, 7), 2)
    ]
    more_is_better = aim.kind in {SitingKind.COVERING, SitingKind.BACKUP}
    assert found.result.status is Status.PROVEN
    assert found.after == pytest.approx(max(all_ways) if more_is_better else min(all_ways))
    assert found.before == measured(instance, aim, EXISTING)
    assert len(found.sites) == 2


def test_no_site_carries_more_than_its_load_and_each_area_is_served(town):
    minutes, hours = town
    load = hours[:8].sum() / 3 + 1
    aim = Aim(SitingKind.CAPACITATED, capacity=load)
    found = propose_sites(minutes, hours, EXISTING, 3, aim=aim)
    assert found.result.status is Status.PROVEN
    assert found.result.out_of_reach == ("9",)
    carried, served = dict.fromkeys(found.result.open_sites, 0.0), np.zeros(9)
    for one in found.result.assignment:
        carried[one.site] += one.share * hours[int(one.client) - 1]
        served[int(one.client) - 1] += one.share
    assert max(carried.values()) <= load + 1e-6
    assert served[:8] == pytest.approx(1.0)
    tight = Aim(SitingKind.CAPACITATED, capacity=hours[:8].sum() / 4)
    assert propose_sites(minutes, hours, EXISTING, 3, aim=tight).result.status is Status.INFEASIBLE


def test_the_best_site_for_the_question_comes_first(town):
    minutes, hours = town
    aim = Aim(SitingKind.COVERING, radius_min=25.0)
    first, second = propose_sites(minutes, hours, EXISTING, 3, aim=aim).sites
    instance = Instance(minutes, 3, weight=hours)
    gains = [measured(instance, aim, [*EXISTING, one]) for one in (first, second)]
    assert gains[0] >= gains[1]


@pytest.mark.parametrize("kind", [SitingKind.COVERING, SitingKind.BACKUP, SitingKind.CAPACITATED])
def test_a_question_without_its_figure_is_refused(town, kind):
    with pytest.raises(SitingFaultsError, match=kind.value):
        propose_sites(*town, EXISTING, 3, aim=Aim(kind))


def test_commands_offer_every_kind():
    assert {one.value for one in SitingModel} == {one.value for one in SitingKind}
