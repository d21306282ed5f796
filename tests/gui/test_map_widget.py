"""The map widget: what mouse and keys do to the state, and what the state does to the picture."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QColor

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.neighbours import Neighbours, Query
from astromask_gui.state.plane import ColumnAxes, Scale, SkyAxes, StoredLayout
from astromask_gui.state.selection import CombineMode
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.state.view import Colouring, ViewRange
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.overlay import uncovered
from astromask_gui.widgets.map.summary import why_without_place
from tests.gui.map_scene import Scene, blobs

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def empty_scene(qtbot):
    made = Scene(qtbot)
    yield made
    made.map.close_frames()


@pytest.fixture
def scene(empty_scene: Scene) -> Scene:
    empty_scene.fill()
    return empty_scene


def colour_at(scene: Scene, position: QPointF) -> QColor:
    return scene.canvas.grab().toImage().pixelColor(position.toPoint())


def is_background(colour: QColor, style: str = "dark") -> bool:
    return colour.name() == tokens(style).map_background


# Looking.


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


# Picking.


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


# Selecting.


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


# Marks, colours, styles.


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


def test_colouring_by_a_column_keeps_the_view(scene: Scene, qtbot) -> None:
    scene.canvas.zoom(3.0)
    view, shown = scene.canvas.view, scene.frame
    scene.state.view.set_colouring(Colouring("class"))
    qtbot.waitUntil(lambda: scene.frame is not shown)
    assert scene.canvas.view == view
    scene.map.map_actions["fit"].trigger()
    scene.wait_for_frame()
    hues = [
        colour_at(scene, scene.pixel_of(int(np.flatnonzero(scene.classes == k)[3]))).hue()
        for k in range(3)
    ]
    assert len({round(hue / 20) for hue in hues}) == 3


def test_a_column_that_is_still_loading_leaves_the_colours(scene: Scene, qtbot) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    before = scene.colours.colours
    with qtbot.waitSignal(scene.state.columns.requested):
        scene.state.view.set_colouring(Colouring("lazy"))
    assert scene.colours.colours is before
    scene.state.columns.set_values("lazy", np.zeros(len(scene.places)))
    assert scene.colours.colours is not before


def test_the_light_style_has_a_light_map(scene: Scene, qtbot) -> None:
    scene.state.preferences.set_style("light")
    background = QColor(tokens("light").map_background)
    wanted = (background.red(), background.green(), background.blue())
    qtbot.waitUntil(lambda: scene.frame.request.background == wanted)
    assert is_background(colour_at(scene, QPointF(2, 2)), "light")


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


# Pictures in place of points.


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


# Without a map.


def test_an_empty_map_offers_the_demo(empty_scene: Scene, qtbot) -> None:
    empty_scene.map.show()
    buttons = empty_scene.map.empty.findChildren(type(empty_scene.map.empty._buttons["demo"]))
    shown = [button.text() for button in buttons if button.isVisible()]
    assert shown == ["Open the demo", "Open cutouts or a workspace…"]
    with qtbot.waitSignal(empty_scene.state.session.demo_requested):
        empty_scene.map.empty._buttons["demo"].click()


@pytest.mark.parametrize(
    ("store", "projections", "button"),
    [(None, (), "embed"), ("vit", (), "project"), ("vit", ("UMAP",), None)],
)
def test_an_empty_map_says_what_comes_next(
    empty_scene: Scene, store: str | None, projections: tuple[str, ...], button: str | None
) -> None:
    from pathlib import Path

    empty_scene.map.show()
    stores = (store,) if store else ()
    empty_scene.state.view.set_projections(projections)
    empty_scene.state.session.set_workspace(
        OpenWorkspace(Path("x"), "x", 10, ("r",), stores, store)
    )
    offered = [n for n, b in empty_scene.map.empty._buttons.items() if b.isVisible()]
    assert offered == ([button] if button else [])


def test_closing_a_survey_empties_the_map(scene: Scene) -> None:
    scene.state.session.set_workspace(None)
    scene.state.view.set_coordinates(None, None)
    assert scene.frame is None
    assert scene.map.empty.isVisible()
    assert scene.map.frames.points is None


def test_the_widget_leaves_numba_for_later() -> None:
    """Importing it costs half a second that the first paint need not wait for."""
    code = "import sys, astromask_gui.widgets.map.view; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


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
