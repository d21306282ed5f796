"""Bands and pinned galaxies beside each other, and two that blink."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import Blink, CutoutWindow
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import BANDS, make_cutout
from tests.gui.cutout.conftest import bytes_of, press


def test_all_bands_stand_beside_each_other_and_one_is_chosen_by_a_click(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(0,)))
    press(panel, "bands")
    shown = panel.pictures.bands.pictures
    assert len(shown) == 1 + len(BANDS) and not panel.bands.isVisible()
    assert [picture.caption for picture in shown.values()] == ["colour", *BANDS]
    assert shown[0].image is None, "a missing band is no black picture"
    qtbot.waitUntil(lambda: shown[3].isVisible() and shown[3].width() >= 40)
    qtbot.mouseClick(shown[3], Qt.MouseButton.LeftButton, pos=shown[3].rect().center())
    assert (state.display.settings.mode, state.display.settings.band) == ("band", 3)


def test_pictures_beside_each_other_are_zoomed_together(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    press(panel, "bands")
    state.cutout_view.set_window(CutoutWindow(2.0, 1.0, 8.0))
    scales = {
        min(picture.width(), picture.height()) / picture.picture_scale()
        for picture in panel.pictures.bands.pictures.values()
    }
    assert [round(span, 3) for span in scales] == [8.0]


def test_six_galaxies_are_pinned_and_the_oldest_gives_way(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    for row in range(8):
        state.cutout.set_cutout(make_cutout(row))
        press(panel, "pin")
    assert state.pins.rows == (2, 3, 4, 5, 6, 7)
    assert panel.tools.pin.isChecked()
    press(panel, "pin")
    assert 7 not in state.pins.rows and not panel.tools.pin.isChecked()


def test_a_click_on_a_pinned_galaxy_makes_it_active(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    for row in (3, 9):
        state.cutout.set_cutout(make_cutout(row))
        press(panel, "pin")
    press(panel, "pinned")
    pictures = panel.pictures.pinned.pictures
    assert [picture.caption for picture in pictures.values()] == ["galaxy-3", "galaxy-9"]
    qtbot.waitUntil(lambda: pictures[3].isVisible() and pictures[3].width() >= 40)
    qtbot.mouseClick(pictures[3], Qt.MouseButton.LeftButton, pos=pictures[3].rect().center())
    assert state.selection.active == 3


def test_blinking_shows_the_galaxy_before_and_says_so(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(3))
    first = bytes_of(panel.picture.image)
    state.cutout.set_cutout(make_cutout(9))
    second = bytes_of(panel.picture.image)
    state.cutout_view.set_blink(Blink(on=True, rate=10))
    qtbot.waitUntil(lambda: panel.picture.caption == "galaxy-3")
    assert bytes_of(panel.picture.image) == first
    qtbot.waitUntil(lambda: panel.picture.caption == "galaxy-9")
    assert bytes_of(panel.picture.image) == second
    press(panel, "blink")
    assert panel.picture.caption == "" and bytes_of(panel.picture.image) == second


def test_blinking_shows_another_band(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(3))
    state.cutout_view.set_blink(Blink(on=True, band=4, rate=10))
    qtbot.waitUntil(lambda: panel.picture.caption == "z")
    assert state.display.settings.mode == "rgb", "nothing but the picture changes"
