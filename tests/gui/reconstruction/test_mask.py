"""The mask: its share by the slider, its patches by clicks, strokes, keys and regions."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from tests.gui.conftest import PATCH, make_reconstruction
from tests.gui.reconstruction.conftest import GRID, place_of_patch


def test_the_slider_asks_for_another_share(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    panel.ratio.setValue(40)
    assert state.reconstruction.masking.ratio == pytest.approx(0.4)
    assert panel.percent.text() == "40 %"


def test_following_the_state_asks_for_nothing(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(state.reconstruction.masking_changed):
        state.reconstruction.set_result(make_reconstruction(3))


def test_a_new_mask_has_the_same_share_and_another_seed(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    before = state.reconstruction.masking
    qtbot.mouseClick(panel.again, Qt.MouseButton.LeftButton)
    after = state.reconstruction.masking
    assert after.ratio == before.ratio and after.seed != before.seed


def test_a_click_on_a_hidden_patch_shows_it(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    result = make_reconstruction(3)
    state.reconstruction.set_result(result)
    qtbot.mouseClick(panel.views["masked"], Qt.MouseButton.LeftButton, pos=place_of_patch(panel, 5))
    painted = np.array(state.reconstruction.masking.painted)
    expected = result.mask.copy()
    expected[5] = False
    np.testing.assert_array_equal(painted, expected)
    assert panel.percent.text() == f"{100 * expected.mean():.0f} %"


def test_painting_hides_every_patch_it_passes(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    view = panel.views["masked"]
    # Patch 4 is visible, so that the stroke hides; 8 and 12 are above it.
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place_of_patch(panel, 4))
    for patch in (8, 12):
        view.dragged.emit(4.0, patch // GRID * PATCH + 4.0)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)
    painted = state.reconstruction.masking.painted
    assert painted is not None and all(painted[patch] for patch in (4, 8, 12))


def test_a_fast_stroke_leaves_no_patch_out(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    view = panel.views["masked"]
    view.patch_pressed.emit(0)
    view.patch_dragged.emit(15)
    painted = state.reconstruction.masking.painted
    assert painted is not None and all(painted[patch] for patch in (0, 5, 10, 15))


def test_a_wider_brush_covers_more(panel: ReconstructionPanel, state: ApplicationState) -> None:
    result = make_reconstruction(3)
    state.reconstruction.set_result(result)
    panel.mask_tools.set_brush(2)
    panel.views["masked"].patch_pressed.emit(5)  # Hidden, so that the stroke shows.
    expected = result.mask.copy()
    expected[[5, 6, 9, 10]] = False
    np.testing.assert_array_equal(state.reconstruction.masking.painted, expected)


def test_the_last_visible_patch_cannot_be_hidden(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    panel.views["masked"].patch_pressed.emit(0)
    for patch in range(1, GRID * GRID):
        panel.views["masked"].patch_dragged.emit(patch)
    painted = state.reconstruction.masking.painted
    assert painted is not None and sum(painted) == GRID * GRID - 1
    assert "one to look at" in state.messages.history[-1].text


def test_patches_are_reached_by_keys(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    result = make_reconstruction(3)
    state.reconstruction.set_result(result)
    view = panel.views["masked"]
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Space):
        qtbot.keyClick(view, key)
    expected = result.mask.copy()
    expected[GRID + 1] = False
    np.testing.assert_array_equal(state.reconstruction.masking.painted, expected)
    qtbot.keyClick(view, Qt.Key.Key_BracketRight)
    assert panel.mask_tools.brush == 2


def test_regions_are_hidden_by_the_menu(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    actions = {action.text(): action for action in panel.mask_tools.menu.actions()}
    assert not actions["Clear: back to a random mask"].isEnabled()
    actions["Hide only the centre"].trigger()
    centre = np.array(state.reconstruction.masking.painted)
    assert np.flatnonzero(centre).tolist() == [5, 6, 9, 10]
    actions["Hide only the outskirts"].trigger()
    np.testing.assert_array_equal(state.reconstruction.masking.painted, ~centre)
    actions["Invert"].trigger()
    np.testing.assert_array_equal(state.reconstruction.masking.painted, centre)
    assert panel.percent.text() == "25 %"
    actions["Clear: back to a random mask"].trigger()
    assert state.reconstruction.masking.painted is None
