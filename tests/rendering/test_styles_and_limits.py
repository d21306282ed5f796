"""The styles of colour pictures and the limits of single bands are what they are named after."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from astropy.visualization import ZScaleInterval, make_lupton_rgb
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from astromask_gui.rendering.colour_maps import COLOUR_MAPS, colour_map
from astromask_gui.rendering.flux import surface_brightness
from astromask_gui.rendering.limits import between, measured_limits, zscale
from astromask_gui.rendering.picture import render_band, render_cutout, render_thumbnails
from astromask_gui.state.display import DisplaySettings, SurveyPixels, with_style

SURVEY = SurveyPixels(("g", "r", "z"), (22.5,) * 3, (0.01,) * 3, pixel_scale=0.262)
SETTINGS = DisplaySettings(rgb=(2, 1, 0))
NONE_MISSING = np.zeros(3, bool)


def galaxy(flux: float = 0.5, side: int = 40, seed: int = 1) -> np.ndarray:
    y, x = np.mgrid[:side, :side] - side / 2
    shape = np.exp(-np.hypot(x, y) / 4)
    noise = np.random.default_rng(seed).normal(0, 0.01, (3, side, side))
    return (np.array([0.6, 1.0, 1.3])[:, None, None] * flux * shape + noise).astype(np.float32)


def shown(
    pixels: np.ndarray, settings: DisplaySettings, survey: SurveyPixels = SURVEY
) -> np.ndarray:
    return render_cutout(pixels, NONE_MISSING, settings, survey).astype(int)


def legacy_viewer(g: np.ndarray, r: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The published recipe of legacysurvey.org/viewer for nanomaggies, as bytes."""
    planes = [np.maximum(0, band * scale + 0.03) for band, scale in ((g, 6.0), (r, 3.4), (z, 2.2))]
    intensity = np.mean(planes, axis=0)
    stretched = np.arcsinh(20 * intensity) / np.sqrt(20)
    safe = np.where(intensity == 0, 1e-6, intensity)
    colours = [(band * scale + 0.03) * stretched / safe for band, scale in
               ((z, 2.2), (r, 3.4), (g, 6.0))]  # fmt: skip
    return np.clip(np.stack(colours, axis=-1) * 255, 0, 255)


def test_legacy_viewer_style_is_that_of_the_viewer() -> None:
    pixels = galaxy()
    ours = shown(pixels, with_style(SETTINGS, "legacy"))
    assert np.abs(ours - legacy_viewer(*pixels)).max() <= 1


def test_unions_style_is_luptons_stretch_at_zero_point_30_with_a_gamma() -> None:
    pixels = galaxy()
    ours = shown(pixels, with_style(SETTINGS, "unions"))
    red, green, blue = (1000.0 * pixels[band] for band in (2, 1, 0))  # 10^(0.4 (30 − 22.5))
    theirs = make_lupton_rgb(red, green, blue, stretch=125, Q=7) / 255.0
    unclipped = (theirs.max(axis=-1) < 0.95) & (theirs.min(axis=-1) > 0.02)
    assert unclipped.sum() > 50
    # A step of a byte before the gamma is several after it.
    assert np.abs(ours - 255 * theirs**0.25)[unclipped].max() <= 10


@pytest.mark.parametrize("style", ["survey", "unions", "legacy"])
def test_every_style_applies_the_zero_points(style: str) -> None:
    settings = with_style(SETTINGS, style)  # type: ignore[arg-type]
    other = replace(SURVEY, zero_points=(30.0, 27.0, 30.0), noise=(10.0, 10**-0.2, 10.0))
    factors = np.array([1000.0, 10**1.8, 1000.0], np.float32)[:, None, None]
    assert np.abs(shown(galaxy() * factors, settings, other) - shown(galaxy(), settings)).max() <= 2


@pytest.mark.parametrize("style", ["survey", "unions", "legacy"])
def test_every_style_is_locked_or_automatic(style: str) -> None:
    locked = with_style(SETTINGS, style)  # type: ignore[arg-type]
    free = replace(locked, locked=False)
    faint, bright = galaxy(0.3), 8 * galaxy(0.3)
    assert np.abs(shown(faint, locked) - shown(bright, locked)).max() > 25
    assert np.abs(shown(faint, free) - shown(bright, free)).max() <= 3


@pytest.mark.parametrize("style", ["survey", "unions", "legacy"])
def test_thumbnails_look_like_their_cutouts_in_every_style(style: str) -> None:
    settings = with_style(SETTINGS, style)  # type: ignore[arg-type]
    thumbnail = galaxy()[[2, 1, 0]].astype(np.float16)[None]
    small = render_thumbnails(thumbnail, settings, SURVEY)[0].astype(int)
    assert np.abs(small - shown(galaxy(), settings)).mean() < 2


