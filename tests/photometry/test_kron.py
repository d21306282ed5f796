"""The aperture that is fitted to a galaxy holds its light, wherever and however it lies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.photometry.galaxies import gaussian, noisy
from trainer.photometry.aperture import measure
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.kron import kron_aperture

SHAPE = (81, 81)
PRESENT = np.zeros(1, bool)


@settings(max_examples=20, deadline=None)
@given(
    x=st.floats(38, 42),
    y=st.floats(38, 42),
    radius=st.floats(3, 7),
    ratio=st.floats(0.5, 1),
    angle=st.floats(-1.5, 1.5),
)
def test_nearly_all_light_lies_within(
    x: float, y: float, radius: float, ratio: float, angle: float
) -> None:
    galaxy = Ellipse(x, y, radius, ratio, angle)
    plane = noisy(gaussian(SHAPE, galaxy, 3000.0), 0.2)
    found = kron_aperture(plane[None], PRESENT)
    assert (found.x, found.y) == pytest.approx((x, y), abs=0.5)
    assert measure(plane, found).flux == pytest.approx(3000, rel=0.05)


def test_the_shape_is_that_of_the_galaxy() -> None:
    galaxy = Ellipse(40.0, 40.0, 8.0, 0.5, 0.7)
    found = kron_aperture(noisy(gaussian(SHAPE, galaxy, 9000.0), 0.2)[None], PRESENT)
    assert found.axis_ratio < 0.75
    assert math.cos(2 * (found.angle - galaxy.angle)) > 0.95


def test_a_neighbour_that_stands_apart_does_not_count() -> None:
    galaxy, other = Ellipse(40.0, 40.0, 3.0), Ellipse(62.0, 40.0, 3.0)
    alone = gaussian(SHAPE, galaxy, 2000.0)
    both = alone + gaussian(SHAPE, other, 2000.0)
    found = [kron_aperture(noisy(plane, 0.5)[None], PRESENT).radius for plane in (alone, both)]
    assert found[1] == pytest.approx(found[0], rel=0.15)


@pytest.mark.parametrize("value", [0.0, math.nan])
def test_where_there_is_no_light_there_is_still_an_aperture(value: float) -> None:
    found = kron_aperture(np.full((1, 17, 23), value), PRESENT)
    assert 3.5 <= found.radius <= 0.45 * 17 and math.isfinite(found.x + found.y + found.angle)
