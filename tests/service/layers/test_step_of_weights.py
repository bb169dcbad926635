"""A step of the weights costs what hangs on them, and nothing that is the same at every step.

Counted in Python calls, which are the same on a busy machine as on an idle one.
"""

import cProfile
import pstats

import pytest

from service.locale.words import make_words
from service.pages.card import card_of
from service.pages.choice import read_choice
from service.pages.map_board import make_board

MOST_BARE = 20_000
MOST_CARD = 48_000


def calls(work):
    profile = cProfile.Profile()
    profile.runcall(work)
    return pstats.Stats(profile).total_calls


@pytest.mark.parametrize(("card", "most"), [(False, MOST_BARE), (True, MOST_CARD)])
def test_a_step_costs_no_more_than_what_hangs_on_the_weights(released, card, most):
    words = make_words("ar")

    def step(influx):
        params = {"layer": "need", "level": "subdistrict", "w_influx": influx, "w_growth": "95"}
        choice = read_choice(params, released)
        board = make_board(released, choice, words, None)
        board.figures()
        if card:
            code = board.reading.rows[0].code
            card_of(released, choice, words, board.reading, code, time=board.whole_time())

    step("10")
    assert calls(lambda: step("60")) < most
