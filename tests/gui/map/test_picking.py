"""Single galaxies under the mouse: hovered, active, added and taken away."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QPointF

from astromask_gui.raster.frame import ViewRect
from tests.gui.map.conftest import CTRL, SHIFT
from tests.gui.map_scene import Scene


def test_a_click_makes_the_nearest_galaxy_active(scene: Scene) -> None:
    scene.click(scene.pixel_of(17) + QPointF(0.2, 0.1))
    row = scene.state.selection.active
    assert row is not None
    distance = np.hypot(*(scene.places - scene.places[17]).T)
    assert distance[row] <= 0.02


def test_a_click_beside_everything_changes_nothing(scene: Scene) -> None:
    scene.state.selection.set_active(3)
    scene.click(QPointF(3, 3))
    assert scene.state.selection.active == 3


def test_a_filtered_out_galaxy_cannot_be_clicked_or_hovered(scene: Scene) -> None:
    visible = scene.classes != 0
    scene.state.filters.set("no stars", "no stars", visible)
    for row in np.flatnonzero(~visible)[:20]:
        scene.click(scene.pixel_of(row))
        scene.hover(scene.pixel_of(row))
        assert scene.state.selection.active is None
        assert scene.state.selection.hovered is None


def test_the_mouse_hovers_the_nearest_galaxy_and_leaves_it(scene: Scene) -> None:
    position = scene.pixel_of(40)
    scene.hover(position)
    hovered = scene.state.selection.hovered
    assert hovered is not None
    assert np.hypot(*(scene.places[hovered] - scene.places[40])) <= 0.01
    assert scene.map.overlay.marks.hovered == hovered
    scene.hover(QPointF(3, 3))
    assert scene.state.selection.hovered is None


def test_leaving_the_map_hovers_nothing(scene: Scene) -> None:
    scene.hover(scene.pixel_of(40))
    scene.canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert scene.state.selection.hovered is None


def test_shift_and_ctrl_clicks_add_and_remove_one(scene: Scene) -> None:
    scene.click(scene.pixel_of(7), SHIFT)
    picked = scene.state.selection.rows()
    assert picked.size == 1
    assert scene.state.selection.active is None
    scene.click(scene.pixel_of(int(picked[0])), CTRL)
    assert scene.state.selection.count == 0


def test_a_galaxy_that_becomes_active_elsewhere_comes_into_view(scene: Scene) -> None:
    row = int(np.flatnonzero(scene.classes == 2)[0])
    scene.canvas.show_rect(ViewRect(-5, -3, -1, 1))
    scene.state.selection.set_active(row)
    view = scene.canvas.view
    assert view.x0 < scene.places[row, 0] < view.x1
    assert view.y0 < scene.places[row, 1] < view.y1
    assert view.width < 4


def test_the_active_galaxy_is_shown_again_where_it_is_looked_for(scene: Scene) -> None:
    row = int(np.flatnonzero(scene.classes == 2)[0])
    scene.state.selection.set_active(row)
    scene.canvas.show_rect(ViewRect(-5, -3, -1, 1))
    scene.state.session.found.emit("galaxy-7", row, True)
    view = scene.canvas.view
    assert view.x0 < scene.places[row, 0] < view.x1
