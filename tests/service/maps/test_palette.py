"""Colours as colour-blind readers see them: neighbours and kinds stay apart.

Sight is simulated by the matrices of Machado, Oliveira and Fernandes (2009,
doi:10.1109/TVCG.2009.113) on linear RGB, distances are those of CIE L*a*b* (1976).
"""

from itertools import combinations, pairwise

import numpy as np
import pytest

from service.maps.palette import (
    BURDEN,
    CHANGE,
    COLD,
    EVEN,
    HOT,
    LEADS,
    NO_DATA,
    PEOPLE,
    SERVED_NONE,
    SERVICE,
)

SIGHTS = {
    "all colours": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}  # fmt: skip
TO_XYZ = [[0.4124564, 0.3575761, 0.180437], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]  # fmt: skip
WHITE = (0.95047, 1.0, 1.08883)
SEEN_APART = 12.0
"""Areas that touch one another are told apart from about 10 on."""


def lab(colour, sight):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    x, y, z = (
        np.cbrt(one) if one > (6 / 29) ** 3 else one * (29 / 6) ** 2 / 3 + 4 / 29
        for one in np.array(TO_XYZ) @ seen / WHITE
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one, other, sight):
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


@pytest.mark.parametrize("sight", SIGHTS)
def test_neighbouring_classes_are_told_apart(sight):
    for ramp in (BURDEN, PEOPLE, SERVICE, CHANGE, (SERVED_NONE, *SERVICE)):
        assert min(apart(a, b, sight) for a, b in pairwise(ramp)) > SEEN_APART


@pytest.mark.parametrize("sight", SIGHTS)
def test_less_is_never_taken_for_more(sight):
    for low, high in ((CHANGE[0], CHANGE[-1]), (CHANGE[1], CHANGE[-2]), (COLD, HOT)):
        assert apart(low, high, sight) > 3 * SEEN_APART
    assert min(apart(EVEN, one, sight) for one in (HOT, COLD)) > 2 * SEEN_APART


@pytest.mark.parametrize("sight", SIGHTS)
def test_offices_are_told_apart(sight):
    found = {pair: apart(*pair, sight) for pair in combinations((NO_DATA, *LEADS), 2)}
    assert min(found.values()) > 20, min(found, key=found.get)


def test_a_sight_that_lacks_a_colour_is_simulated():
    """Red and green of equal weight: far apart for most, close for who lacks green."""
    assert apart("#c04040", "#808000", "all colours") > 60
    assert apart("#c04040", "#808000", "no green") < 25
