from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.state.masks import centre_mask, grid_side, hidden_pixels, under_brush


@given(side=st.integers(1, 40))
def test_the_centre_lies_in_the_middle_and_leaves_a_rim(side: int) -> None:
    centre = centre_mask(side).reshape(side, side)
    assert centre.any()
    assert side == 1 or side == 2 or not centre.all()
    np.testing.assert_array_equal(centre, centre[::-1])
    np.testing.assert_array_equal(centre, centre.T)


def test_the_centre_is_half_of_each_side() -> None:
    assert centre_mask(8).sum() == 16
    assert np.flatnonzero(centre_mask(4)).tolist() == [5, 6, 9, 10]


@given(side=st.integers(1, 20), width=st.integers(1, 6), data=st.data())
def test_a_brush_covers_where_it_is_and_no_more_than_its_width(
    side: int, width: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, side**2 - 1))
    covered = under_brush(side, place, width).reshape(side, side)
    assert covered[divmod(place, side)]
    assert covered.any(axis=0).sum() <= width and covered.any(axis=1).sum() <= width


@given(side=st.integers(1, 8), patch=st.integers(1, 6), seed=st.integers(0, 99))
def test_hidden_pixels_are_those_of_hidden_patches(side: int, patch: int, seed: int) -> None:
    mask = np.random.default_rng(seed).random(side**2) < 0.5
    pixels = hidden_pixels(mask, patch)
    assert grid_side(len(mask)) == side and pixels.shape == (side * patch, side * patch)
    np.testing.assert_array_equal(pixels[::patch, ::patch].ravel(), mask)
    assert pixels.sum() == mask.sum() * patch**2
