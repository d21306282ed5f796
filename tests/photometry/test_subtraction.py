"""A galaxy's light goes, what is not like it stays."""

from __future__ import annotations

import numpy as np
import pytest

from tests.photometry.galaxies import gaussian, noisy, sersic
from trainer.photometry.centre import find_centre
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.subtraction import (
    band_ratio,
    rotation_residual,
    scaled_difference,
    unsharp,
)

SHAPE = (64, 64)
GALAXY = Ellipse(31.8, 32.3, 6.0, 0.7, 0.4)
CENTRE = (GALAXY.x, GALAXY.y)


def test_the_centre_is_found_to_a_small_part_of_a_pixel() -> None:
    plane = noisy(sersic(SHAPE, GALAXY, 4.0, 100.0), 1.0)
    assert find_centre(plane) == pytest.approx(CENTRE, abs=0.1)


def test_a_brighter_neighbour_does_not_take_the_centre_away() -> None:
    plane = sersic(SHAPE, GALAXY, 4.0, 100.0)
    plane = noisy(plane + gaussian(SHAPE, Ellipse(55, 12, 1.5), 5000.0), 1.0)
    assert find_centre(plane) == pytest.approx(CENTRE, abs=0.3)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_picture_of_nothing_has_a_centre_all_the_same(value: float) -> None:
    assert np.isfinite(find_centre(np.full((17, 23), value))).all()


def test_the_ratio_of_two_bands_is_that_of_the_galaxy_whatever_lies_around_it() -> None:
    light = sersic(SHAPE, GALAXY, 4.0, 100.0)
    arc = gaussian(SHAPE, Ellipse(39, 38, 1.5, 0.5), 400.0)
    first, second = noisy(0.4 * light + arc + 3, 0.3, 1), noisy(light + 8, 0.3, 2)
    ratio = band_ratio(first, second, CENTRE)
    assert ratio == pytest.approx(0.4, rel=0.05)
    left = scaled_difference(first, second, 0.4)
    near_arc = np.hypot(*np.meshgrid(np.arange(64) - 39, np.arange(64) - 38)) < 6
    assert left[near_arc].sum() == pytest.approx(400, rel=0.1)
    assert np.abs(left[~near_arc]).mean() < 0.6


def test_without_light_in_the_second_band_the_ratio_is_one() -> None:
    assert band_ratio(sersic(SHAPE, GALAXY, 4.0, 9.0), np.zeros(SHAPE), CENTRE) == 1.0


def test_the_residual_of_a_symmetric_galaxy_is_noise() -> None:
    pixels = noisy(np.stack([sersic(SHAPE, GALAXY, 4.0, 100.0)] * 2), 1.0)
    left = rotation_residual(pixels, find_centre(pixels.sum(axis=0)))
    # Twice the noise of one picture, less what interpolation smooths.
    assert 1.0 < left[:, 8:56, 8:56].std() < 1.6


def test_an_arc_on_one_side_survives_the_rotation() -> None:
    arc = gaussian(SHAPE, Ellipse(41, 32, 1.5, 0.5, 1.5), 400.0)
    pixels = noisy((sersic(SHAPE, GALAXY, 4.0, 100.0) + arc)[None], 0.5)
    left = rotation_residual(pixels, CENTRE)[0]
    near = np.hypot(*np.meshgrid(np.arange(64) - 41, np.arange(64) - 32)) < 6
    assert left[near].sum() == pytest.approx(400, rel=0.1)


def test_where_the_turned_picture_ends_nothing_is_left_over() -> None:
    left = rotation_residual(np.ones((1, 20, 20), np.float32), (5.0, 9.5))
    assert not left[0, :, 11:].any() and np.isfinite(left).all()


def test_the_unsharp_mask_of_a_plain_sky_is_nothing_up_to_the_edges() -> None:
    assert np.abs(unsharp(np.full((2, 20, 30), 5, np.float32), 3.0)).max() < 1e-4


def test_the_unsharp_mask_keeps_what_is_narrower_than_its_radius() -> None:
    star = gaussian(SHAPE, Ellipse(20, 20, 1.2), 100.0)
    left = unsharp((star + sersic(SHAPE, GALAXY, 1.0, 10.0))[None], 5.0)[0]
    assert left[20, 20] > 0.85 * star[20, 20]


def test_what_is_not_finite_stays_so_and_spoils_nothing_else() -> None:
    pixels = np.ones((1, 20, 20), np.float32)
    pixels[0, 4, 5] = np.nan
    for left in (unsharp(pixels, 2.0), rotation_residual(pixels, (9.5, 9.5))):
        assert np.isnan(left[0, 4, 5]) and np.isnan(left).sum() == 1
