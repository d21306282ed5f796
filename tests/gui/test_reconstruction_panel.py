"""The reconstruction panel: four pictures in one stretch, and a mask to play with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.rendering.no_data import STRIPES
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import SURPRISE, Column
from astromask_gui.state.cutout_view import CutoutWindow
from astromask_gui.state.masks import hidden_pixels
from astromask_gui.state.patch_maps import Attention, ModelInput, PatchErrors
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
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
    return (box.bottomLeft() + QPointF((column + 0.5) * step, -(row + 0.5) * step)).toPoint()


def test_the_reason_why_there_is_none_is_said_in_place(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_unavailable("This checkpoint has no decoder.")
    assert panel.empty.isVisible()
    assert panel.empty.sentence.text() == "This checkpoint has no decoder."
    state.reconstruction.set_unavailable(None)
    state.reconstruction.set_result(make_reconstruction(3))
    assert not panel.empty.isVisible()


def test_a_model_that_starts_is_said_instead_of_asking_for_a_click(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.session.set_worker("starting", "Loading a checkpoint")
    assert panel.empty.sentence.text() == "The model is starting …"
    state.session.set_worker("ready")
    assert panel.empty.sentence.text().startswith("Click a galaxy")


def test_four_pictures_appear_with_the_loss(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    assert all(view.isVisible() and view.image is not None for view in panel.views.values())
    assert panel.losses.text() == "all 0.3   u 0.1   g 0.2   r 0.3   i 0.4   z 0.5"


def test_pixels_without_data_are_striped_and_are_no_residual(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    result = make_reconstruction(3)
    original = result.original.copy()
    original[:, 2:5, 2:12] = np.nan  # of a patch that is seen and one that is hidden
    state.reconstruction.set_result(replace(result, original=original))
    lost = np.zeros((SIDE, SIDE), bool)
    lost[2:5, 2:12] = True
    hidden = hidden_pixels(result.mask, PATCH)
    for name, striped in (("input", lost), ("masked", lost), ("model", lost & ~hidden)):
        shown = (pixels_of(panel, name)[..., None, :] == STRIPES).all(-1).any(-1)
        np.testing.assert_array_equal(shown, striped)
    assert not pixels_of(panel, "residual")[lost].any()


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
    """(SIDE, SIDE, 3), row 0 the lowest on screen."""
    image = panel.views[name].image
    assert image is not None
    return np.array(
        [[image.pixelColor(x, y).getRgb()[:3] for x in range(SIDE)] for y in reversed(range(SIDE))]
    )


def test_the_pictures_show_the_part_that_the_viewer_shows(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    result = make_reconstruction(3)
    state.reconstruction.set_result(result)
    view = panel.views["masked"]
    whole = view.picture_rectangle()
    state.cutout_view.set_window(CutoutWindow(PATCH / 2, PATCH / 2, span=float(PATCH)))
    assert view.picture_rectangle().width() == pytest.approx(whole.width() * GRID, rel=0.01)
    # One patch fills the picture: the one right of and above the centre.
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
    painted = np.array(state.reconstruction.masking.painted)
    (changed,) = np.flatnonzero(painted != result.mask)
    assert changed == GRID // 2 * GRID + GRID // 2
    state.cutout_view.set_window(CutoutWindow(span=2.0 * SIDE))
    assert view.picture_rectangle() == whole, "what is larger than the crop shows all of it"


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


def test_every_band_has_a_row_of_its_own(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    panel.tools.shown.setCurrentText("All bands")
    rows = [row for row in panel.grid.rows if not row["input"].isHidden()]
    assert [row["input"].name for row in rows] == ["", "u", "g", "r", "i", "z"]
    panel.tools.shown.setCurrentText("r")
    rows = [row for row in panel.grid.rows if not row["input"].isHidden()]
    pixels = pixels_of(panel, "input")
    assert len(rows) == 1 and (pixels[..., 0] == pixels[..., 2]).all()


def test_a_band_that_the_model_does_not_take_is_named(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    result = make_reconstruction(3)
    part = replace(
        result,
        original=result.original[[3, 1]],
        predicted=result.predicted[[3, 1]],
        loss_by_band=result.loss_by_band[[3, 1]],
        bands=(3, 1),
    )
    state.reconstruction.set_result(part)
    assert panel.losses.text() == "all 0.3   i 0.4   g 0.2"
    panel.tools.shown.setCurrentText("All bands")
    names = [row["input"].name for row in panel.grid.rows]
    assert names == ["", "u: no data", "g", "r: no data", "i", "z: no data"]


# Overlays.


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
    assert panel.scale.words == "mean squared error, 64 masks"
    state.columns.set_columns([Column(SURPRISE, "number")])
    state.columns.set_values(SURPRISE, np.array([0.0, 1.0, np.nan, 15.24]))
    assert panel.scale.words == "surprise 15.2; mean squared error, 64 masks"
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
    view, place = panel.views["input"], place_of_patch(panel, 6)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert state.patch_maps.overlay == "none"
    qtbot.mouseClick(panel.tools.attention, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
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
