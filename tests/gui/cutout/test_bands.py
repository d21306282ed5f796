"""Single bands: each shown with its name, chosen by a click, and told where it is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.widgets.cutout.panel import CutoutPanel
from astromask_gui.widgets.cutout.pictures import absent_sentence
from tests.gui.conftest import BANDS, make_cutout


def click(panel: CutoutPanel, band: int, qtbot: QtBot) -> None:
    picture = panel.bands.views[band].picture
    centre = QPoint(picture.width() // 2, picture.height() // 2)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=centre)


def test_every_band_is_shown_with_its_name(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    for view, name in zip(panel.bands.views, BANDS, strict=True):
        assert view.caption.text() == name
        assert view.picture.isVisible() and view.picture.height() >= 36
        assert view.caption.isVisible() and view.rect().contains(view.caption.geometry())


def test_a_missing_band_is_named_not_shown_as_black(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(0,)))
    # Single bands may follow the galaxy a turn later.
    qtbot.waitUntil(lambda: panel.bands.views[1].picture.image is not None)
    assert "missing" in panel.bands.views[0].caption.text()
    assert panel.bands.views[0].picture.image is None


def test_a_click_on_a_band_shows_it_alone_and_a_second_brings_colour_back(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    qtbot.waitUntil(lambda: panel.bands.views[3].picture.image is not None)
    click(panel, 3, qtbot)
    assert (state.display.settings.mode, state.display.settings.band) == ("band", 3)
    assert panel.controls.mode.currentText() == "i"
    click(panel, 3, qtbot)
    assert state.display.settings.mode == "rgb"
    assert panel.controls.mode.currentIndex() == 0


def test_twenty_bands_are_scrolled_and_widen_nothing(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    width, before = panel.minimumSizeHint().width(), panel.bands.height()
    names = tuple(f"band number {number}" for number in range(20))
    wide = Cutout(8, "wide", np.ones((20, 32, 32), np.float32), np.zeros(20, bool))
    state.cutout.set_cutout(wide)
    state.display.set_survey(replace(state.display.survey, bands=names, noise=(1.0,) * 20))
    bar = panel.bands.horizontalScrollBar()
    assert bar is not None
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert panel.minimumSizeHint().width() <= width + 40 and panel.bands.height() <= before
    assert len({view.picture.height() for view in panel.bands.views}) == 1
    state.display.set_settings(replace(state.display.settings, mode="band", band=19))
    assert bar.value() == bar.maximum(), "the band that is shown is in view"


def test_missing_bands_of_a_colour_picture_are_named_on_it(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(3,)))
    assert panel.picture.caption == "i missing"
    state.cutout.set_cutout(make_cutout(8, missing=(1, 2, 3)))
    assert panel.picture.image is None
    state.cutout.set_cutout(make_cutout(9))
    assert panel.picture.caption == "" and panel.picture.image is not None


def test_a_galaxy_without_any_band_is_no_black_picture(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    cutout = make_cutout(7, missing=tuple(range(len(BANDS))))
    state.cutout.set_cutout(cutout)
    assert panel.picture.image is None
    said = absent_sentence(cutout, state.display.settings, BANDS)
    assert said == "The file has no data of this galaxy in any band."
