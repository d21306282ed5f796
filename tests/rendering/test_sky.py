"""The sky on a plane: against astropy's WCS, there and back, and which plane is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astromask_gui.rendering.sky import (
    choose_axes,
    is_on_sky,
    outline,
    places_on_sky,
    project,
    sky_bounds,
    unproject,
)
from astromask_gui.state.plane import SkyAxes

WHOLE = SkyAxes("MOL", 120.0, 0.0)
REGION = SkyAxes("ZEA", 359.9, 31.0)
PLANES = [
    WHOLE,
    SkyAxes("MOL", 0.0, 0.0),
    REGION,
    SkyAxes("ZEA", 10.0, 89.5),
    SkyAxes("ZEA", 200.0, -90.0),
]
planes = st.one_of(
    st.builds(SkyAxes, st.just("MOL"), st.floats(0, 360), st.just(0.0)),
    st.builds(SkyAxes, st.just("ZEA"), st.floats(0, 360), st.floats(-90, 90)),
)


def whole_sky(count: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 360, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))


def cap(ra: float, dec: float, radius: float, count: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Positions spread evenly within `radius` degrees of a place."""
    far, turn = whole_sky(count)[0], np.sqrt(np.linspace(0, 1, count))
    angle = np.radians(far)
    distance = np.degrees(2) * np.sin(np.radians(radius) / 2) * turn
    return unproject(SkyAxes("ZEA", ra, dec), distance * np.cos(angle), distance * np.sin(angle))


