"""Two maps side by side: one selection, each its own projection and view."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.plane import Layout
from astromask_gui.state.selection import CombineMode
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.panel import LegendPanel
from astromask_gui.widgets.map.pair import MapPair
from astromask_gui.widgets.map.view import MapWidget
from tests.gui.map_scene import Scene

LEFT = Qt.MouseButton.LeftButton


class TwoMaps(Scene):
    """The scene's state with two maps of mirrored points."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.pair = MapPair(self.state)
        self.pair.resize(1000, 500)
        qtbot.addWidget(self.pair)
        self.state.maps.second.layout_requested.connect(self.give)

    def give(self, layout: Layout) -> None:
        """Answer as the service would."""
        self.state.maps.second.set_layout(layout, -self.places)

    def show_two(self) -> MapWidget:
        """Show both; returns the second map."""
        self.pair.show()
        self.state.maps.show_second(True)
        second = self.pair.second
        assert second is not None
        self._qtbot.waitUntil(lambda: second.frames.sorted, timeout=60_000)
        self._qtbot.waitUntil(lambda: second.raster.frame is not None, timeout=20_000)
        return second


@pytest.fixture
def two(qtbot: QtBot):
    made = TwoMaps(qtbot)
    made.fill()
    yield made
    made.map.close_frames()
    made.pair.close_frames()


def place_on(widget: MapWidget, places: np.ndarray, row: int) -> QPointF:
    return QPointF(*widget.canvas.mapping().to_pixels(places[[row]])[0])


def test_a_click_on_either_map_makes_the_galaxy_active_on_both(two: TwoMaps) -> None:
    second = two.show_two()
    place = place_on(second, -two.places, 7)
    QTest.mouseClick(second.canvas.viewport(), LEFT, pos=place.toPoint())
    active = two.state.selection.active
    assert active is not None
    assert two.pair.first.overlay.marks.active == second.overlay.marks.active == active


def test_a_selection_made_on_one_map_is_shown_on_the_other(two: TwoMaps) -> None:
    second = two.show_two()
    second.canvas.box_drawn.emit(ViewRect(-99, 99, -99, 99), CombineMode.REPLACE)
    assert two.state.selection.count == len(two.places)
    np.testing.assert_array_equal(two.pair.first.overlay.marks.selected, np.arange(900))


def test_the_map_that_is_used_becomes_the_current_one(two: TwoMaps) -> None:
    second = two.show_two()
    QTest.mouseClick(second.canvas.viewport(), LEFT, pos=QPointF(3, 3).toPoint())
    second.canvas.used.emit()
    assert two.pair.current is second
    assert second.toolbar.property("marked") and not two.pair.first.toolbar.property("marked")


def test_the_legend_is_about_the_current_map(two: TwoMaps, qtbot: QtBot) -> None:
    two.show_two()
    legend = LegendPanel(two.state, two.pair.colours)
    qtbot.addWidget(legend)
    two.state.maps.set_current(two.state.maps.second)
    two.state.maps.second.set_colouring(Colouring("class"))
    assert [row.entry.label for row in legend.categories.rows.rows] == ["star", "galaxy", "lens"]
    assert two.state.maps.first.colouring == Colouring()
    two.state.maps.set_current(two.state.maps.first)
    assert legend.categories.rows.rows == []


def test_maps_of_one_projection_move_together(two: TwoMaps) -> None:
    second = two.show_two()
    two.state.maps.second.set_coordinates("UMAP", two.places)
    two.pair.first.canvas.zoom(3.0, QPointF(120, 80))
    np.testing.assert_allclose(second.canvas.view, two.pair.first.canvas.view, rtol=1e-2)


def test_maps_of_different_projections_move_apart(two: TwoMaps) -> None:
    second = two.show_two()
    before = second.canvas.view
    two.pair.first.canvas.zoom(3.0)
    assert second.canvas.view == before


def test_the_second_map_can_be_hidden_and_shown_again(two: TwoMaps) -> None:
    second = two.show_two()
    two.state.maps.show_second(False)
    assert not second.isVisible() and two.state.maps.second.coordinates is None
    assert two.show_two() is second


def test_without_a_second_map_no_map_is_marked(state: ApplicationState, qtbot: QtBot) -> None:
    pair = MapPair(state)
    qtbot.addWidget(pair)
    assert pair.second is None and pair.current is pair.first
    assert not pair.first.toolbar.property("marked")
    pair.close_frames()
