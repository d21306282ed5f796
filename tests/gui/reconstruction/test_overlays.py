"""Surprise and attention laid over the pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import SURPRISE, Column
from astromask_gui.state.patch_maps import Attention, ModelInput, PatchErrors
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from tests.gui.conftest import PATCH, make_reconstruction
from tests.gui.reconstruction.conftest import GRID, pixels_of, place_of_patch


def give_input(state: ApplicationState, row: int = 3) -> None:
    pixels = make_reconstruction(row).original
    state.patch_maps.set_input(ModelInput(row, pixels, (0, 1, 2, 3, 4), PATCH, depth=2))


def errors(row: int = 3, masks: int = 64) -> PatchErrors:
    error = np.zeros((GRID * GRID, 5), np.float32)
    error[6] = (0.1, 0.2, 0.3, 0.4, 0.5)
    return PatchErrors(row, error, (0, 1, 2, 3, 4), masks, 64)


def test_the_galaxy_s_own_surprise_is_told_once_it_is_measured(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    state.patch_maps.set_overlay("surprise")
    state.patch_maps.set_errors(errors())
    assert panel.scale.words == "MSE over 64 masks"
    state.columns.set_columns([Column(SURPRISE, "number")])
    state.columns.set_values(SURPRISE, np.array([0.0, 1.0, np.nan, 15.24]))
    assert panel.scale.words == "surprise 15.2; MSE over 64 masks"
    assert "like contrast" in panel.scale.toolTip()


def test_the_surprise_lies_over_the_patch_that_caused_it(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    plain = pixels_of(panel, "input")
    qtbot.mouseClick(panel.tools.surprise, Qt.MouseButton.LeftButton)
    assert state.patch_maps.overlay == "surprise" and state.patch_maps.busy
    state.patch_maps.set_errors(errors(masks=8))
    assert panel.scale.isVisible() and "8 of 64 masks" in panel.scale.words
    assert panel.scale.ends == ("0", "0.3")
    hot = np.abs(pixels_of(panel, "input") - plain).sum(axis=2)
    assert hot[8:16, 16:24].mean() > 3 * hot[:8, :8].mean()
    np.testing.assert_array_equal(pixels_of(panel, "masked"), plain)
    qtbot.mouseClick(panel.tools.surprise, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(pixels_of(panel, "input"), plain)


def test_the_surprise_of_a_band_is_its_own(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    state.patch_maps.set_overlay("surprise")
    state.patch_maps.set_errors(errors())
    panel.tools.shown.setCurrentText("z")
    assert panel.scale.ends == ("0", "0.5")


def test_the_surprise_of_another_galaxy_is_not_shown(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    plain = pixels_of(panel, "input")
    state.patch_maps.set_overlay("surprise")
    state.patch_maps.set_errors(errors(row=4))
    np.testing.assert_array_equal(pixels_of(panel, "input"), plain)
    assert panel.scale.words == "…" and state.patch_maps.busy


@pytest.mark.parametrize("button", ["right", "alt"])
def test_a_click_aside_asks_where_a_patch_looks(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot, button: str
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    view, place = panel.views["model"], place_of_patch(panel, 9)
    if button == "right":
        qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=place)
    else:
        alt = Qt.KeyboardModifier.AltModifier
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, alt, place)
    assert (state.patch_maps.overlay, state.patch_maps.patch) == ("attention", 9)
    assert state.reconstruction.masking.painted is None


def test_layers_of_the_attention_can_be_chosen(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    state.patch_maps.look_from(2)
    shares = np.full((3, 17), 0.05, np.float32)
    shares[0, 1], shares[1, 2], shares[2, 3] = 0.2, 0.4, 0.6
    state.patch_maps.set_attention(Attention(3, 2, shares))
    assert panel.scale.ends[1] == "0.4" and "patch outlined" in panel.scale.words
    for name, top in (("layer 1", "0.2"), ("all layers", "0.6"), ("last layer", "0.4")):
        panel.tools.layer.setCurrentText(name)
        panel.tools.layer.activated.emit(panel.tools.layer.currentIndex())
        assert panel.scale.ends[1] == top


def test_a_click_on_the_input_chooses_a_patch_while_attention_is_shown(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    view = panel.views["input"]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place_of_patch(panel, 6))
    assert state.patch_maps.overlay == "none"
    qtbot.mouseClick(panel.tools.attention, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.scale.isVisible)
    # The scale takes some of the pictures' height.
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place_of_patch(panel, 6))
    assert state.patch_maps.patch == 6


def test_an_encoder_alone_still_shows_where_it_looks(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_unavailable("It holds an encoder only.")
    assert panel.empty.isVisible()
    give_input(state)
    assert not panel.empty.isVisible() and "encoder only" in panel.note.text()
    assert panel.views["input"].image is not None and panel.views["model"].image is None
    assert not panel.ratio.isVisible()


def test_in_little_height_the_overlay_takes_the_place_of_the_losses(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    give_input(state)
    state.reconstruction.set_result(make_reconstruction(3))
    panel.resize(345, 200)
    state.patch_maps.set_overlay("attention")
    assert not panel.losses.isVisible() and panel.tools.layer.isVisible()
    assert panel.minimumSizeHint().width() <= 345
    panel.resize(345, 400)
    assert panel.losses.isVisible()
    panel.resize(345, 200)
    state.patch_maps.set_overlay("none")
    assert panel.losses.isVisible()
