"""Pictures take the place of points where few are in view."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF

from astromask_gui.raster.frame import ViewRect
from astromask_gui.widgets.map.overlay import uncovered
from tests.gui.map.conftest import colour_at
from tests.gui.map_scene import Scene


def feed(scene: Scene, rows: list[int]) -> None:
    picture = np.zeros((len(rows), 3, 48, 48), np.float16)
    picture[:, 0, 8:40, 8:40] = 50.0
    scene.state.thumbnails.put(rows, picture)


def test_pictures_take_the_place_of_few_points(scene: Scene, qtbot) -> None:
    scene.state.thumbnails.wanted.connect(lambda rows: feed(scene, rows))
    row = 12
    x, y = (float(value) for value in scene.places[row])
    scene.state.selection.set_active(row)
    scene.canvas.show_rect(ViewRect(x - 0.2, x + 0.2, y - 0.2, y + 0.2))
    assert scene.wait_for_frame().stats.visible < 240

    def is_shown() -> bool:
        colour = colour_at(scene, scene.pixel_of(row) + QPointF(4, 4))
        return colour.red() > 150 and colour.blue() < 80

    qtbot.waitUntil(is_shown)
    assert row in scene.map.thumbnails.shown()


def test_no_ring_is_drawn_on_the_picture_of_another_galaxy(scene: Scene) -> None:
    scene.canvas.show_rect(ViewRect(-5, -3, -1, 1))
    mapping = scene.canvas.mapping()
    rows = np.flatnonzero(scene.classes == 0)
    pixels = mapping.to_pixels(scene.places[rows])
    far = np.abs(pixels - pixels[0]).max(axis=1) > 30
    in_view = (pixels > 0).all(axis=1) & (pixels < (mapping.width, mapping.height)).all(axis=1)
    kept = uncovered(rows, scene.places, {int(rows[0]): 60.0}, mapping)
    np.testing.assert_array_equal(
        np.sort(kept[np.isin(kept, rows[in_view])]),
        np.sort(np.unique([*rows[in_view & far], *rows[:1][in_view[:1]]])),
    )


def test_no_pictures_are_read_for_a_crowd(scene: Scene) -> None:
    asked: list[int] = []
    scene.state.thumbnails.wanted.connect(asked.extend)
    scene.canvas.grab()
    scene.hover(scene.pixel_of(1))
    assert scene.map.thumbnails.shown() == {}
    assert asked == []