def test_a_band_switched_off_gives_no_light() -> None:
    without_red = shown(galaxy(), replace(SETTINGS, hidden=(2,)))
    assert without_red[..., 0].max() == 0
    assert (without_red[..., 1:] == shown(galaxy(), SETTINGS)[..., 1:]).all()


def test_inverting_twice_is_nothing() -> None:
    inverted = shown(galaxy(), replace(SETTINGS, inverted=True))
    assert (255 - inverted == shown(galaxy(), SETTINGS)).all()


@pytest.mark.parametrize("kind", ["sky", "galaxy", "ramp"])
def test_zscale_agrees_with_astropy(kind: str) -> None:
    random = np.random.default_rng(5)
    plane = {
        "sky": random.normal(3, 1, (80, 80)),
        "galaxy": galaxy(side=90)[1],
        "ramp": np.linspace(0, 1, 6400).reshape(80, 80),
    }[kind].astype(np.float32)
    theirs = ZScaleInterval().get_limits(plane)
    assert zscale(plane.ravel()) == pytest.approx(theirs, rel=1e-3, abs=1e-4)


planes = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(width=32, allow_nan=True, allow_infinity=True),
)


@how(max_examples=40)
@given(plane=planes, limits=st.sampled_from(["percentile", "zscale"]),
       curve=st.sampled_from(["linear", "sqrt", "asinh", "log"]))  # fmt: skip
def test_any_plane_has_limits_and_a_picture(plane: np.ndarray, limits: str, curve: str) -> None:
    low, high = measured_limits(plane, limits, 99.5)  # type: ignore[arg-type]
    assert np.isfinite([low, high]).all() and low <= high
    share = between(np.nan_to_num(plane), low, high, curve)  # type: ignore[arg-type]
    assert share.shape == plane.shape and (share >= 0).all() and (share <= 1).all()


@how(max_examples=40)
@given(
    plane=planes,
    style=st.sampled_from(["survey", "unions", "legacy"]),
    locked=st.booleans(),
    softening=st.floats(0.8, 80),
    stretch=st.floats(0.1, 10),
    black=st.floats(-5, 5),
)
def test_any_pixels_give_a_picture_in_every_style(
    plane: np.ndarray, style: str, locked: bool, softening: float, stretch: float, black: float
) -> None:
    settings = replace(
        with_style(SETTINGS, style),  # type: ignore[arg-type]
        locked=locked, softening=softening, stretch=stretch, black=black,
    )  # fmt: skip
    pixels = np.stack([plane] * 3)
    with np.errstate(all="raise", under="ignore"):
        picture = render_cutout(pixels, NONE_MISSING, settings, SURVEY)
        single = render_band(plane, 1, settings, SURVEY)
    assert picture.shape == single.shape == (*plane.shape, 3)
    assert picture.dtype == single.dtype == np.uint8


@given(values=st.lists(st.floats(-10, 10), min_size=2, max_size=50),
       curve=st.sampled_from(["linear", "sqrt", "asinh", "log"]))  # fmt: skip
def test_brighter_light_is_never_darker(values: list[float], curve: str) -> None:
    share = between(np.sort(np.array([values], np.float32)), -5, 5, curve)  # type: ignore[arg-type]
    assert (np.diff(share) >= -1e-6).all()


def test_limits_that_are_held_hold_for_every_galaxy_of_a_locked_stretch() -> None:
    held = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
    settings = replace(SETTINGS, mode="band", limits="percentile", held=held)
    faint, bright = (render_band(galaxy(flux)[1], 1, settings, SURVEY) for flux in (0.1, 0.8))
    assert bright.max() > faint.max() + 60
    free = replace(settings, locked=False)
    faint, bright = (render_band(galaxy(flux)[1], 1, free, SURVEY) for flux in (0.1, 0.8))
    assert bright.max() == faint.max() == 255


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colour_maps_go_from_dark_to_bright(name: str) -> None:
    table = colour_map(name)
    assert table.shape == (256, 3) and table.dtype == np.uint8
    brightness = table.astype(float) @ [0.3, 0.59, 0.11]
    assert brightness[-1] > brightness[0] + 100


@given(nanomaggies=st.floats(1e-6, 1e6), scale=st.floats(0.05, 2))
def test_surface_brightness_does_not_depend_on_the_pixels(nanomaggies: float, scale: float) -> None:
    whole = surface_brightness(nanomaggies, scale)
    quarter = surface_brightness(nanomaggies / 4, scale / 2)
    assert whole == pytest.approx(quarter)
    assert surface_brightness(1.0, 1.0) == 22.5
    assert surface_brightness(-nanomaggies, scale) is None
