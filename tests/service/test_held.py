"""What is made once is kept, shared by who waits for it, and goes when there is no room."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.held import Held


def test_the_oldest_question_makes_room():
    held, made = Held(2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        assert held.get(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b", "c", "b"]
    assert held.at_hand("c") is None
    assert held.at_hand("a") == "a"


def test_who_makes_something_else_does_not_wait():
    held, going = Held(4), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(held.get, "slow", lambda: going.wait(10))
        assert held.get("quick", lambda: 1) == 1
        shared = pool.submit(held.get, "slow", lambda: "made twice")
        assert held.at_hand("slow") is None
        going.set()
        assert slow.result() is shared.result() is True


def test_an_error_goes_to_all_who_wait_and_is_not_kept():
    held = Held(4)
    with pytest.raises(KeyError):
        held.get("a", lambda: {}["nothing"])
    assert held.get("a", lambda: 2) == 2
