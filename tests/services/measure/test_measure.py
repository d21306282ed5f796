"""What is measured within the aperture."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.measure.service import MeasureService, measure
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.measure import Shape

SURVEY = SurveyPixels(("g", "r"), (27.0, 30.0), (1.0, 1.0), pixel_scale=0.2)


def cutout(row: int = 0, missing: tuple[int, ...] = ()) -> Cutout:
    """A Gaussian of σ 3 px and 10,000 counts in both bands, at the middle."""
    y, x = np.mgrid[:64, :64] - 31.5
    light = 10_000 / (2 * math.pi * 9) * np.exp(-(x**2 + y**2) / 18)
    pixels = np.stack([light, light]) + np.random.default_rng(row).normal(size=(2, 64, 64))
    absent = np.isin(np.arange(2), missing)
    pixels[absent] = 0
    return Cutout(row, f"galaxy-{row}", pixels.astype(np.float32), absent)


def test_magnitudes_are_those_of_the_zero_points() -> None:
    g, r = measure(cutout(), Shape(radius=12), SURVEY).fluxes
    assert g.magnitude == pytest.approx(27 - 2.5 * 4, abs=0.02)
    assert r.magnitude == pytest.approx(30 - 2.5 * 4, abs=0.02)
    assert g.flux == pytest.approx(10_000 * 10 ** (-0.4 * (27 - 22.5)), rel=0.02)
    area = math.pi * (12 * 0.2) ** 2
    assert g.brightness == pytest.approx(g.magnitude + 2.5 * math.log10(area), abs=1e-3)


def test_the_profile_is_in_arcsec_and_magnitudes() -> None:
    profile = measure(cutout(), Shape(radius=12), SURVEY).profiles[0]
    assert profile.radii[0] == pytest.approx(0.1)
    peak = 10_000 / (2 * math.pi * 9) / 0.04
    assert profile.values[0] == pytest.approx(27 - 2.5 * math.log10(peak), abs=0.05)
    assert profile.noise == pytest.approx(27 - 2.5 * math.log10(1 / 0.04), abs=0.2)


def test_without_zero_points_there_are_counts_and_no_magnitudes() -> None:
    found = measure(cutout(), Shape(radius=12), SurveyPixels(("g", "r")))
    assert found.fluxes[0].flux == pytest.approx(10_000, rel=0.02)
    assert found.fluxes[0].magnitude is None and found.fluxes[0].brightness is None
    assert found.profiles[0].radii[0] == pytest.approx(0.5)


def test_what_is_missing_or_left_out_is_said() -> None:
    found = measure(cutout(missing=(1,)), Shape(30, 0, 8), SURVEY)
    assert found.fluxes[1].flux is None and len(found.profiles) == 1
    assert "Missing: r." in found.notes and any("no data" in note for note in found.notes)


def test_pixels_without_data_are_left_out_and_counted() -> None:
    seen = cutout()
    pixels = seen.pixels.copy()
    pixels[:, 24:28, 30:34] = np.nan
    found = measure(replace(seen, pixels=pixels), Shape(radius=12), SURVEY)
    whole = measure(seen, Shape(radius=12), SURVEY)
    y, x = np.mgrid[24:28, 30:34] - 31.5
    lost = (np.exp(-(x**2 + y**2) / 18) / (2 * math.pi * 9)).sum()
    assert found.fluxes[0].flux == pytest.approx(whole.fluxes[0].flux * (1 - lost), rel=0.01)
    assert any(note.startswith("16.0 px of the aperture have no data") for note in found.notes)
    radii = whole.profiles[0].radii
    near = (radii > 0.6) & (radii < 1.6)
    assert found.profiles[0].values[near] == pytest.approx(whole.profiles[0].values[near], abs=0.1)


def test_each_new_galaxy_is_measured_in_the_same_aperture(qtbot: QtBot) -> None:
    state = ApplicationState()
    state.display.set_survey(SURVEY)
    service = MeasureService(state)
    state.cutout.set_cutout(cutout(1))
    with qtbot.waitSignal(state.measure.changed):
        state.measure.set_aperture(Shape(radius=9))
    with qtbot.waitSignal(state.measure.changed):
        state.cutout.set_cutout(cutout(2))
    answer = state.measure.answer
    assert answer is not None and (answer.row, answer.shape) == (2, Shape(radius=9))
    state.measure.set_aperture(None)
    assert state.measure.answer is None
    service.close()


def test_an_aperture_is_fitted_to_the_galaxy(qtbot: QtBot) -> None:
    state = ApplicationState()
    service = MeasureService(state)
    try:
        state.display.set_survey(SURVEY)
        state.cutout.set_cutout(cutout())
        state.measure.set_aperture(Shape(9, 9, radius=2))
        state.measure.fit_aperture()
        qtbot.waitUntil(lambda: state.measure.aperture != Shape(9, 9, radius=2))
        shape = state.measure.aperture
        assert shape is not None and (shape.x, shape.y) == pytest.approx((0, 0), abs=0.2)
        assert 7 < shape.radius < 14
        qtbot.waitUntil(lambda: state.measure.answer is not None)
    finally:
        service.close()


def test_a_shape_moved_by_hand_is_not_replaced_by_a_late_fit(qtbot: QtBot) -> None:
    state = ApplicationState()
    service = MeasureService(state)
    try:
        state.display.set_survey(SURVEY)
        state.cutout.set_cutout(cutout())
        state.measure.set_aperture(Shape(radius=5))
        state.measure.fit_aperture()
        state.measure.set_aperture(Shape(radius=6))
        qtbot.waitUntil(lambda: state.measure.answer is not None)
        assert state.measure.aperture == Shape(radius=6)
    finally:
        service.close()
