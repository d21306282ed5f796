"""Brushes on the axis of a histogram, and which bars a filter of categories keeps."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering.category_choice import MISSING, Choice
from astromask_gui.rendering.histogram_axis import Axis, dragged, heights, part_at
from astromask_gui.state.filter_specs import Categories

AXIS = Axis(16.0, 24.0, 200.0)
_PIXELS = st.floats(-50, 250)


@given(_PIXELS, st.booleans())
def test_a_value_lies_at_the_pixel_that_it_was_taken_from(pixel: float, logarithmic: bool) -> None:
    axis = Axis(0.01, 100.0, 200.0, logarithmic)
    inside = min(max(pixel, 0.0), 200.0)
    assert abs(axis.pixel_of(axis.value_at(pixel)) - inside) <= 1


def test_values_are_as_round_as_a_pixel_is_wide() -> None:
    assert AXIS.value_at(51.0) == 18.04
    assert Axis(0, 2e6, 200).value_at(51.0) == 510_000


@given(_PIXELS, _PIXELS)
def test_a_new_brush_lies_between_press_and_mouse_in_either_direction(a: float, b: float) -> None:
    brush = dragged(AXIS, "new", None, a, b)
    assert brush == dragged(AXIS, "new", None, b, a) and brush[0] <= brush[1]


def test_a_brush_that_reaches_an_end_holds_what_lies_beyond() -> None:
    assert dragged(AXIS, "new", None, 100, -5) == (-math.inf, 20.0)
    assert dragged(AXIS, "new", None, 100, 205) == (20.0, math.inf)


@given(st.floats(1, 90), st.floats(100, 190), st.floats(-300, 300))
def test_a_moved_brush_keeps_its_width_and_stays_on_the_axis(
    low: float, high: float, by: float
) -> None:
    before = (AXIS.value_at(low), AXIS.value_at(high))
    after = dragged(AXIS, "whole", before, 0.0, by)
    width = AXIS.pixel_of(before[1]) - AXIS.pixel_of(before[0])
    assert abs(AXIS.pixel_of(after[1]) - AXIS.pixel_of(after[0]) - width) <= 1


def test_edges_are_taken_near_them_and_may_cross() -> None:
    brush = (18.0, 20.0)
    assert part_at(AXIS, brush, 52) == "low" and part_at(AXIS, brush, 97) == "high"
    assert part_at(AXIS, brush, 75) == "whole" and part_at(AXIS, brush, 150) == "new"
    assert part_at(AXIS, None, 75) == "new"
    assert dragged(AXIS, "low", brush, 50, 150) == (20.0, 22.0)
    assert dragged(AXIS, "high", brush, 100, 120) == (18.0, 20.8), "the other edge is exact"


def test_what_little_passes_is_still_seen() -> None:
    total, passing = np.array([1000, 10]), np.array([4, 0])
    everyone, some = heights(total, passing, False)
    assert some[0] >= 0.4 and everyone.max() <= 1
    everyone, some = heights(total, total, False)
    np.testing.assert_array_equal(everyone, some)
    everyone, some = heights(np.zeros(2, np.int64), np.zeros(2, np.int64), True)
    assert everyone.max() == some.max() == 0


CHOICE = Choice("type", ("spiral", "lens", "3 others"), 2, True)
FEW = Choice("type", ("spiral", "lens"), None, False)


@given(st.lists(st.sampled_from([0, 1, 2, MISSING]), max_size=6))
def test_clicked_bars_are_exactly_what_the_filter_keeps(clicks: list[int]) -> None:
    spec, kept = None, set(CHOICE.places())
    for place in clicks:
        spec = CHOICE.toggled(spec, place)
        kept ^= {place}
        assert CHOICE.kept(spec) == kept


def test_a_bar_alone_and_once_more_all_of_them() -> None:
    spec = FEW.alone(None, 1)
    assert spec == Categories("type", ("lens",))
    assert FEW.alone(spec, 1) is None


def test_a_hidden_category_leaves_those_that_come_later() -> None:
    assert FEW.toggled(None, 0) == Categories("type", ("spiral",), all_but=True, missing=True)
