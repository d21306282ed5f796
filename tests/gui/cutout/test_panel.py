"""The viewer shows the galaxy it is told, names it, and says why where it can not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.widgets.cutout.facts import position_text
from astromask_gui.widgets.cutout.marks import scale_length
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import SIDE, make_cutout
from tests.gui.cutout.conftest import bytes_of, grabbed


def test_an_empty_viewer_says_how_to_fill_it(panel: CutoutPanel) -> None:
    assert panel.empty.isVisible() and not panel.picture.isVisible()
    assert "Click" in panel.empty.sentence.text()


def test_the_active_galaxy_is_named_placed_and_described(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    assert panel.picture.isVisible()
    assert panel.facts.name.text() == "galaxy-7"
    assert (
        "150.10000°" in panel.facts.position.text() and "+2.20000°" in panel.facts.position.text()
    )
    assert "17.31 AB mag" in panel.facts.columns.text()


def test_the_old_galaxy_stays_while_the_next_is_read(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = bytes_of(panel.picture.image)
    state.cutout.set_loading(8)
    assert panel.busy.maximum() == 0, "the bar does not move"
    assert panel.facts.name.text() == "galaxy-7" and bytes_of(panel.picture.image) == before
    state.cutout.set_cutout(make_cutout(8))
    assert panel.busy.maximum() == 1
    assert panel.facts.name.text() == "galaxy-8" and bytes_of(panel.picture.image) != before


def test_a_cutout_that_cannot_be_shown_leaves_a_sentence(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_error("The file a.h5 was moved.")
    assert panel.error.isVisible() and panel.error.text() == "The file a.h5 was moved."
    state.cutout.set_cutout(make_cutout(7))
    assert not panel.error.isVisible()


def test_the_models_crop_is_drawn_where_the_cutout_is_larger(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, side=2 * SIDE))
    with_box = grabbed(panel)
    state.display.set_survey(replace(state.display.survey, crop=2 * SIDE))
    assert grabbed(panel) != with_box


def test_the_scale_bar_is_there_only_where_the_pixel_scale_is_known(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    with_bar = grabbed(panel)
    state.display.set_survey(replace(state.display.survey, pixel_scale=None))
    assert grabbed(panel) != with_bar


@pytest.mark.parametrize(
    ("pixel_scale", "width", "length"), [(0.2, 64, 2), (0.396, 64, 5), (0.1857, 200, 10)]
)
def test_the_scale_bar_has_a_round_length_within_a_third(
    pixel_scale: float, width: int, length: float
) -> None:
    assert scale_length(pixel_scale, width) == length


def test_a_galaxy_without_coordinates_says_so() -> None:
    assert position_text(None, 2.0) == "no coordinates"


def test_another_survey_brings_its_own_bands(panel: CutoutPanel, state: ApplicationState) -> None:
    state.display.set_survey(replace(state.display.survey, bands=("VIS", "Y"), noise=(1.0, 1.0)))
    assert [view.caption.text() for view in panel.bands.views] == ["VIS", "Y"]
    assert panel.controls.mode.count() == 3


@pytest.mark.parametrize("shape", [(1, 17, 23), (2, 23, 17), (20, 40, 40), (3, 1, 1)])
def test_odd_cutouts_are_shown(
    panel: CutoutPanel, state: ApplicationState, shape: tuple[int, int, int]
) -> None:
    names = tuple(f"b{i}" for i in range(shape[0]))
    state.display.set_survey(SurveyPixels(names))
    pixels = np.full(shape, np.nan, np.float32)
    pixels[:, 0, 0] = np.inf
    cutout = Cutout(1, "odd", pixels, np.zeros(shape[0], bool), 400.0, -95.0)
    state.cutout.set_cutout(cutout)
    for layout in ("bands", "pinned", "one"):
        state.cutout_view.set_layout(layout)
        assert not panel.grab().isNull()
    assert panel.picture.image is not None
    assert "not on the sky" in panel.facts.position.text()
    state.cutout_view.set_mouse((0.0, 0.0))
    assert "no coordinates" in panel.facts.position.text()


def test_a_very_large_cutout_is_rendered_beside_the_window(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    pixels = np.ones((5, 1024, 1024), np.float32)
    state.cutout.set_cutout(make_cutout(7))
    small = panel.picture.image
    state.cutout.set_cutout(Cutout(1, "large", pixels, np.zeros(5, bool)))
    assert panel.picture.image is small, "the old one stays until the new one is there"
    qtbot.waitUntil(lambda: panel.picture.image is not small)
    assert panel.picture.image is not None and panel.picture.image.width() == 1024
