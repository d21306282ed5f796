"""Stretch, softening, limits and style are settings of the display, wherever they are changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.display import SurveyPixels
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import BANDS, make_cutout
from tests.gui.cutout.conftest import bytes_of


def test_the_panel_follows_a_display_changed_elsewhere(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = bytes_of(panel.picture.image)
    state.display.set_settings(replace(state.display.settings, stretch=0.2, locked=False))
    assert not panel.controls.lock.isChecked()
    assert bytes_of(panel.picture.image) != before


def test_moving_the_stretch_brightens_faint_parts(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = np.frombuffer(bytes_of(panel.picture.image), np.uint8).mean()
    panel.controls.stretch.setValue(panel.controls.stretch.maximum())
    assert state.display.settings.stretch < 1
    assert np.frombuffer(bytes_of(panel.picture.image), np.uint8).mean() > before


def test_softening_is_a_setting_of_the_display(panel: CutoutPanel, state: ApplicationState) -> None:
    panel.controls.more.softening.setValue(panel.controls.more.softening.maximum())
    assert state.display.settings.softening == pytest.approx(80)
    state.display.set_settings(replace(state.display.settings, softening=8.0, stretch=0.1))
    assert (
        panel.controls.more.softening.value() == 0
        and panel.controls.stretch.value() == panel.controls.stretch.maximum()
    )


def test_following_the_display_changes_nothing(panel: CutoutPanel, state: ApplicationState) -> None:
    wanted = replace(state.display.settings, softening=3.3, stretch=0.77)
    state.display.set_settings(wanted)
    assert state.display.settings == wanted


def test_the_lock_is_a_setting_of_the_display(panel: CutoutPanel, state: ApplicationState) -> None:
    assert state.display.settings.locked and panel.controls.lock.isChecked()
    panel.controls.lock.click()
    assert not state.display.settings.locked


def test_limits_measured_on_one_galaxy_hold_while_the_stretch_is_locked(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    rows = panel.controls.more.limits
    rows.kind.setCurrentIndex(rows.kind.findData("percentile"))
    rows.kind.activated.emit(rows.kind.currentIndex())
    settings = state.display.settings
    assert settings.mode == "band" and settings.limits == "percentile"
    assert len(settings.held) == len(BANDS)
    state.cutout.set_cutout(make_cutout(8))
    assert state.display.settings.held == settings.held
    rows.high.setText("55.5")
    rows.high.editingFinished.emit()
    assert state.display.settings.limits == "manual"
    assert state.display.settings.held[state.display.settings.band][1] == 55.5


def test_the_sliders_say_where_they_stand(panel: CutoutPanel, state: ApplicationState) -> None:
    more = panel.controls.more
    assert (more.softening_value.text(), more.black_value.text()) == ("8", "0.0 σ")
    more.black.setValue(-15)
    state.display.set_settings(replace(state.display.settings, softening=12.345))
    assert (more.softening_value.text(), more.black_value.text()) == ("12.3", "−1.5 σ")


@pytest.mark.parametrize(
    ("bands", "name"),
    [
        (("g", "r", "i"), "RGB irg"),
        (("red", "green", "blue"), "RGB"),
        (("VIS",), "Grey"),
        (("Y", "Y2"), "RGB Y2 Y Y"),
        (("band1", "band2", "band3"), "RGB"),
    ],
)
def test_the_colours_are_named_where_they_are_not_a_pictures_own(
    panel: CutoutPanel, state: ApplicationState, bands: tuple[str, ...], name: str
) -> None:
    state.display.set_survey(SurveyPixels(bands))
    assert panel.controls.mode.itemText(0) == name


def test_pictures_are_shown_as_they_are_until_another_style_is_chosen(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    box, survey = panel.controls.more.style_box, state.display.survey
    assert box.findData("plain") < 0, "fluxes have no white"
    state.display.set_survey(replace(survey, white=255.0))
    assert box.currentData() == "plain" and not panel.controls.more.softening.isEnabled()
    index = box.findData("unions")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert state.display.settings.style == "unions"
    state.display.set_survey(survey)
    assert box.findData("plain") < 0 and box.currentData() == "survey"


def test_a_style_brings_its_own_softening(panel: CutoutPanel, state: ApplicationState) -> None:
    box = panel.controls.more.style_box
    for index, (style, q) in enumerate((("survey", 8.0), ("unions", 7.0), ("legacy", 20.0))):
        box.setCurrentIndex(index)
        box.activated.emit(index)
        assert (state.display.settings.style, state.display.settings.softening) == (style, q)
