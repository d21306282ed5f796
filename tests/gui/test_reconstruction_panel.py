"""The reconstruction panel: four pictures in one stretch, and a mask to play with."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.reconstruction_panel import ReconstructionPanel, hidden_pixels
from tests.gui.conftest import PATCH, SIDE, make_reconstruction

GRID = SIDE // PATCH


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> ReconstructionPanel:
    made = ReconstructionPanel(state)
    qtbot.addWidget(made)
    made.resize(720, 300)
    made.show()
    return made


def place_of_patch(panel: ReconstructionPanel, patch: int) -> QPoint:
    box = panel.views["masked"].picture_rectangle()
    row, column = divmod(patch, GRID)
    step = box.width() / GRID
    return (box.topLeft() + QPointF((column + 0.5) * step, (row + 0.5) * step)).toPoint()


def test_the_reason_why_there_is_none_is_said_in_place(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_unavailable("This checkpoint has no decoder.")
    assert panel.empty.isVisible()
    assert panel.empty.sentence.text() == "This checkpoint has no decoder."
    state.reconstruction.set_unavailable(None)
    state.reconstruction.set_result(make_reconstruction(3))
    assert not panel.empty.isVisible()


def test_four_pictures_appear_with_the_loss(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    assert all(view.isVisible() and view.image is not None for view in panel.views.values())
    assert "0.3" in panel.verdict.text() and "u 0.1" in panel.verdict.text()


def test_visible_patches_stay_as_they_are_and_have_no_residual(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    result = make_reconstruction(3)
    state.reconstruction.set_result(result)
    shown = ~hidden_pixels(result.mask, PATCH)
    pictures = {name: pixels_of(panel, name) for name in panel.views}
    np.testing.assert_array_equal(pictures["model"][shown], pictures["input"][shown])
    assert (pictures["model"][~shown] != pictures["input"][~shown]).any()
    assert not pictures["residual"][shown].any()
    assert pictures["residual"][~shown].any()


def pixels_of(panel: ReconstructionPanel, name: str) -> np.ndarray:
    image = panel.views[name].image
    assert image is not None
    return np.array(
        [[image.pixelColor(x, y).getRgb()[:3] for x in range(SIDE)] for y in range(SIDE)]
    )


def test_an_unknown_level_is_said(panel: ReconstructionPanel, state: ApplicationState) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    assert not panel.note.isVisible()
    state.reconstruction.set_result(make_reconstruction(3, level_recovered=False))
    assert panel.note.isVisible() and "level" in panel.note.text()


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
    # Patch 4 is visible, so that the stroke hides; 8 and 12 are below it.
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=place_of_patch(panel, 4))
    for patch in (8, 12):
        view.dragged.emit(4.0, patch // GRID * PATCH + 4.0)
    painted = state.reconstruction.masking.painted
    assert painted is not None and all(painted[patch] for patch in (4, 8, 12))


def test_the_last_visible_patch_cannot_be_hidden(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    for patch in range(GRID * GRID):
        column, row = patch % GRID * PATCH + 4.0, patch // GRID * PATCH + 4.0
        panel._painting = True
        panel._paint(column, row)
    painted = state.reconstruction.masking.painted
    assert painted is not None and sum(painted) == GRID * GRID - 1
