from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering.heat import heat_limits, heat_table, lay_heat


def test_heat_lies_over_its_own_patch_only() -> None:
    picture = np.full((12, 12, 3), 40, np.uint8)
    values = np.full(9, np.nan)
    values[5] = 2.0
    laid = lay_heat(picture, values, (0.0, 2.0))
    changed = (laid != picture).any(axis=2)
    assert changed[4:8, 8:12].all() and changed.sum() == 16


def test_the_greatest_value_is_the_end_of_the_scale_and_lets_the_galaxy_through() -> None:
    black, white = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
    values = np.array([0.0, 1.0, 1.0, 1.0])
    over_black, over_white = (lay_heat(p, values, (0.0, 1.0)) for p in (black, white))
    assert (over_black[0, 1] <= heat_table()[-1]).all()
    assert (over_white[0, 1].astype(int) - over_black[0, 1]).min() > 30
    assert over_black[0, 0].sum() < over_black[0, 1].sum()


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=20))
def test_limits_are_numbers_in_order_whatever_the_values(values: list[float]) -> None:
    low, high = heat_limits(np.array(values))
    assert np.isfinite([low, high]).all() and low < high


def test_patches_may_not_divide_the_picture_evenly() -> None:
    laid = lay_heat(np.zeros((17, 17, 3), np.uint8), np.ones(9), (0.0, 1.0))
    assert laid.shape == (17, 17, 3) and laid.any(axis=2).all()
