"""Rings and counts: the active galaxy, neighbours, the selection, and those on no map."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.neighbours import Neighbours, Query
from astromask_gui.state.plane import ColumnAxes, Scale, SkyAxes
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.summary import why_without_place
from tests.gui.map_scene import Scene


def test_marks_follow_the_state(scene: Scene) -> None:
    state = scene.state
    state.selection.set_active(4)
    state.selection.select_rows(np.array([10, 11]))
    query = Query("row", row=4)
    number = state.neighbours.set_query(query)
    rows = np.array([8, 9], np.uint32)
    state.neighbours.set_results(
        number, Neighbours(query, rows, np.zeros(2, np.float32), position=(0.0, 1.0))
    )
    marks = scene.map.overlay.marks
    assert (marks.active, marks.query, marks.query_position) == (4, 4, (0.0, 1.0))
    np.testing.assert_array_equal(marks.selected, [10, 11])
    np.testing.assert_array_equal(marks.neighbours, [8, 9])
    np.testing.assert_array_equal(marks.in_order_of_importance(), [4, 8, 9, 10, 11])


def test_the_active_galaxy_has_a_ring_of_the_accent(scene: Scene) -> None:
    scene.state.selection.set_active(4)
    image = scene.canvas.grab().toImage()
    centre = scene.pixel_of(4)
    accent = QColor(tokens("dark").accent)
    found = any(
        abs(image.pixelColor((centre + QPointF(dx, 0)).toPoint()).hue() - accent.hue()) < 12
        for dx in range(5, 16)
    )
    assert found


def test_galaxies_that_are_nowhere_on_the_map_are_told(scene: Scene, qtbot) -> None:
    scene.map.resize(1000, 520)
    places = scene.places.copy()
    places[:3] = np.nan
    scene.state.view.set_coordinates("UMAP", places)
    summary = scene.map.toolbar.summary
    qtbot.waitUntil(lambda: summary.text() == "897 in view  ·  3 not on this map", timeout=20_000)
    scene.state.filters.set("some", "some", np.arange(900) >= 2)
    qtbot.waitUntil(lambda: summary.text() == "897 in view  ·  1 not on this map")
    scene.state.filters.set("some", "some", np.arange(900) >= 3)
    qtbot.waitUntil(lambda: summary.text() == "897 in view")


def test_a_view_of_nothing_tells_the_way_back(scene: Scene, qtbot) -> None:
    scene.map.resize(1000, 520)
    scene.canvas.show_rect(ViewRect(100, 101, 100, 101))
    summary = scene.map.toolbar.summary
    qtbot.waitUntil(lambda: summary.text() == "none in view: F fits all", timeout=20_000)


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        (None, "no embedding"),
        (SkyAxes("MOL", 180.0, 0.0), "no coordinates"),
        (ColumnAxes(Scale("a"), Scale("b")), "no value of a or of b."),
        (ColumnAxes(Scale("a"), Scale("b", logarithmic=True)), "not positive"),
    ],
)
def test_why_a_galaxy_is_not_on_a_map_is_told(axes, words: str) -> None:
    assert words in why_without_place(axes)


def test_no_ring_is_drawn_about_a_galaxy_that_is_filtered_out(scene: Scene) -> None:
    state = scene.state
    number = state.neighbours.set_query(Query("row", row=0))
    found = Neighbours(Query("row", row=0), np.array([1, 2, 3], np.uint32), np.zeros(3, np.float32))
    assert state.neighbours.set_results(number, found)
    state.selection.select_rows(np.array([2, 4]))
    visible = np.ones(len(scene.places), bool)
    visible[[2, 3]] = False
    state.filters.set("two", "without two", visible)
    assert scene.map.overlay.marks.neighbours.tolist() == [1]
    assert scene.map.overlay.marks.selected.tolist() == [4]
    state.filters.clear()
    assert scene.map.overlay.marks.neighbours.tolist() == [1, 2, 3]
