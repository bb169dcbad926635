"""What the map opens with is built ahead: first categories of the newest data, and no more."""

import threading
import time

from geo.layers import LayerCode
from geo.places import Level
from geo.rates import Window
from service.pages.ahead import Ahead
from tests.service.web_house import FakeAtlas


class Told:
    """Stands for a store: what is asked of it is which state of the data is the newest."""

    generation = "g"
    version = "v1"

    def data_version(self):
        return self.version


class Asked(FakeAtlas):
    """Notes which layers it was asked for; ``then`` is done at each."""

    def __init__(self, then=lambda: None):
        super().__init__()
        self.layers, self.then = [], then

    def layer(self, code, level, category=None, period=None):
        self.layers.append((code, level, category, period))
        self.then()
        return super().layer(code, level, category, period)


def test_first_views_are_built_of_each_level_by_year_and_where_offered_by_month():
    book = Asked()
    Ahead(Told(), lambda: book, rests=0.0).build()
    found = {(code, level) for code, level, *_ in book.layers}
    assert {(LayerCode.NEED, Level.SUBDISTRICT), (LayerCode.HOTSPOTS, Level.DISTRICT)} <= found
    assert {category for _, _, category, _ in book.layers} == {None}
    months = set(book.periods(Window.MONTH))
    by_month = {(code, level) for code, level, _, period in book.layers if period in months}
    assert by_month == {(LayerCode.INCIDENT_RATE, Level.DISTRICT)}
    assert len(book.layers) == len(set(book.layers))


def test_a_stop_a_change_of_the_data_and_the_time_end_it():
    told = Told()
    stopped = Asked()
    ahead = Ahead(told, lambda: stopped, rests=0.0)
    ahead._stopping.set()
    ahead.build()
    late = Asked()
    Ahead(told, lambda: late, rests=0.0, longest_s=0.0).build()
    changed = Asked(then=lambda: setattr(told, "version", "v2"))
    Ahead(told, lambda: changed, rests=0.0).build()
    assert [len(one.layers) for one in (stopped, late, changed)] == [1, 1, 1]


def test_a_layer_that_can_not_be_made_is_passed_over():
    def fails():
        raise KeyError

    book = Asked(then=fails)
    Ahead(Told(), lambda: book, rests=0.0).build()
    assert len(book.layers) > 10


def test_it_looks_again_after_each_change_and_ends_at_once():
    told, asked, seen = Told(), [], threading.Event()

    def released():
        asked.append(told.version)
        seen.set()

    ahead = Ahead(told, released, look_s=0.01)
    ahead.start()
    assert seen.wait(10)
    seen.clear()
    told.version = "v2"
    assert seen.wait(10)
    begun = time.monotonic()
    ahead.stop()
    assert time.monotonic() - begun < 5
    assert asked == ["v1", "v2"]
