"""Which part of the map is shown: by wheel, drag, fit, and by what the state says."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PyQt6.QtCore import QPointF

from astromask_gui.state.plane import StoredLayout
from astromask_gui.state.view import ViewRange
from tests.gui.map.conftest import colour_at, is_background
from tests.gui.map_scene import Scene, blobs


def test_galaxies_are_drawn_where_they_are(scene: Scene) -> None:
    assert not is_background(colour_at(scene, scene.pixel_of(5)))
    assert is_background(colour_at(scene, QPointF(2, 2)))


def test_the_first_view_shows_every_galaxy_and_keeps_doing_so(scene: Scene) -> None:
    for size in ((640, 520), (400, 700), (900, 300)):
        scene.map.resize(*size)
        frame = scene.wait_for_frame()
        assert frame.stats.visible == len(scene.places)


def test_scrolling_zooms_about_the_mouse(scene: Scene) -> None:
    position = QPointF(200, 130)
    before = scene.canvas.mapping().to_map(position)
    width = scene.canvas.view.width
    scene.scroll(position, 3)
    np.testing.assert_allclose(scene.canvas.mapping().to_map(position), before, atol=1e-9)
    assert scene.canvas.view.width < 0.7 * width
    scene.scroll(position, -3)
    assert scene.canvas.view.width == pytest.approx(width)


def test_dragging_moves_the_map_with_the_mouse(scene: Scene) -> None:
    start, end = QPointF(100, 100), QPointF(180, 150)
    held = scene.canvas.mapping().to_map(start)
    scene.drag([start, QPointF(140, 120), end])
    np.testing.assert_allclose(scene.canvas.mapping().to_map(end), held, atol=1e-9)
    assert scene.state.selection.count == 0


def test_the_exact_frame_follows_every_move(scene: Scene) -> None:
    for notches in (1, 2, 3, -2, 5):
        scene.scroll(QPointF(300, 200), notches)
    frame = scene.wait_for_frame()
    view = frame.request.view
    inside = (scene.places >= (view.x0, view.y0)) & (scene.places <= (view.x1, view.y1))
    assert frame.stats.visible == inside.all(axis=1).sum()


def test_views_can_be_taken_back(scene: Scene, qtbot) -> None:
    first = scene.canvas.view
    qtbot.waitUntil(lambda: scene.state.view.range is not None)
    scene.canvas.zoom(4.0)
    zoomed = scene.canvas.view
    scene.map.map_actions["back"].trigger()
    np.testing.assert_allclose(scene.canvas.view, first)
    scene.map.map_actions["forward"].trigger()
    np.testing.assert_allclose(scene.canvas.view, zoomed)


def test_places_far_from_the_origin_are_painted(scene: Scene, qtbot) -> None:
    scene.places = scene.places + np.float32(1000.0)
    scene.state.view.set_coordinates("elsewhere", scene.places)
    scene.canvas.zoom(3.0)
    scene.wait_for_frame()
    image = scene.canvas.viewport().grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, 600, 5) for y in range(0, 450, 5)}
    assert len(colours) > 3


def test_fit_brings_everything_back(scene: Scene) -> None:
    scene.canvas.zoom(50.0)
    scene.map.map_actions["fit"].trigger()
    assert scene.wait_for_frame().stats.visible == len(scene.places)


def test_fitting_the_selection_shows_all_of_it(scene: Scene) -> None:
    rows = np.flatnonzero(scene.classes == 2)
    scene.state.selection.select_rows(rows)
    scene.map.map_actions["fit_selection"].trigger()
    view = scene.canvas.view
    assert (scene.places[rows] >= (view.x0, view.y0)).all()
    assert (scene.places[rows] <= (view.x1, view.y1)).all()
    assert view.width < 8


def test_another_range_of_the_state_is_shown(scene: Scene, qtbot) -> None:
    qtbot.waitUntil(lambda: scene.state.view.range is not None)
    scene.state.view.set_range(ViewRange(-5, -3, -1, 1))
    view = scene.canvas.view
    assert view.x0 <= -5 < -3 <= view.x1
    assert (view.x0 + view.x1) / 2 == pytest.approx(-4)


def test_another_projection_is_fitted_and_keeps_the_selection(scene: Scene) -> None:
    scene.state.selection.select_rows(np.array([1, 2, 3]))
    scene.canvas.zoom(30.0)
    scene.places = blobs(len(scene.places), 1)[0] * 100
    scene.state.view.set_coordinates("t-SNE", scene.places)
    frame = scene.wait_for_frame()
    assert frame.stats.visible == len(scene.places)
    assert scene.state.selection.count == 3


def test_the_choice_of_projection_is_an_intent(scene: Scene, qtbot) -> None:
    with qtbot.waitSignal(scene.state.view.layout_requested) as asked:
        box = scene.map.toolbar.projections
        box.activated.emit(box.findText("t-SNE"))
    assert asked.args == [StoredLayout("t-SNE")]


def test_galaxies_without_a_place_are_left_out(scene: Scene) -> None:
    scene.places[::2] = np.nan
    scene.state.view.set_coordinates("UMAP", scene.places.copy())
    scene.map.map_actions["fit"].trigger()
    expected = np.isfinite(scene.places[:, 0]).sum()
    assert scene.wait_for_frame().stats.visible == expected


def test_the_widget_leaves_numba_for_later() -> None:
    """Importing it costs half a second that the first paint need not wait for."""
    code = "import sys, astromask_gui.widgets.map.view; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