def separation(ra0, dec0, ra1, dec1) -> np.ndarray:
    """Degrees between positions."""
    ra0, dec0, ra1, dec1 = (np.radians(value) for value in (ra0, dec0, ra1, dec1))
    half = np.sin((dec1 - dec0) / 2) ** 2
    half = half + np.cos(dec0) * np.cos(dec1) * np.sin((ra1 - ra0) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


@pytest.mark.parametrize("axes", PLANES, ids=str)
def test_places_are_those_of_the_wcs_standard(axes: SkyAxes) -> None:
    from astropy.wcs import WCS

    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{axes.projection}", f"DEC--{axes.projection}"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [axes.ra, axes.dec], [0, 0], [-1, 1]
    if abs(axes.dec) == 90:
        wcs.wcs.lonpole = 180.0
    ra, dec = whole_sky()
    expected = wcs.wcs_world2pix(np.stack([ra, dec], axis=1), 0) + 1
    x, y = project(axes, ra, dec)
    if axes.projection == "ZEA":  # both lose digits next to the point opposite the centre
        near = separation(ra, dec, axes.ra, axes.dec) < 175
        x, y, expected = x[near], y[near], expected[near]
    np.testing.assert_allclose(np.stack([x, y], axis=1), expected, atol=2e-7)


@settings(max_examples=300, deadline=None)
@given(planes, st.floats(0, 359.999999), st.floats(-90, 90))
def test_there_and_back_is_the_same_position(axes: SkyAxes, ra: float, dec: float) -> None:
    x, y = project(axes, np.array([ra]), np.array([dec]))
    if axes.projection == "ZEA" and separation(ra, dec, axes.ra, axes.dec) > 170:
        return
    back = unproject(axes, x, y)
    assert separation(ra, dec, back[0][0], back[1][0]) < 1e-7


@settings(max_examples=200, deadline=None)
@given(planes, st.floats(-200, 200), st.floats(-200, 200))
def test_every_place_within_the_outline_is_on_the_sky_and_no_other(
    axes: SkyAxes, x: float, y: float
) -> None:
    half_x, half_y = outline(axes).max(axis=0)
    distance = (x / half_x) ** 2 + (y / half_y) ** 2
    ra, dec = unproject(axes, np.array([x]), np.array([y]))
    if distance < 0.999:
        assert 0 <= ra[0] < 360 and -90 <= dec[0] <= 90
        again = project(axes, ra, dec)
        np.testing.assert_allclose([again[0][0], again[1][0]], [x, y], atol=1e-6)
    elif distance > 1.001:
        assert np.isnan(ra[0]) and np.isnan(dec[0])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("axes", [WHOLE, REGION])
def test_a_view_zoomed_far_out_has_nothing_beside_the_sky(axes: SkyAxes) -> None:
    ra, dec = unproject(axes, np.array([1e12, 1e12, 0.0]), np.array([1e12, 0.0, -1e12]))
    assert np.isnan(ra).all() and np.isnan(dec).all()


def test_north_is_up_and_east_is_left() -> None:
    for axes in (WHOLE, REGION):
        x, y = project(
            axes, np.array([(axes.ra + 1) % 360, axes.ra]), np.array([axes.dec, axes.dec + 1])
        )
        assert x[0] < 0 and abs(y[0]) < 0.1
        assert abs(x[1]) < 1e-9 and y[1] > 0


def test_a_map_of_the_whole_sky_shows_all_of_it() -> None:
    bounds = sky_bounds(WHOLE)
    assert bounds is not None
    x, y = project(WHOLE, *whole_sky())
    assert (np.abs(x) <= bounds.x1).all() and (np.abs(y) <= bounds.y1).all()
    assert sky_bounds(REGION) is None and sky_bounds(None) is None


def test_equal_areas_of_the_sky_are_equal_on_the_map() -> None:
    ra, dec = whole_sky(200_000)
    for axes in (WHOLE, REGION):
        x, y = project(axes, ra, dec)
        inner = np.abs(outline(axes)).max(axis=0) * 0.5
        share = np.mean((np.abs(x) < inner[0]) & (np.abs(y) < inner[1]))
        # A rectangle of half the ellipse's width and height has 1/π of its area.
        assert share == pytest.approx(1 / np.pi, abs=0.005)


def test_a_survey_across_the_origin_of_right_ascension_stays_whole() -> None:
    ra, dec = cap(0.0, 5.0, 4.0)
    axes = choose_axes(ra, dec)
    assert axes.projection == "ZEA"
    assert separation(axes.ra, axes.dec, 0.0, 5.0) < 0.5
    x, y = project(axes, ra, dec)
    assert np.hypot(x, y).max() < 4.6
    # Counting from −180° puts nothing elsewhere.
    signed = np.where(ra > 180, ra - 360, ra)
    np.testing.assert_allclose(project(axes, signed, dec), (x, y), atol=1e-9)


def test_a_survey_about_a_pole_is_shown_about_it() -> None:
    axes = choose_axes(*cap(40.0, 90.0, 3.0))
    assert axes.projection == "ZEA" and axes.dec > 89.5


def test_a_wide_survey_is_shown_on_the_whole_sky() -> None:
    assert choose_axes(*cap(150.0, 2.0, 55.0)).projection == "ZEA"
    assert choose_axes(*cap(150.0, 2.0, 75.0)).projection == "MOL"
    assert choose_axes(*whole_sky()) == SkyAxes("MOL", 180.0, 0.0)


def test_a_few_stray_positions_do_not_change_the_plane() -> None:
    ra, dec = cap(150.0, 2.0, 2.0, 5000)
    ra[0], dec[0] = 330.0, -2.0
    assert choose_axes(ra, dec).projection == "ZEA"


def test_the_whole_sky_is_cut_where_it_is_empty() -> None:
    ra, dec = whole_sky()
    for empty in (300, 5, 90):
        kept = np.abs((ra - empty + 180) % 360 - 180) > 40
        middle = choose_axes(ra[kept], dec[kept]).ra
        assert abs((middle - empty + 180) % 360 - 180) >= 165


def test_what_is_no_position_has_no_place() -> None:
    ra = np.array([np.nan, 10.0, 10.0, -99.0, 999.0, np.inf, 20.0])
    dec = np.array([0.0, np.nan, 90.001, -99.0, 0.0, 0.0, 1.0])
    assert is_on_sky(ra, dec).tolist() == [False] * 6 + [True]
    for axes in (WHOLE, REGION):
        places = places_on_sky(axes, ra, dec)
        assert np.isnan(places[:6]).all() and np.isfinite(places[6]).all()
    assert choose_axes(ra[:6], dec[:6]) == choose_axes(np.empty(0), np.empty(0))


def test_the_point_opposite_a_region_has_no_place_and_the_poles_have_one() -> None:
    axes = SkyAxes("ZEA", 0.0, 0.0)
    assert np.isnan(project(axes, np.array([180.0]), np.array([0.0]))).all()
    for plane in PLANES:
        poles = project(plane, np.array([33.0, 77.0]), np.array([90.0, 90.0]))
        if plane.dec > -90:
            np.testing.assert_allclose(poles[0][0], poles[0][1], atol=1e-9)
            np.testing.assert_allclose(poles[1][0], poles[1][1], atol=1e-9)


def test_places_of_many_resolve_a_hundredth_of_an_arcsecond_in_a_region() -> None:
    ra, dec = cap(214.0, 52.5, 1.0, 100_000)
    axes = choose_axes(ra, dec)
    places = places_on_sky(axes, ra, dec).astype(np.float64)
    back = unproject(axes, places[:, 0], places[:, 1])
    assert separation(ra, dec, *back).max() * 3600 < 0.01
