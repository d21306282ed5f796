"""The wheel zooms, a drag pans, and a tool has the mouse first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import WHOLE, CutoutWindow
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import SIDE, make_cutout
from tests.gui.cutout.conftest import at, drag, grabbed, wheel


class Recorder:
    """A tool that takes whatever is pressed near a place."""

    def __init__(self, x: float, y: float) -> None:
        self.place, self.heard = (x, y), []

    def press(self, x: float, y: float, reach: float) -> bool:
        return abs(x - self.place[0]) <= reach and abs(y - self.place[1]) <= reach

    def drag(self, x: float, y: float) -> None:
        self.heard.append((round(x), round(y)))

    def release(self) -> None:
        self.heard.append("released")


def test_the_wheel_zooms_about_the_mouse(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = at(panel, 24, 20)
    wheel(panel, 24, 20, 3)
    assert state.cutout_view.window.span is not None
    assert (at(panel, 24, 20) - before).manhattanLength() <= 2


def test_a_drag_pans_and_a_double_click_shows_all_again(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    wheel(panel, 16, 16, 5)
    before = at(panel, 16, 16)
    drag(panel, before, before + QPoint(30, -20), qtbot)
    assert (at(panel, 16, 16) - (before + QPoint(30, -20))).manhattanLength() <= 4
    qtbot.mouseDClick(panel.picture, Qt.MouseButton.LeftButton, pos=before)
    assert state.cutout_view.window == WHOLE


def test_the_models_crop_fills_the_picture_at_a_click(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, side=2 * SIDE))
    before = panel.picture.picture_scale()
    panel.tools.crop.click()
    assert panel.picture.picture_scale() == pytest.approx(2 * before)
    panel.tools.crop.click()
    assert panel.picture.picture_scale() == pytest.approx(before)


def test_a_tool_has_the_mouse_first_and_panning_what_it_leaves(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    wheel(panel, 16, 16, 2)
    tool = Recorder(16, 16)
    panel.add_tool("ring", "circle-outline", "Ring", "Drag a ring", tool)
    drag(panel, at(panel, 16, 16), at(panel, 20, 18), qtbot)
    assert not tool.heard, "nobody has taken the tool yet"
    state.cutout_view.set_window(WHOLE)
    state.cutout_view.set_tool("ring")
    window = state.cutout_view.window
    drag(panel, at(panel, 16, 16), at(panel, 20, 18), qtbot)
    assert tool.heard[-2:] == [(20, 18), "released"]
    assert state.cutout_view.window == window


def test_pixels_stay_squares_when_zoomed_in(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    state.display.set_survey(replace(state.display.survey, pixel_scale=None, crop=None))
    state.cutout_view.set_window(CutoutWindow(span=8.0))
    shown = grabbed(panel)
    colours = {shown.pixel(at(panel, 16 + dx, 16 + dy)) for dx in (0.2, 0.8) for dy in (0.2, 0.8)}
    assert len(colours) == 1
