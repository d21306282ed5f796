"""Fluxes and profiles of galaxies whose light is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.photometry.galaxies import gaussian, noisy
from trainer.photometry.aperture import (
    magnitude,
    measure,
    measure_bands,
    profiles,
    surface_brightness,
)
from trainer.photometry.ellipses import Ellipse

SHAPE = (81, 81)
GALAXY = Ellipse(40.3, 39.6, 4.0, 0.6, 0.7)
LARGE_SHAPE = (161, 161)
LARGE = Ellipse(80.3, 79.6, 15.0, 0.7, 0.7)


def enclosed(factor: float) -> float:
    """Share of a Gaussian's flux within `factor` σ."""
    return 1 - math.exp(-0.5 * factor**2)


@pytest.mark.parametrize("factor", [1.0, 2.0, 4.5])
def test_the_flux_in_an_aperture_is_that_of_the_profile(factor: float) -> None:
    plane = gaussian(LARGE_SHAPE, LARGE, 1000.0) + 7.0
    found = measure(plane, LARGE.scaled(factor))
    sky = found.sky * found.area
    assert found.flux + sky - 7.0 * found.area == pytest.approx(1000 * enclosed(factor), rel=1e-3)


def test_the_sky_of_the_ring_is_taken_away() -> None:
    found = measure(gaussian(SHAPE, GALAXY, 1000.0) + 7.0, GALAXY.scaled(5))
    assert found.local_sky and found.sky == pytest.approx(7.0, abs=1e-4)
    assert found.flux == pytest.approx(1000, rel=1e-3)


def test_the_error_is_the_scatter_of_many_measurements() -> None:
    aperture = GALAXY.scaled(3)
    found = [
        measure(noisy(gaussian(SHAPE, GALAXY, 500.0), 2.0, seed), aperture) for seed in range(150)
    ]
    scatter = np.std([each.flux for each in found])
    assert np.mean([each.error for each in found]) == pytest.approx(scatter, rel=0.2)


def test_pixels_that_are_not_finite_are_left_out_and_counted() -> None:
    plane = gaussian(SHAPE, GALAXY, 1000.0)
    plane[39:42, 39:42] = np.nan
    found = measure(plane, Ellipse(40, 40, 10))
    assert found.lost == pytest.approx(9) and found.area == pytest.approx(math.pi * 100 - 9)
    assert 0 < found.flux < 1000


def test_what_lies_outside_the_picture_is_counted_as_lost() -> None:
    found = measure(np.zeros(SHAPE), Ellipse(-0.5, 40, 10))
    assert found.lost == pytest.approx(math.pi * 50)


def test_without_room_for_a_ring_the_border_is_the_sky() -> None:
    found = measure(gaussian(SHAPE, GALAXY, 1000.0) + 7.0, Ellipse(40, 40, 40))
    assert not found.local_sky and found.sky == pytest.approx(7.0, abs=0.1)


def test_the_error_counts_the_pixels_of_the_border_that_tell_of_the_sky() -> None:
    picture = np.random.default_rng(3).normal(7.0, 1.0, SHAPE)
    wide = Ellipse(40, 40, 40)
    whole = measure(picture, wide)
    picture[:10], picture[-10:], picture[10:-10, -10:] = np.nan, np.nan, np.nan
    picture[15:-10, :10] = np.nan
    few = measure(picture, wide)
    assert not few.local_sky and not whole.local_sky
    # What is known by 50 pixels is no better known than that, whatever the picture's size.
    assert few.error == pytest.approx(math.sqrt(few.area + few.area**2 / 50), rel=0.25)
    assert whole.error < few.error / 3


def test_missing_bands_have_no_flux_and_no_profile() -> None:
    pixels, missing = np.stack([gaussian(SHAPE, GALAXY, 1000.0)] * 2), np.array([False, True])
    assert measure_bands(pixels, missing, GALAXY)[1] is None
    assert profiles(pixels, missing, GALAXY)[1] is None


def test_a_profile_follows_the_galaxy() -> None:
    pixels = gaussian(LARGE_SHAPE, LARGE, 1000.0)[None]
    found = profiles(pixels, np.array([False]), LARGE.scaled(4))[0]
    assert found is not None
    inner = found.radii < 28
    # The mean of a Gaussian over the ring between two of its ellipses.
    low, high = found.radii - 0.5, found.radii + 0.5
    share = np.exp(-(low**2) / (2 * 15**2)) - np.exp(-(high**2) / (2 * 15**2))
    expected = 1000 * share / (np.pi * (high**2 - low**2) * 0.7)
    assert found.brightness[inner] == pytest.approx(expected[inner], rel=0.02)


def test_a_picture_in_a_wide_field_measures_the_same() -> None:
    plane = noisy(gaussian(SHAPE, GALAXY, 1000.0), 1.0, 3)
    wide = np.zeros((600, 500))
    wide[200:281, 300:381] = plane
    missing = np.zeros(1, bool)
    there = replace(GALAXY.scaled(4), x=GALAXY.x + 300, y=GALAXY.y + 200)
    small, large = measure(plane, GALAXY.scaled(4)), measure(wide, there)
    assert large.flux == pytest.approx(small.flux) and large.error == pytest.approx(small.error)
    assert (large.lost, large.local_sky) == (pytest.approx(small.lost), True)
    curve, other = (
        profiles(plane[None], missing, GALAXY.scaled(4))[0],
        profiles(wide[None], missing, there)[0],
    )
    assert curve is not None and other is not None
    np.testing.assert_allclose(other.brightness, curve.brightness)


def test_an_aperture_beside_the_picture_holds_nothing() -> None:
    found = measure(np.ones(SHAPE), Ellipse(-300.0, 40.0, 5.0))
    assert (found.flux, found.area, found.local_sky) == (0.0, 0.0, False)
    assert found.lost == pytest.approx(math.pi * 25)


def test_counts_become_magnitudes_by_the_zero_point() -> None:
    assert magnitude(100.0, 25.0) == pytest.approx(20.0)
    assert math.isnan(magnitude(-1.0, 25.0))
    assert surface_brightness(100.0, 4.0, 25.0, 0.5) == pytest.approx(20.0)
