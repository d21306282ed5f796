"""Galaxies that were placed on a finished projection: rings on the map, a line in the legend."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.exports import FigureOptions
from astromask_gui.state.plane import SkyAxes, SkyLayout
from astromask_gui.theme import tokens
from astromask_gui.widgets.legend.placed import PlacedLine
from astromask_gui.widgets.map.figure_files import make_figure
from tests.gui.map_scene import Scene

PLACED, LAID_OUT = 5, 6


@pytest.fixture
def scene(qtbot):
    made = Scene(qtbot, 300)
    # Two that lie apart from all others.
    made.places[PLACED], made.places[LAID_OUT] = (-8.0, 8.0), (8.0, 8.0)
    made.fill()
    placed = np.zeros(300, bool)
    placed[[PLACED, 200]] = True
    made.state.view.set_coordinates("UMAP", made.places, placed)
    qtbot.waitUntil(lambda: made.map.frames.sorted, timeout=60_000)
    made.wait_for_frame()
    yield made
    made.map.close_frames()


@pytest.fixture
def line(scene: Scene, qtbot) -> PlacedLine:
    made = PlacedLine(scene.state)
    qtbot.addWidget(made)
    made.show()
    return made


def is_hollow(scene: Scene, row: int) -> bool:
    """Whether the middle of a row's point is as the ground beneath the map."""
    picture = scene.canvas.grab().toImage()
    middle = scene.pixel_of(row)
    around = [picture.pixelColor((middle + QPointF(dx, 0)).toPoint()) for dx in (-4, 0, 4)]
    ground = QColor(tokens(scene.state.preferences.style).map_background)
    assert around[0] != ground and around[2] != ground, "there is a point"
    return bool(around[1] == ground)


@pytest.mark.parametrize("style", ["dark", "light"])
def test_the_points_of_placed_galaxies_are_rings(scene: Scene, qtbot, style: str) -> None:
    scene.state.preferences.set_style(style)
    qtbot.waitUntil(lambda: is_hollow(scene, PLACED), timeout=5000)
    assert not is_hollow(scene, LAID_OUT)


def test_the_rings_follow_the_filters(scene: Scene, qtbot) -> None:
    visible = np.ones(300, bool)
    visible[PLACED] = False
    scene.state.filters.set("others", "others", visible)
    ground = QColor(tokens("dark").map_background)

    def is_gone() -> bool:
        middle = (scene.pixel_of(PLACED) + QPointF(4, 0)).toPoint()
        return bool(scene.canvas.grab().toImage().pixelColor(middle) == ground)

    qtbot.waitUntil(is_gone, timeout=5000)


def test_a_selection_and_a_recolouring_leave_the_rings(scene: Scene, qtbot) -> None:
    scene.state.selection.select_rows(np.array([LAID_OUT]))
    scene.wait_for_frame()
    qtbot.waitUntil(lambda: is_hollow(scene, PLACED), timeout=5000)
    scene.state.selection.clear()


def test_the_legend_tells_how_many_and_switches_the_rings(
    scene: Scene, line: PlacedLine, qtbot
) -> None:
    assert line.isVisibleTo(None) and line.count == 2
    assert line.accessibleName() == "placed later, 2" and "UMAP" in line.toolTip()
    qtbot.waitUntil(lambda: is_hollow(scene, PLACED), timeout=5000)
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert not scene.state.preferences.mark_placed
    qtbot.waitUntil(lambda: not is_hollow(scene, PLACED), timeout=5000)
    qtbot.keyClick(line, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: is_hollow(scene, PLACED), timeout=5000)


def test_maps_without_placed_galaxies_have_no_line(scene: Scene, line: PlacedLine) -> None:
    view = scene.state.view
    view.set_coordinates("t-SNE", scene.places)
    assert not line.isVisibleTo(None)
    view.set_coordinates("UMAP", scene.places, np.arange(300) < 7)
    assert line.isVisibleTo(None) and line.count == 7
    view.set_layout(SkyLayout(), scene.places, SkyAxes("ZEA", 150.0, 2.0))
    assert not line.isVisibleTo(None)


def test_pictures_of_placed_galaxies_have_a_dashed_frame(scene: Scene, qtbot) -> None:
    def feed(rows: list[int]) -> None:
        scene.state.thumbnails.put(rows, np.ones((len(rows), 3, 48, 48), np.float16))

    scene.state.thumbnails.wanted.connect(feed)
    scene.canvas.show_rect(ViewRect(-8.5, 8.5, 7.0, 9.0))
    qtbot.waitUntil(
        lambda: {PLACED, LAID_OUT} <= set(scene.map.thumbnails.pictures().images), timeout=10_000
    )
    pictures = scene.map.thumbnails.pictures()
    assert pictures.placed == {PLACED}
    scene.state.preferences.set_mark_placed(False)
    assert scene.map.thumbnails.pictures().placed == frozenset()


def figure(scene: Scene, **changes: object) -> bytes:
    shown = scene.map.scene()
    assert shown is not None
    return make_figure(shown, FigureOptions(**changes)).data  # type: ignore[arg-type]


def test_a_figure_has_the_rings_and_says_what_they_mean(scene: Scene) -> None:
    assert b">placed later<" in figure(scene, format="svg")
    scene.state.filters.set("first", "first", np.arange(300) < 150)
    assert b">placed later<" in figure(scene, format="svg")
    scene.state.filters.set("first", "first", np.arange(300) > 250)
    assert b">placed later<" not in figure(scene, format="svg")
    scene.state.filters.clear()
    bare = {"format": "png", "axes": "none", "legend": False}

    def inked() -> int:
        image = np.asarray(Image.open(io.BytesIO(figure(scene, **bare))).convert("RGB"))
        return int((image != 255).any(axis=2).sum())

    rings = inked()
    scene.state.preferences.set_mark_placed(False)
    assert inked() > rings
    assert b">placed later<" not in figure(scene, format="svg")
