"""Boxes and lassos select what they surround."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.selection import CombineMode
from tests.gui.map.conftest import ALT, CTRL, SHIFT, colour_at
from tests.gui.map_scene import Scene


def corners(scene: Scene, view: ViewRect) -> list[QPointF]:
    places = np.array([[view.x0, view.y0], [view.x1, view.y1]])
    low, high = (QPointF(*pixel) for pixel in scene.canvas.mapping().to_pixels(places))
    return [low, (low + high) / 2, high]


def in_box(scene: Scene, view: ViewRect) -> np.ndarray:
    x, y = scene.places.T
    return (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)


LEFT, RIGHT = ViewRect(-6, -3.5, -2, 2), ViewRect(-4.5, 6, -2, 2)


def test_a_box_by_shift_drag_adds(scene: Scene) -> None:
    scene.drag(corners(scene, LEFT), SHIFT)
    np.testing.assert_array_equal(scene.state.selection.mask, in_box(scene, LEFT))
    scene.drag(corners(scene, RIGHT), SHIFT)
    both = in_box(scene, LEFT) | in_box(scene, RIGHT)
    np.testing.assert_array_equal(scene.state.selection.mask, both)


def test_ctrl_removes_and_both_keys_intersect(scene: Scene) -> None:
    left, right = in_box(scene, LEFT), in_box(scene, RIGHT)
    scene.drag(corners(scene, LEFT), SHIFT)
    scene.drag(corners(scene, RIGHT), CTRL)
    np.testing.assert_array_equal(scene.state.selection.mask, left & ~right)
    scene.state.undo.undo()
    scene.drag(corners(scene, RIGHT), SHIFT | CTRL)
    np.testing.assert_array_equal(scene.state.selection.mask, left & right)


def test_the_box_tool_replaces(scene: Scene) -> None:
    scene.map.map_actions["box"].trigger()
    scene.drag(corners(scene, LEFT))
    scene.drag(corners(scene, RIGHT))
    np.testing.assert_array_equal(scene.state.selection.mask, in_box(scene, RIGHT))


def test_a_box_leaves_out_what_is_filtered_out(scene: Scene) -> None:
    visible = scene.places[:, 1] > 0
    scene.state.filters.set("upper", "upper half", visible)
    scene.drag(corners(scene, LEFT), SHIFT)
    np.testing.assert_array_equal(scene.state.selection.mask, in_box(scene, LEFT) & visible)


@pytest.mark.parametrize("by_tool", [True, False])
def test_a_lasso_selects_what_it_surrounds(scene: Scene, by_tool: bool) -> None:
    if by_tool:
        scene.map.map_actions["lasso"].trigger()
    angle = np.linspace(0, 2 * np.pi, 60)
    outline = np.stack([4 + 1.1 * np.cos(angle), 1.1 * np.sin(angle)], axis=1)
    path = [QPointF(*pixel) for pixel in scene.canvas.mapping().to_pixels(outline)]
    scene.drag(path, Qt.KeyboardModifier.NoModifier if by_tool else ALT)
    distance = np.hypot(scene.places[:, 0] - 4, scene.places[:, 1])
    mask = scene.state.selection.mask
    assert mask[distance < 1.05].all()
    assert not mask[distance > 1.15].any()


def test_escape_gives_up_a_lasso(scene: Scene, qtbot) -> None:
    scene.map.map_actions["lasso"].trigger()
    scene.mouse(QEvent.Type.MouseButtonPress, QPointF(100, 100))
    for x in (120, 200, 300):
        scene.mouse(QEvent.Type.MouseMove, QPointF(x, 100 + x / 3))
    qtbot.keyClick(scene.canvas, Qt.Key.Key_Escape)
    scene.mouse(QEvent.Type.MouseButtonRelease, QPointF(300, 200))
    assert scene.state.selection.count == 0


def test_a_selection_dims_the_others(scene: Scene, qtbot) -> None:
    star = int(np.flatnonzero(scene.classes == 0)[0])
    before = colour_at(scene, scene.pixel_of(star)).lightness()
    shown = scene.frame
    scene.state.selection.select_rows(np.flatnonzero(scene.classes == 1), CombineMode.REPLACE)
    qtbot.waitUntil(lambda: scene.frame is not shown)
    assert colour_at(scene, scene.pixel_of(star)).lightness() < before
