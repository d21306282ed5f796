"""What the service takes away, and that its answers belong to what is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.measure.light import (
    LARGEST_SIDE,
    LightService,
    middle_of,
    take_away,
)
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.light import LightAnswer, LightSettings, Mode

BANDS = ("u", "g", "r")
SURVEY = SurveyPixels(BANDS, (30.0, 27.0, 30.0), (1.0,) * 3, pixel_scale=0.2)


def cutout(row: int = 0, missing: tuple[int, ...] = ()) -> Cutout:
    """A round galaxy of 100 counts in noise of 1, a little off the middle."""
    y, x = np.mgrid[:48, :48].astype(float)
    light = 100 * np.exp(-np.hypot(x - 24.2, y - 23.1) / 4)
    pixels = light + np.random.default_rng(row).normal(size=(3, 48, 48))
    absent = np.isin(np.arange(3), missing)
    pixels[absent] = 0
    return Cutout(row, f"galaxy-{row}", pixels.astype(np.float32), absent)


@pytest.mark.parametrize("mode", ["rotation", "isophotes", "unsharp"])
def test_a_round_galaxy_goes(mode: Mode) -> None:
    left = take_away(cutout(), LightSettings(mode, radius=2.0), SURVEY)
    assert left.pixels.shape == (3, 48, 48)
    assert np.abs(left.pixels[:, 16:32, 16:32]).mean() < 5 and left.caption


@pytest.mark.parametrize("mode", ["rotation", "isophotes", "unsharp", "difference"])
def test_pixels_without_data_spoil_no_others_and_are_counted(mode: Mode) -> None:
    whole = cutout()
    pixels = whole.pixels.copy()
    pixels[:, 27:29, 18:21] = np.nan
    settings = LightSettings(mode, radius=2.0, first=0, second=2)
    left = take_away(replace(whole, pixels=pixels), settings, SURVEY)
    expected = take_away(whole, settings, SURVEY).pixels
    band = 0 if left.band is None else left.band
    lost = np.isnan(left.pixels[band])
    assert lost.sum() == 6 and lost[27:29, 18:21].all()
    apart = np.abs(left.pixels[band] - expected[band])[~lost]
    assert np.quantile(apart, 0.98) < 4 and "6 px have no data" in left.sentence


def test_the_centre_is_told_from_the_middle_of_the_cutout() -> None:
    left = take_away(cutout(), LightSettings("rotation"), SURVEY)
    assert left.centre == pytest.approx((24.2 - 23.5, 23.1 - 23.5), abs=0.1)


@pytest.mark.parametrize("side", [LARGEST_SIDE + 41, LARGEST_SIDE + 40])
def test_in_a_wide_field_the_light_goes_in_the_middle(side: int) -> None:
    small = cutout()
    wide = np.zeros((3, side, side), np.float32)
    first = (side - 48) // 2
    wide[:, first : first + 48, first : first + 48] = small.pixels
    left = take_away(replace(small, pixels=wide), LightSettings("unsharp", radius=2.0), SURVEY)
    assert left.pixels.shape == wide.shape and "middle" in left.caption
    rows, columns = middle_of((side, side))
    assert (rows.start + rows.stop, columns.start + columns.stop) == (side, side)
    assert rows.stop - rows.start in (LARGEST_SIDE, LARGEST_SIDE + 1)
    expected = take_away(small, LightSettings("unsharp", radius=2.0), SURVEY)
    found = left.pixels[:, first + 9 : first + 39, first + 9 : first + 39]
    assert found == pytest.approx(expected.pixels[:, 9:39, 9:39], abs=1e-3)
    outside = left.pixels.copy()
    outside[:, rows, columns] = np.nan
    assert np.isnan(outside).all() and np.isfinite(left.pixels[:, rows, columns]).all()


def test_in_a_wide_field_a_missing_band_is_still_said() -> None:
    wide = replace(cutout(missing=(0,)), pixels=np.zeros((3, 500, 500), np.float32))
    left = take_away(wide, LightSettings("difference", first=0, second=1), SURVEY)
    assert left.pixels.shape == (3, 500, 500) and "no u band" in left.sentence
    assert not left.pixels[0].any(), "missing throughout, not without data here and there"


def test_the_model_and_what_it_leaves_make_the_galaxy() -> None:
    settings, seen = LightSettings("isophotes"), cutout()
    left = take_away(seen, settings, SURVEY).pixels
    model = take_away(seen, replace(settings, shows_model=True), SURVEY).pixels
    # Up to the sky, one level a band.
    assert (left + model - seen.pixels).std(axis=(1, 2)).max() < 1e-3


def test_a_difference_takes_zero_points_into_account() -> None:
    left = take_away(cutout(), LightSettings("difference", first=1, second=2), SURVEY)
    # As many counts at 3 mag less are 15.8 times the flux.
    assert left.ratio == pytest.approx(10 ** (0.4 * 3), rel=0.05)
    assert left.band == 1 and left.caption == f"g − {left.ratio:.2f} r"
    assert np.abs(left.pixels[1, 16:32, 16:32]).mean() < 3
    # The same flux in counts of another band.
    assert left.pixels[2] == pytest.approx(left.pixels[1] * 10 ** (0.4 * 3), rel=1e-4)


def test_a_difference_with_a_missing_band_is_refused_in_a_sentence() -> None:
    left = take_away(cutout(missing=(0,)), LightSettings("difference", first=0), SURVEY)
    assert left.sentence == "The file has no u band of this galaxy."


@pytest.mark.parametrize("mode", ["rotation", "isophotes", "unsharp"])
def test_missing_bands_stay_missing(mode: Mode) -> None:
    left = take_away(cutout(missing=(1,)), LightSettings(mode), SURVEY)
    assert not left.pixels[1].any() and left.pixels[0].any()


@pytest.fixture
def state(qtbot: QtBot) -> ApplicationState:
    made = ApplicationState()
    made.display.set_survey(SURVEY)
    return made


def test_each_new_galaxy_is_answered(state: ApplicationState, qtbot: QtBot) -> None:
    service = LightService(state)
    state.light.set_settings(LightSettings("rotation"))
    for row in (3, 4):
        with qtbot.waitSignal(state.light.changed):
            state.cutout.set_cutout(cutout(row))
        assert state.light.answer is not None and state.light.answer.row == row
    service.close()


def test_of_a_galaxy_that_has_gone_nothing_is_left_for_the_same_row_of_another_survey(
    state: ApplicationState, qtbot: QtBot
) -> None:
    service = LightService(state)
    state.light.set_settings(LightSettings("rotation"))
    with qtbot.waitSignal(state.light.changed):
        state.cutout.set_cutout(cutout(3))
    state.cutout.clear()
    assert state.light.answer_for(cutout(3)) is None
    service.close()


def test_an_answer_is_never_shown_on_another_galaxy_or_for_other_settings(
    state: ApplicationState,
) -> None:
    state.light.set_settings(LightSettings("rotation"))
    answer = LightAnswer(3, LightSettings("rotation"), cutout(3).pixels, "")
    assert state.light.set_answer(answer)
    assert state.light.answer_for(cutout(3)) is answer
    assert state.light.answer_for(cutout(4)) is None
    state.light.set_settings(LightSettings("unsharp"))
    assert not state.light.set_answer(answer)
    state.light.set_settings(LightSettings())
    assert state.light.answer is None
