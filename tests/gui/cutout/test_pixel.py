"""The pixel under the mouse: where it is on the sky, and its light in every band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PyQt6.QtTest import QTest

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sky_grid import SkyGrid
from astromask_gui.widgets.cutout.facts import position_text
from astromask_gui.widgets.cutout.panel import CutoutPanel
from tests.gui.conftest import make_cutout
from tests.gui.cutout.conftest import at, grabbed


def test_the_pixel_under_the_mouse_is_told_without_moving_anything(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(1,)))
    heights = [panel.facts.height(), panel.picture.height(), panel.width()]
    QTest.mouseMove(panel.picture, at(panel, 16.5, 16.5))
    where, light = panel.facts.position.text(), panel.facts.columns.text()
    assert where.startswith("16, 16") and "Dec +2.2000" in where and "no WCS" in where
    flux = make_cutout(7).pixels[2, 16, 16]
    assert f"r\u00a0{flux:.3g}" in light and "g\u00a0missing" in light and "nMgy" in light
    assert [panel.facts.height(), panel.picture.height(), panel.width()] == heights
    state.cutout_view.set_mouse(None)
    assert panel.facts.position.text() == position_text(150.1, 2.2)


def test_the_grid_of_the_file_is_taken_where_it_has_one(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = grabbed(panel)
    step = 0.2 / 3600
    state.cutout.set_grid(7, SkyGrid(15.5, 15.5, 33.0, 44.0, (0.0, step, step, 0.0)))
    assert grabbed(panel) != before, "the compass"
    state.cutout_view.set_mouse((0.0, 0.0))
    assert "RA 33.00000°  Dec +44.00000°" in panel.facts.position.text()
    assert "WCS" in panel.facts.position.text()


def test_a_pixel_without_data_is_said_to_have_none(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    cutout = make_cutout(7)
    pixels = cutout.pixels.copy()
    pixels[2, 16, 16] = np.nan
    state.cutout.set_cutout(replace(cutout, pixels=pixels))
    state.cutout_view.set_mouse((0.5, 0.5))
    light = panel.facts.columns.text()
    assert "r\u00a0no\u00a0data" in light and "nan" not in light and "g\u00a0" in light
