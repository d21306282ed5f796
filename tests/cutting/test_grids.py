from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io.fits import Header
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cutting.sky import FLUX, SCALE, centroid, gaussians, tan
from trainer.cutouts.stored_wcs import header_text, local_terms
from trainer.cutting.grids import (
    Grid,
    grid_of_image,
    grid_on_sky,
    resampled,
    shifted,
    whole_pixel_shift,
)
from trainer.cutting.images import SkyImage

SIZE = 48


def image_of(wcs: WCS, side: int, scale: float = SCALE) -> SkyImage:
    return SkyImage(Path("x.fits"), 0, (side, side), wcs, scale, "r", "", "t", None)


@settings(max_examples=30, deadline=None)
@given(
    ra=st.floats(0, 359.999),
    dec=st.floats(-85, 85),
    angle=st.floats(-180, 180),
    scale=st.floats(0.1, 0.45),
    x=st.floats(-6, 6),
    y=st.floats(-6, 6),
)
def test_a_resampled_galaxy_keeps_its_place_and_its_flux(
    ra: float, dec: float, angle: float, scale: float, x: float, y: float
) -> None:
    reference = tan(ra, dec, 200)
    side = int(150 * SCALE / scale)
    own = tan(ra, dec, side, scale=scale, angle=angle, shift=0.37)
    (sky,) = reference.all_pix2world([[99.5 + x, 99.5 + y]], 0)
    at = reference.all_world2pix([sky], 0)[0]
    pixels = gaussians(own, side, [tuple(sky)], scale) + np.float32(0.5 * (scale / SCALE) ** 2)
    grid = grid_of_image(reference, at, SIZE)
    plane = resampled(grid, image_of(own, side, scale), lambda rows, cols: pixels[rows, cols])
    found_x, found_y, flux = centroid(plane)
    assert (found_x, found_y) == pytest.approx((at[0] - grid.left, at[1] - grid.top), abs=0.05)
    assert flux == pytest.approx(FLUX, rel=0.01)
    assert np.median(plane[0]) == pytest.approx(0.5, rel=0.01)


@given(x=st.floats(-500, 500), y=st.floats(-500, 500), size=st.integers(1, 201))
def test_an_object_is_within_half_a_pixel_of_its_cutouts_middle(
    x: float, y: float, size: int
) -> None:
    grid = grid_of_image(None, np.array([x, y]), size)
    middle = (size - 1) / 2
    assert abs(x - grid.left - middle) <= 0.5 + 1e-9
    assert abs(y - grid.top - middle) <= 0.5 + 1e-9


def test_grids_that_agree_are_told_from_those_that_do_not() -> None:
    reference = image_of(tan(150, 2, 200), 200)
    shifted_by_whole = image_of(tan(150, 2, 200, shift=7), 230)
    assert whole_pixel_shift(reference, shifted_by_whole) == (7, 7)
    assert whole_pixel_shift(reference, reference) == (0, 0)
    for other in (
        tan(150, 2, 200, shift=0.3),
        tan(150, 2, 200, angle=0.1),
        tan(150, 2, 200, scale=0.2005),
        tan(150.3, 2, 200),
    ):
        assert whole_pixel_shift(reference, image_of(other, 200)) is None


def test_a_shifted_cutout_is_nan_beyond_the_image() -> None:
    pixels = np.arange(100, dtype=np.float32).reshape(10, 10)

    def window(rows: slice, columns: slice) -> np.ndarray:
        return pixels[rows, columns]

    plane = shifted(window, (10, 10), -2, 7, 6)
    assert np.isnan(plane[:, :2]).all() and np.isnan(plane[3:]).all()
    np.testing.assert_array_equal(plane[:3, 2:], pixels[7:10, :4])
    assert np.isnan(shifted(window, (10, 10), 50, 50, 6)).all()


def test_noise_is_averaged_where_the_new_pixels_are_larger() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, (400, 400)).astype(np.float32)
    fine = image_of(tan(10, 20, 400, scale=0.1), 400, 0.1)
    grid = grid_on_sky(10, 20, 0.2, 80)
    plane = resampled(grid, fine, lambda rows, cols: noise[rows, cols])
    # Four independent pixels add up in each new one: twice the noise, less what the spline takes.
    assert 1.2 < plane.std() < 2.2


def test_blank_pixels_stay_blank_and_do_not_ring() -> None:
    side = 120
    own = tan(10, 20, side, angle=30)
    pixels = np.full((side, side), 1000, np.float32)
    pixels[50:60, 50:70] = np.nan
    grid = grid_on_sky(10, 20, SCALE, 60)
    plane = resampled(grid, image_of(own, side), lambda rows, cols: pixels[rows, cols])
    finite = np.isfinite(plane)
    assert 150 < (~finite).sum() < 350
    np.testing.assert_allclose(plane[finite], 1000, rtol=1e-3)


@settings(max_examples=30, deadline=None)
@given(ra=st.floats(0, 359.999), dec=st.floats(-89, 89), angle=st.floats(-180, 180))
def test_the_stored_wcs_leads_to_the_same_places(ra: float, dec: float, angle: float) -> None:
    wcs = tan(ra, dec, 400, angle=angle)
    grid = Grid(wcs, 260, 120, 50)
    (sky,) = wcs.all_pix2world([[285.2, 144.7]], 0)
    text = header_text(local_terms(wcs, (grid.left, grid.top), *sky))
    stored = WCS(Header.fromstring(text))
    x, y = np.meshgrid([0, 49], [0, 49])
    back = stored.all_world2pix(grid.to_sky(x, y), 0)
    np.testing.assert_allclose(back, np.stack([x.ravel(), y.ravel()], 1), atol=2e-3)
