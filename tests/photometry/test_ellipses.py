"""The share of every pixel that lies within an ellipse is exact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.photometry.ellipses import Ellipse, overlap

SHAPE = (23, 31)
ellipses = st.builds(
    Ellipse,
    st.floats(-3, 34),
    st.floats(-3, 26),
    st.floats(0.2, 15),
    st.floats(0.1, 1),
    st.floats(-4, 4),
)


def by_counting(ellipse: Ellipse, finer: int = 24) -> np.ndarray:
    """Shares by fine points in every pixel."""
    step = (np.arange(finer) + 0.5) / finer - 0.5
    rows = (np.arange(SHAPE[0])[:, None] + step).reshape(-1)
    columns = (np.arange(SHAPE[1])[:, None] + step).reshape(-1)
    x, y = np.meshgrid(columns, rows)
    inside = np.hypot(*ellipse.normalised(x, y)) <= 1
    return inside.reshape(SHAPE[0], finer, SHAPE[1], finer).mean(axis=(1, 3))


@given(ellipses)
def test_shares_are_those_that_counting_points_finds(ellipse: Ellipse) -> None:
    assert np.abs(overlap(ellipse, SHAPE) - by_counting(ellipse)).max() < 0.06


@given(st.floats(8, 22), st.floats(8, 14), st.floats(0.3, 8), st.floats(0.05, 1), st.floats(-4, 4))
def test_the_shares_of_an_ellipse_inside_add_up_to_its_area(
    x: float, y: float, radius: float, ratio: float, angle: float
) -> None:
    ellipse = Ellipse(x, y, radius, ratio, angle)
    assert overlap(ellipse, SHAPE).sum() == pytest.approx(ellipse.area, rel=1e-9)


def test_a_circle_within_one_pixel_covers_its_area_of_it() -> None:
    shares = overlap(Ellipse(5, 4, 0.25), (9, 9))
    assert shares[4, 5] == pytest.approx(math.pi / 16) and shares.sum() == shares[4, 5]


def test_an_ellipse_outside_covers_nothing() -> None:
    assert not overlap(Ellipse(-50, 5, 10), SHAPE).any()
    assert not overlap(Ellipse(5, 90, 10), SHAPE).any()
