"""Four pictures in one stretch, with their losses, or the reason why there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.rendering.no_data import STRIPES
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow
from astromask_gui.state.masks import hidden_pixels
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from tests.gui.conftest import PATCH, SIDE, make_reconstruction
from tests.gui.reconstruction.conftest import GRID, pixels_of


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
    assert panel.losses.text() == "all 0.300   u 0.100   g 0.200   r 0.300   i 0.400   z 0.500"


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
    assert panel.losses.text() == "all 0.300   i 0.400   g 0.200"
    panel.tools.shown.setCurrentText("All bands")
    names = [row["input"].name for row in panel.grid.rows]
    assert names == ["", "u: no data", "g", "r: no data", "i", "z: no data"]


def test_a_tall_panel_breaks_its_row_in_two_and_keeps_captions_above_their_pictures(
    panel: ReconstructionPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))

    def boxes() -> dict[str, QRect]:
        return {
            name: QRect(view.mapTo(panel, QPoint()), view.size())
            for name, view in panel.views.items()
        }

    qtbot.waitUntil(lambda: len({box.top() for box in boxes().values()}) == 1)
    wide = boxes()
    panel.resize(330, 640)
    qtbot.waitUntil(lambda: boxes()["model"].top() > boxes()["input"].bottom())
    tall = boxes()
    assert tall["input"].left() == tall["model"].left() < tall["masked"].left()
    assert tall["residual"].topLeft() == QPoint(tall["masked"].left(), tall["model"].top())
    assert tall["input"].width() > 140
    # Captions and pictures stand close, whatever room there is below.
    assert tall["model"].top() - tall["input"].bottom() < 24
    panel.tools.shown.setCurrentText("All bands")
    qtbot.waitUntil(lambda: len({box.top() for box in boxes().values()}) == 1)
    panel.tools.shown.setCurrentText("r")
    qtbot.waitUntil(lambda: boxes() == tall)
    panel.resize(720, 300)
    qtbot.waitUntil(lambda: boxes() == wide)


def test_small_losses_take_no_more_room_than_others(
    panel: ReconstructionPanel, state: ApplicationState
) -> None:
    panel.losses.set_losses([("all", 0.0959), ("u", 0.1), ("g", 12.345), ("r", float("nan"))])
    assert panel.losses.text() == "all 0.096   u 0.100   g 12.3   r –"
