"""Points on their way: where it begins, where it ends, who has no place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.motion import Motion, seen_in

VIEWS = (ViewRect(10.0, 14.0, -1.0, 2.0), ViewRect(-400.0, 400.0, -300.0, 300.0))
BEFORE = np.array([[10, -1], [14, 2], [12, 0.5], [np.nan, 0], [11, 1]], np.float32)
AFTER = np.array([[7, 8], [-9, 10], [0, 0], [3, 4], [np.nan, np.nan]], np.float32)


def at(motion: Motion, share: float) -> np.ndarray:
    return np.stack(motion.places(share), axis=1)


def test_the_way_begins_where_the_points_were_on_the_screen() -> None:
    begin = at(Motion(BEFORE, AFTER, VIEWS), 0.0)
    np.testing.assert_allclose(begin[:3], [[-400, -300], [400, 300], [0, 0]], atol=1e-4)
    assert begin.dtype == np.float32


def test_the_way_ends_exactly_where_the_points_belong() -> None:
    x, y = Motion(BEFORE, AFTER, VIEWS).places(1.0)
    np.testing.assert_array_equal(np.stack([x, y], axis=1), AFTER)


@given(share=st.floats(0, 1))
def test_who_had_no_place_waits_where_it_goes_and_who_has_none_is_gone(share: float) -> None:
    places = at(Motion(BEFORE, AFTER, VIEWS), share)
    assert places[3].tolist() == [3, 4]
    assert np.isnan(places[4]).all()


@given(first=st.floats(0, 1), second=st.floats(0, 1))
def test_points_never_turn_back(first: float, second: float) -> None:
    early, late = sorted((first, second))
    motion = Motion(BEFORE[:3], AFTER[:3], VIEWS)
    left = [np.abs(AFTER[:3] - at(motion, share)) for share in (early, late)]
    assert (left[1] <= left[0] + 1e-3).all()


def test_time_counts_from_the_start() -> None:
    now = [100.0]
    motion = Motion(BEFORE, AFTER, VIEWS, seconds=2.0, clock=lambda: now[0])
    assert motion.share == 0.0
    motion.start()
    now[0] = 101.0
    assert motion.share == pytest.approx(0.5)
    now[0] = 109.0
    assert motion.share == 1.0


@given(
    x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3),
    left=st.floats(-50, 50), bottom=st.floats(-50, 50), size=st.floats(0.01, 1e4),
)  # fmt: skip
def test_what_is_seen_in_another_view_is_at_the_same_share_of_it(
    x: float, y: float, left: float, bottom: float, size: float
) -> None:
    view, other = VIEWS[0], ViewRect(left, left + size, bottom, bottom + 0.75 * size)
    ((moved_x, moved_y),) = seen_in(np.array([[x, y]]), view, other)
    assert (moved_x - other.x0) / other.width == pytest.approx((x - view.x0) / view.width, abs=1e-6)
    share = (y - view.y0) / view.height
    assert (moved_y - other.y0) / other.height == pytest.approx(share, abs=1e-6)
