"""Requests that come together reckon a scenario once; one that fails is reckoned again."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.pages import estimates
from service.pages.estimates import Estimates
from service.scenario import Scenario


class Book:
    """Stands for a state of the data; estimates only hold on to it."""


def test_two_who_ask_at_once_share_one_answer(monkeypatch):
    made, both = [], threading.Barrier(2)

    def slow(book, scenario):
        made.append(scenario)
        time.sleep(0.2)
        return estimates._Reckoned(None)

    def ask():
        both.wait()
        return kept.of(book, Scenario())

    monkeypatch.setattr(estimates, "_reckon", slow)
    kept, book = Estimates(), Book()
    with ThreadPoolExecutor(2) as pool:
        first, second = (pool.submit(ask) for _ in range(2))
        assert first.result() == second.result()
    assert len(made) == 1
    assert kept.held(book, Scenario()) is not None


def test_what_failed_is_not_kept(monkeypatch):
    def broken(book, scenario):
        raise OSError("out of reach")

    monkeypatch.setattr(estimates, "_reckon", broken)
    kept, book = Estimates(), Book()
    with pytest.raises(OSError, match="out of reach"):
        kept.of(book, Scenario())
    assert kept.held(book, Scenario()) is None
    monkeypatch.setattr(estimates, "_reckon", lambda *_: estimates._Reckoned(None))
    assert kept.of(book, Scenario()).now is None
