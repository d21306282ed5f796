"""The map by keyboard: to the next galaxy, along the plane, to the whole."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from tests.gui.map_scene import Scene

ARROWS = {
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(scene: Scene, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(scene.canvas, key, modifiers)


@pytest.mark.parametrize("key", ARROWS)
def test_an_arrow_goes_to_a_galaxy_in_its_direction(scene: Scene, key: Qt.Key) -> None:
    start = int(np.argmin(np.hypot(*(scene.places - (0.0, 5.0)).T)))
    scene.state.selection.set_active(start)
    press(scene, key)
    row = scene.state.selection.active
    assert row is not None and row != start
    dx, dy = scene.places[row] - scene.places[start]
    right, up = ARROWS[key]
    along, across = right * dx + up * dy, abs(right * dy - up * dx)
    assert along > 0 and across <= along


def test_arrows_pass_over_what_is_filtered_out(scene: Scene) -> None:
    start = int(np.argmin(np.hypot(*(scene.places - (-4.0, 0.0)).T)))
    scene.state.selection.set_active(start)
    scene.state.filters.set("class", "not its own", scene.classes != scene.classes[start])
    press(scene, Qt.Key.Key_Right)
    row = scene.state.selection.active
    assert row is not None and scene.classes[row] != scene.classes[start]


def test_at_the_end_of_the_map_the_galaxy_stays(scene: Scene) -> None:
    last = int(np.argmax(scene.places[:, 0]))
    scene.state.selection.set_active(last)
    press(scene, Qt.Key.Key_Right)
    assert scene.state.selection.active == last


def test_the_first_arrow_takes_the_galaxy_in_the_middle(scene: Scene) -> None:
    press(scene, Qt.Key.Key_Up)
    row = scene.state.selection.active
    view = scene.canvas.view
    middle = ((view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2)
    assert row == np.argmin(np.hypot(*(scene.places - middle).T))


def test_shift_and_arrows_move_the_map_only(scene: Scene) -> None:
    before = scene.canvas.view
    press(scene, Qt.Key.Key_Right, SHIFT)
    press(scene, Qt.Key.Key_Up, SHIFT)
    after = scene.canvas.view
    assert after.x0 > before.x0 and after.y0 > before.y0
    assert after.width == pytest.approx(before.width)
    assert scene.state.selection.active is None


def test_home_shows_the_whole_map(scene: Scene) -> None:
    whole = scene.canvas.view
    scene.canvas.zoom(20)
    scene.canvas.setFocus()
    press(scene, Qt.Key.Key_Home)
    np.testing.assert_allclose(scene.canvas.view, whole)
