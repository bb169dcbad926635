import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from geo.layers import LayerCode
from service.locale.words import Words
from service.maps.classes import STEPS, classes_of, share_classes, share_step
from service.maps.palette import BURDEN, CHANGE, PEOPLE, SERVED_NONE, SERVICE, ramp
from service.pages.scales import share_swatches


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_every_value_lies_inside_its_class(values):
    classes = classes_of(values)
    assert 1 <= classes.count <= STEPS
    for value in values:
        step = classes.step(value)
        assert classes.edges[step] <= value <= classes.edges[step + 1]


def test_need_has_fixed_classes_so_that_periods_can_be_compared():
    assert classes_of([0.1, 0.2], LayerCode.NEED) == classes_of([9.0, 3.0], LayerCode.NEED)


def test_no_figure_is_no_class():
    assert classes_of([math.nan]).count == 1


def test_fewer_classes_still_use_the_whole_range_of_colours():
    classes = classes_of([1.0, 1.0, 1.0, 9.0])
    colours = classes.spread(BURDEN)
    assert len(colours) == classes.count
    assert len(set(colours)) == classes.count


def test_ramps_grow_darker_by_steps_that_can_be_told_apart():
    for colours in (BURDEN, PEOPLE, SERVICE):
        light = [luminance(colour) for colour in colours]
        contrast = [(a + 0.05) / (b + 0.05) for a, b in pairwise(light)]
        assert min(contrast) > 1.25
    assert len(CHANGE) == STEPS
    assert all(len(ramp(layer)) == STEPS for layer in LayerCode)


def test_nearly_equal_figures_are_not_painted_apart():
    assert classes_of([5.81, 5.84, 5.88, 5.9, 5.95, 6.0]).count == 1
    assert classes_of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).count == STEPS


def test_nothing_served_is_no_small_share():
    """What is said as 0 % stands in a class by itself, with its own colour, sign and words."""
    assert [share_step(one) for one in (0.0, 0.004, 0.006, 0.2, 0.5, 1.0)] == [0, 0, 1, 2, 3, 5]
    assert share_classes().limits()[:2] == ((0.0, 0.0), (0.0, 0.2))
    for lang in ("ar", "en"):
        swatches = share_swatches(Words(lang))
        assert len(swatches) == share_classes().count
        assert (swatches[0].colour, swatches[0].figures) == (SERVED_NONE, False)
        assert swatches[0].mark
        assert not any(one.mark for one in swatches[1:])
    steps = [luminance(colour) for colour in SERVICE]
    assert min(abs(luminance(SERVED_NONE) - one) for one in steps) > 0.03, "told apart in grey"
