"""The row with which the galaxy's light is taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.light import MODES, LightAnswer, LightSettings
from astromask_gui.widgets.cutout.light_bar import blue_and_red
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import make_cutout


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> CutoutPanel:
    made = CutoutPanel(state)
    qtbot.addWidget(made)
    made.resize(345, 600)
    made.show()
    state.cutout.set_cutout(make_cutout(7))
    return made


def test_each_way_shows_its_own_controls(panel: CutoutPanel, state: ApplicationState) -> None:
    bar = panel.light
    controls = {
        "difference": {bar.first, bar.second, bar.ratio, bar.fit},
        "unsharp": {bar.radius},
        "isophotes": {bar.shows_model},
    }
    for index, mode in enumerate(MODES):
        bar.mode.setCurrentIndex(index)
        bar.mode.activated.emit(index)
        assert state.light.settings.mode == mode
        for owner, widgets in controls.items():
            assert all(widget.isVisible() == (owner == mode) for widget in widgets)
        QApplication.sendPostedEvents()
        assert bar.minimumSizeHint().width() <= 316 - 24, f"{mode} widens the panel"


def test_what_is_left_is_shown_with_its_name(panel: CutoutPanel, state: ApplicationState) -> None:
    before = panel.picture.image
    state.light.set_settings(LightSettings("rotation"))
    pixels = np.zeros_like(make_cutout(7).pixels)
    state.light.set_answer(LightAnswer(7, state.light.settings, pixels, "less itself"))
    assert panel.picture.caption == "less itself" and panel.picture.image != before
    state.light.set_settings(replace(state.light.settings, mode="off"))
    assert panel.picture.caption == "" and panel.picture.image == before


def test_the_key_takes_the_light_away_as_last_time(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    panel.light.choose_mode("unsharp")
    panel.light.toggle()
    assert state.light.settings.mode == "off"
    panel.light.toggle()
    assert state.light.settings.mode == "unsharp"


def test_what_did_not_go_as_asked_is_said(panel: CutoutPanel, state: ApplicationState) -> None:
    state.light.set_settings(LightSettings("isophotes"))
    pixels = make_cutout(7).pixels
    answer = LightAnswer(7, state.light.settings, pixels, "", "The isophotes could not be fitted.")
    state.light.set_answer(answer)
    assert panel.light.sentence.isVisible()
    assert panel.light.sentence.text() == "The isophotes could not be fitted."


def test_a_ratio_moved_by_hand_is_kept_until_it_is_fitted_again(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    panel.light.choose_mode("difference")
    panel.light.ratio.setValue(panel.light.ratio.value() + 5)
    assert state.light.settings.ratio == pytest.approx(panel.light.ratio.factor)
    panel.light.fit.click()
    assert state.light.settings.ratio is None


@pytest.mark.parametrize(
    ("bands", "pair"),
    [("ugriz", (1, 3)), ("gri", (0, 2)), ("grz", (0, 1)), (("VIS", "Y"), (0, 1)), ("x", (0, 0))],
)
def test_a_difference_begins_with_the_bands_that_show_blue_arcs(
    bands: tuple[str, ...], pair: tuple[int, int]
) -> None:
    assert blue_and_red(tuple(bands)) == pair
