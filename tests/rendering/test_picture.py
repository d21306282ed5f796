"""Pictures follow Lupton et al. 2004, the lock, and what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from astropy.visualization import make_lupton_rgb
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering import picture
from astromask_gui.rendering.no_data import STRIPES
from astromask_gui.state.display import (
    Display,
    DisplaySettings,
    SurveyPixels,
    automatic_rgb,
    with_style,
)

SURVEY = SurveyPixels(
    bands=("a", "b", "c"), zero_points=(22.5,) * 3, noise=(0.1,) * 3, pixel_scale=0.2
)
SETTINGS = DisplaySettings(rgb=(2, 1, 0))


def galaxy(flux: float = 5.0, seed: int = 1) -> np.ndarray:
    y, x = np.mgrid[-16:16, -16:16]
    shape = np.exp(-np.hypot(x, y) / 4)
    noise = np.random.default_rng(seed).normal(0, 0.1, (3, 32, 32))
    return (np.array([0.6, 1.0, 1.3])[:, None, None] * flux * shape + noise).astype(np.float32)


def is_striped(shown: np.ndarray) -> np.ndarray:
    """(H, W): which pixels are those of stripes."""
    return (shown[..., None, :] == STRIPES).all(axis=-1).any(axis=-1)


@pytest.mark.parametrize("locked", [True, False])
def test_pixels_without_data_are_striped_and_change_no_others(locked: bool) -> None:
    settings, whole = replace(SETTINGS, locked=locked), galaxy()
    lost = np.zeros((32, 32), bool)
    lost[3:7, 5:9] = True
    pixels = np.where(lost, np.nan, whole).astype(np.float32)
    for mode in ("rgb", "band"):
        chosen = replace(settings, mode=mode)
        shown = picture.render_cutout(pixels, none_missing(), chosen, SURVEY)
        np.testing.assert_array_equal(is_striped(shown), lost)
        if locked:
            plain = picture.render_cutout(whole, none_missing(), chosen, SURVEY)
            np.testing.assert_array_equal(shown[~lost], plain[~lost])
    small = picture.render_thumbnails(pixels[None].astype(np.float16), settings, SURVEY)[0]
    np.testing.assert_array_equal(is_striped(small), lost)


def test_a_pixel_that_one_band_lacks_takes_the_light_of_the_others() -> None:
    pixels = np.ones((3, 32, 32), np.float32)
    pixels[1, 4, 4] = np.nan
    shown = picture.render_cutout(pixels, none_missing(), SETTINGS, SURVEY)
    np.testing.assert_array_equal(shown[4, 4], shown[5, 5])


def test_a_missing_band_lends_a_thumbnail_no_false_colour() -> None:
    survey = replace(SURVEY, bands=("g", "r", "i"), noise=(0.01,) * 3)
    light = np.array([0.1, 0.2, 0.3], np.float16)[None, :, None, None]
    thumbnail = np.tile(light, (1, 1, 4, 4))
    thumbnail[:, 1] = np.nan
    shown = picture.render_thumbnails(thumbnail, replace(SETTINGS, rgb=(2, 1, 0)), survey)[0]
    red, green, blue = shown[0, 0].astype(int)
    assert min(red, blue) < green < max(red, blue), "the mean of those that are there"


def test_limits_are_measured_on_pixels_with_data() -> None:
    pixels = galaxy() + 100
    pixels[1, :10] = np.nan
    settings = replace(SETTINGS, mode="band", band=1, limits="percentile", locked=False)
    held = picture.limits_by_band(pixels, settings, SURVEY)
    assert held[1][0] > 90


PICTURE = SurveyPixels(("red", "green", "blue"), noise=(3.0,) * 3, white=255.0)


def test_a_picture_of_bytes_is_shown_as_it_is() -> None:
    display = Display()
    display.set_survey(PICTURE)
    assert display.settings.style == "plain"
    stored = np.random.default_rng(2).integers(0, 256, (3, 12, 10)).astype(np.float32)
    shown = picture.render_cutout(stored, none_missing(), display.settings, PICTURE)
    np.testing.assert_array_equal(shown, np.moveaxis(stored, 0, -1))
    single = picture.render_band(stored[1], 1, display.settings, PICTURE)
    np.testing.assert_array_equal(single[..., 0], stored[1])
    small = picture.render_thumbnails(stored[None].astype(np.float16), display.settings, PICTURE)
    np.testing.assert_array_equal(small[0], shown)


def test_a_picture_can_still_be_stretched_and_fluxes_are_never_shown_as_pictures() -> None:
    display = Display()
    display.set_survey(PICTURE)
    stored = np.full((3, 8, 8), 100, np.float32)
    brighter = replace(display.settings, stretch=0.5)
    shown = picture.render_cutout(stored, none_missing(), brighter, PICTURE)
    assert (shown == 200).all()
    display.set_settings(with_style(display.settings, "survey"))
    stretched = picture.render_cutout(stored, none_missing(), display.settings, PICTURE)
    assert stretched.std(axis=-1).max() == 0, "grey stays grey"
    display.set_settings(with_style(display.settings, "plain"))
    display.set_survey(SURVEY)
    assert display.settings.style == "survey"


def test_no_band_at_all_is_no_black_picture() -> None:
    shown = picture.render_cutout(galaxy(), np.ones(3, bool), SETTINGS, SURVEY)
    assert is_striped(shown).all()


def none_missing(count: int = 3) -> np.ndarray:
    return np.zeros(count, bool)


def test_agrees_with_astropy_up_to_the_sky_level() -> None:
    pixels = galaxy()
    ours = picture.render_cutout(pixels, none_missing(), SETTINGS, SURVEY).astype(int)
    stretch = 10 * 0.1
    theirs = make_lupton_rgb(pixels[2], pixels[1], pixels[0], stretch=stretch, Q=8).astype(int)
    unclipped = (theirs.max(axis=-1) < 240) & (theirs.min(axis=-1) > 0)
    assert unclipped.sum() > 100
    assert np.abs(ours - theirs)[unclipped].max() <= 8


def test_a_locked_stretch_keeps_brightness_differences() -> None:
    faint = picture.render_cutout(galaxy(1.0), none_missing(), SETTINGS, SURVEY)
    bright = picture.render_cutout(galaxy(8.0), none_missing(), SETTINGS, SURVEY)
    assert bright.max() > faint.max() + 40


def test_an_automatic_stretch_hides_them() -> None:
    settings = replace(SETTINGS, locked=False)
    faint = picture.render_cutout(galaxy(6.0), none_missing(), settings, SURVEY)
    bright = picture.render_cutout(galaxy(60.0), none_missing(), settings, SURVEY)
    assert abs(int(bright.max()) - int(faint.max())) < 25


def test_a_missing_band_leaves_no_false_colour() -> None:
    pixels = galaxy()
    pixels[0] = 0
    shown = picture.render_cutout(pixels, np.array([True, False, False]), SETTINGS, SURVEY)
    centre = shown[16, 16].astype(int)
    assert centre[2] >= min(centre[0], centre[1]) - 1


def test_zero_points_are_applied() -> None:
    pixels = galaxy()
    other = replace(SURVEY, zero_points=(25.0,) * 3, noise=(1.0,) * 3)
    same = picture.render_cutout(pixels * 10, none_missing(), SETTINGS, other)
    reference = picture.render_cutout(pixels, none_missing(), SETTINGS, SURVEY)
    assert np.abs(same.astype(int) - reference).max() <= 1


def test_thumbnails_look_like_their_cutouts() -> None:
    pixels = galaxy()
    thumbnail = pixels[[2, 1, 0]].astype(np.float16)[None]
    shown = picture.render_thumbnails(thumbnail, SETTINGS, SURVEY)[0]
    reference = picture.render_cutout(pixels, none_missing(), SETTINGS, SURVEY)
    assert np.abs(shown.astype(int) - reference).max() <= 3


def test_a_residual_is_black_where_the_model_agrees_and_warm_where_it_is_too_faint() -> None:
    residual = np.zeros((3, 8, 8), np.float32)
    residual[:, 2, 2] = 1.0
    residual[:, 5, 5] = -1.0
    shown = picture.render_residual(residual, SETTINGS, SURVEY).astype(int)
    assert shown[0, 0].sum() == 0
    assert shown[2, 2, 0] > shown[2, 2, 2]
    assert shown[5, 5, 2] > shown[5, 5, 0]


@given(
    bands=st.integers(1, 20),
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    value=st.floats(-1e6, 1e6, width=32),
    locked=st.booleans(),
    inverted=st.booleans(),
)
def test_any_finite_pixels_give_a_picture(
    bands: int, height: int, width: int, value: float, locked: bool, inverted: bool
) -> None:
    names = tuple(f"b{i}" for i in range(bands))
    survey = SurveyPixels(names, (22.5,) * bands, (0.1,) * bands)
    settings = DisplaySettings(rgb=automatic_rgb(names), locked=locked, inverted=inverted)
    pixels = np.full((bands, height, width), value, np.float32)
    with np.errstate(all="raise", under="ignore"):
        shown = picture.render_cutout(pixels, none_missing(bands), settings, survey)
    assert shown.shape == (height, width, 3)
    assert shown.dtype == np.uint8


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        (("u", "g", "r", "i", "z"), (3, 2, 1)),
        (("g", "r", "z"), (2, 1, 0)),
        (("cfis-u", "whigs-g", "cfis_lsb-r", "ps-i", "wishes-z"), (3, 2, 1)),
        (("red", "green", "blue"), (0, 1, 2)),
        (("VIS", "NIR_Y", "NIR_J", "NIR_H"), (2, 1, 0)),
        (("x",), (0, 0, 0)),
        ((), (0, 0, 0)),
    ],
)
def test_bands_for_red_green_and_blue_are_chosen_by_name(
    bands: tuple[str, ...], expected: tuple[int, int, int]
) -> None:
    assert automatic_rgb(bands) == expected
