"""The mini-map: when it is there, what it marks, and how it moves the view."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest

from astromask_gui.raster.frame import FrameRequest, ViewRect
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.mini import MiniMap
from tests.gui.map_scene import Scene


@pytest.fixture
def mini(scene: Scene, qtbot) -> MiniMap:
    """The mini-map of a view that is ten times as deep as the whole."""
    scene.canvas.zoom(10)
    qtbot.waitUntil(scene.map.mini.isVisible)
    return scene.map.mini


def test_it_shows_only_when_the_view_is_deep_in(scene: Scene, qtbot) -> None:
    mini = scene.map.mini
    scene.canvas.zoom(3)
    scene.wait_for_frame()
    assert mini.isHidden()
    scene.canvas.zoom(2)
    qtbot.waitUntil(mini.isVisible)
    scene.map.views.fit(fly=False)
    assert mini.isHidden()


def test_at_its_threshold_it_does_not_flicker(scene: Scene, qtbot) -> None:
    mini = scene.map.mini
    scene.canvas.zoom(4.1)
    qtbot.waitUntil(mini.isVisible)
    scene.canvas.zoom(1 / 1.05)
    assert mini.isVisible()


def test_it_can_be_switched_off(scene: Scene, mini: MiniMap, qtbot) -> None:
    scene.state.preferences.set_mini_map(False)
    assert mini.isHidden()
    scene.canvas.zoom(2)
    scene.wait_for_frame()
    assert mini.isHidden()
    scene.state.preferences.set_mini_map(True)
    qtbot.waitUntil(mini.isVisible)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(x=st.floats(-6, 6), y=st.floats(-2, 7), zoom=st.floats(4.2, 400))
def test_its_mark_is_where_the_view_is(scene: Scene, mini: MiniMap, x, y, zoom) -> None:
    whole = mini.whole
    view = ViewRect(x - whole.width / zoom, x + whole.width / zoom, y - 0.1 / zoom, y + 0.1 / zoom)
    scene.canvas.show_rect(view)
    shown, mark = scene.canvas.view, mini.mark()
    per_x, per_y = mini.width() / whole.width, mini.height() / whole.height
    assert mark.center().x() == pytest.approx((x - whole.x0) * per_x, abs=1e-6)
    assert mark.center().y() == pytest.approx((whole.y1 - y) * per_y, abs=1e-6)
    assert mark.width() == pytest.approx(max(shown.width * per_x, 9.0))
    assert mark.height() == pytest.approx(max(shown.height * per_y, 9.0))


def test_all_of_the_map_is_in_it(scene: Scene, mini: MiniMap) -> None:
    whole = mini.whole
    inside = (scene.places > (whole.x0, whole.y0)) & (scene.places < (whole.x1, whole.y1))
    assert inside.all(axis=1).mean() > 0.99
    image = mini.grab().toImage()
    ground = tokens("dark").map_background
    colours = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }
    assert len(colours - {ground}) > 20


def test_a_click_moves_the_view_there(scene: Scene, mini: MiniMap) -> None:
    width = scene.canvas.view.width
    place = QPointF(mini.width() * 0.75, mini.height() * 0.6).toPoint()
    QTest.mouseClick(mini, Qt.MouseButton.LeftButton, pos=place)
    view, whole = scene.canvas.view, mini.whole
    assert (view.x0 + view.x1) / 2 == pytest.approx(
        whole.x0 + whole.width * place.x() / mini.width()
    )
    assert (view.y0 + view.y1) / 2 == pytest.approx(
        whole.y1 - whole.height * place.y() / mini.height()
    )
    assert view.width == pytest.approx(width)
    assert scene.state.selection.active is None


def test_dragging_the_mark_takes_the_view_along(scene: Scene, mini: MiniMap) -> None:
    start = mini.mark().center().toPoint()
    before = scene.canvas.view
    QTest.mousePress(mini, Qt.MouseButton.LeftButton, pos=start)
    assert scene.canvas.view == before
    for step in (10, 20, 30):
        QTest.mouseMove(mini, pos=start + QPointF(step, 0).toPoint())
    QTest.mouseRelease(mini, Qt.MouseButton.LeftButton, pos=start)
    moved = scene.canvas.view.x0 - before.x0
    assert moved == pytest.approx(30 * mini.whole.width / mini.width())
    assert scene.canvas.view.y0 == pytest.approx(before.y0)


def test_moving_the_view_draws_it_no_anew_but_other_colours_do(
    scene: Scene, mini: MiniMap, qtbot
) -> None:
    drawn: list[FrameRequest] = []
    scene.map.frames.overview_arrived.connect(lambda frame: drawn.append(frame.request))
    for _ in range(5):
        scene.canvas.pan(QPointF(20, 5))
        scene.wait_for_frame()
    assert drawn == []
    mask = scene.classes == 1
    before = mini.grab().toImage()
    scene.state.filters.set("class", "one class", mask)
    qtbot.waitUntil(lambda: len(drawn) == 1)
    assert mini.grab().toImage() != before


def test_the_other_style_gives_it_another_ground(scene: Scene, mini: MiniMap, qtbot) -> None:
    scene.state.preferences.set_style("light")

    def is_light() -> bool:
        corner = mini.grab().toImage().pixelColor(8, mini.height() - 8)
        return corner.lightness() > 200

    qtbot.waitUntil(is_light)


def test_cards_make_way_for_it(scene: Scene, mini: MiniMap, qtbot) -> None:
    row = int(np.argmin(np.hypot(*(scene.places - (-4.0, 0.0)).T)))
    scene.map.views.fit_rows(np.array([row]))
    scene.canvas.zoom(2)
    scene.canvas.pan(QPointF(-150, 80))
    (covered,) = scene.map.mini.places()
    pixels = scene.canvas.mapping().to_pixels(scene.places)
    inside = ((pixels > 0) & (pixels < (scene.canvas.width(), scene.canvas.height()))).all(axis=1)
    left = np.flatnonzero(inside & (pixels[:, 0] < scene.canvas.width() / 3))
    assert left.size
    for row in left[:3]:
        scene.hover(scene.pixel_of(int(row)))
        qtbot.waitUntil(lambda: not scene.map.hover.card.isHidden())
        assert not scene.map.hover.card.place().intersects(covered)


def test_it_never_outgrows_a_small_map(scene: Scene, mini: MiniMap) -> None:
    for size in ((320, 700), (900, 240), (260, 240)):
        scene.map.resize(*size)
        scene.wait_for_frame()
        assert mini.width() <= 0.41 * scene.canvas.width()
        assert mini.height() <= 0.41 * scene.canvas.height()
        assert scene.canvas.rect().contains(mini.geometry())
