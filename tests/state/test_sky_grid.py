"""Pixels of a cutout on the sky, as astropy has them."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st

from astromask_gui.state.sky_grid import SkyGrid, assumed_grid

positions = st.tuples(st.floats(0, 359.9), st.floats(-89, 89))


def astropys(grid: SkyGrid) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [grid.ra, grid.dec]
    wcs.wcs.crpix = [grid.x + 1, grid.y + 1]
    wcs.wcs.cd = np.reshape(grid.matrix, (2, 2))
    return wcs


@settings(max_examples=30)
@given(place=positions, turn=st.floats(0, 6.28), mirrored=st.booleans(),
       pixel=st.tuples(st.floats(-300, 300), st.floats(-300, 300)))  # fmt: skip
def test_positions_are_those_of_astropy_and_lead_back(
    place: tuple[float, float], turn: float, mirrored: bool, pixel: tuple[float, float]
) -> None:
    step, sign = 0.2 / 3600, -1 if mirrored else 1
    cosine, sine = step * np.cos(turn), step * np.sin(turn)
    grid = SkyGrid(10.5, 20.0, *place, (sign * cosine, -sine, sign * sine, cosine))
    ra, dec = grid.to_sky(*pixel)
    their_ra, their_dec = astropys(grid).all_pix2world([pixel], 0)[0]
    apart = (ra - their_ra + 180) % 360 - 180
    assert abs(apart) * np.cos(np.radians(dec)) < 1e-8 and abs(dec - their_dec) < 1e-8
    assert grid.to_pixel(ra, dec) == pytest.approx(pixel, abs=1e-3)


@given(place=positions, turn=st.floats(0, 6.28), mirrored=st.booleans())
def test_the_arrows_point_north_and_east(
    place: tuple[float, float], turn: float, mirrored: bool
) -> None:
    step, sign = 0.2 / 3600, -1 if mirrored else 1
    cosine, sine = step * np.cos(turn), step * np.sin(turn)
    grid = SkyGrid(0, 0, *place, (sign * cosine, -sine, sign * sine, cosine))
    north, east = grid.directions()
    assert np.hypot(*north) == pytest.approx(1) and np.hypot(*east) == pytest.approx(1)
    assert grid.to_sky(*north)[1] - place[1] == pytest.approx(step, rel=1e-3)
    ra = (grid.to_sky(*east)[0] - place[0] + 180) % 360 - 180
    assert ra * np.cos(np.radians(place[1])) == pytest.approx(step, rel=1e-2)


def test_without_a_wcs_the_galaxy_is_in_the_middle_and_north_along_the_rows() -> None:
    grid = assumed_grid(150.0, 2.0, 0.2, 64, 65)
    assert grid is not None and not grid.stated
    assert grid.to_sky(31.5, 32.0) == pytest.approx((150.0, 2.0))
    assert grid.directions() == ((0.0, 1.0), (-1.0, 0.0))


@pytest.mark.parametrize(
    ("ra", "dec", "scale"),
    [(None, 2.0, 0.2), (1.0, None, 0.2), (1.0, 2.0, None), (1.0, 95.0, 0.2), (1e4, 2.0, 0.2)],
)
def test_no_place_is_made_up(ra: float | None, dec: float | None, scale: float | None) -> None:
    assert assumed_grid(ra, dec, scale, 64, 64) is None


def test_the_other_half_of_the_sky_is_on_no_pixel() -> None:
    grid = assumed_grid(10.0, 0.0, 0.2, 64, 64)
    assert grid is not None and grid.to_pixel(190.0, 0.0) is None
