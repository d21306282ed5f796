"""The gallery on real widgets: what is drawn, asked for, selected, and walked to by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.parts.rows_drag import rows_of, rows_to_mime
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.gallery import ID_CAPTION, Listing, Sorting, Source
from astromask_gui.state.neighbours import Query
from astromask_gui.state.saved import SavedSelection
from astromask_gui.widgets.gallery_panel import GalleryPanel
from tests.gui.conftest import COUNT, give_thumbnails

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
ORDER = np.random.default_rng(3).permutation(COUNT).astype(np.uint32)


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> GalleryPanel:
    made = GalleryPanel(state)
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.show()
    state.gallery.set_listing(Listing(ORDER, "visible"))
    return made


def point(panel: GalleryPanel, position: int) -> QPoint:
    return panel.view.place_of(position).center()


def click(panel: GalleryPanel, position: int, qtbot: QtBot, modifiers=None) -> None:
    none = Qt.KeyboardModifier.NoModifier
    area = panel.view.viewport()
    qtbot.mouseClick(area, LEFT, modifiers or none, point(panel, position))


def drag(panel: GalleryPanel, start: QPoint, end: QPoint, qtbot: QtBot, modifiers=None) -> None:
    area, none = panel.view.viewport(), Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(area, LEFT, modifiers or none, start)
    qtbot.mouseMove(area, end)
    qtbot.mouseRelease(area, LEFT, modifiers or none, end)


def wheel(panel: GalleryPanel, notches: float, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    centre = QPointF(panel.view.viewport().rect().center())
    event = QWheelEvent(
        centre, QPointF(panel.view.viewport().mapToGlobal(centre.toPoint())), QPoint(),
        QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(panel.view.viewport(), event)


def long_list(state: ApplicationState, count: int) -> None:
    state.selection.reset(count)
    state.gallery.set_listing(Listing(np.arange(count, dtype=np.uint32), "visible", True))


# What is shown.


def test_an_empty_gallery_says_what_would_fill_it(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    for kind, word in (("selection", "Select"), ("visible", "filters"), ("neighbours", "Ctrl+1")):
        state.gallery.set_listing(Listing(np.zeros(0, np.uint32), kind))
        assert panel.empty.isVisible() and word in panel.empty.sentence.text()
    state.gallery.fail("There is no saved selection “arcs” any more.")
    assert "arcs" in panel.empty.sentence.text()
    state.session.set_workspace(None)
    assert "workspace" in panel.empty.sentence.text()


def test_only_tiles_in_view_ask_for_thumbnails_from_the_middle_out(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    long_list(state, 10_000)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.scroll_to(100_000)
    wanted: list[list[int]] = []
    state.thumbnails.wanted.connect(wanted.append)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.scroll_to(50_000)
    seen = panel.view.in_view()
    assert set(wanted[0]) == set(seen)
    line = wanted[0][0] // panel.view.grid.columns
    lines = [position // panel.view.grid.columns for position in seen]
    assert abs(line - (lines[0] + lines[-1]) / 2) <= 0.5


def test_tiles_that_scrolled_away_are_given_up(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    long_list(state, 10_000)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.repaint()
    before = set(panel.view.in_view())
    with qtbot.waitSignal(state.thumbnails.unwanted) as given_up:
        panel.view.scroll_to(100_000)
    assert set(given_up.args[0]) == before


def test_a_hidden_gallery_asks_for_nothing(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.repaint()
    with qtbot.waitSignal(state.thumbnails.unwanted) as given_up:
        panel.hide()
    assert set(given_up.args[0]) == set(ORDER[: len(given_up.args[0])].tolist())


def test_pictures_take_the_place_of_skeletons_and_follow_the_stretch(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    from dataclasses import replace

    skeleton = panel.view.grab().toImage()
    give_thumbnails(state)
    state.gallery.set_side(48)
    qtbot.waitUntil(lambda: panel.view.pictures.image(int(ORDER[0])) is not None)
    assert panel.view.grab().toImage() != skeleton
    before = panel.view.pictures.image(int(ORDER[0]))
    state.display.set_settings(replace(state.display.settings, stretch=4.0))
    assert panel.view.pictures.image(int(ORDER[0])) is before, "the old one stays meanwhile"
    qtbot.waitUntil(lambda: panel.view.pictures.image(int(ORDER[0])) != before)


def test_large_tiles_are_sharpened_when_the_larger_thumbnails_arrive(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_thumbnails(state)
    with qtbot.waitSignal(state.sharp_thumbnails.wanted) as wanted:
        state.gallery.set_side(200)
    row = int(ORDER[0])
    qtbot.waitUntil(lambda: panel.view.pictures.image(row) is not None)
    coarse = panel.view.pictures.image(row)
    assert coarse is not None and coarse.width() == 200
    state.sharp_thumbnails.put(
        wanted.args[0], np.full((len(wanted.args[0]), 3, 128, 128), 9, np.float16)
    )
    qtbot.waitUntil(lambda: panel.view.pictures.image(row) != coarse)


def test_captions_tell_a_column_or_the_identifier(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    state.columns.set_values("mag_r", np.linspace(17, 23, COUNT))
    low = panel.view.grid.line_height
    state.gallery.set_caption("mag_r")
    assert panel.view.grid.line_height > low
    assert panel.view._captions.of(0) == "17 AB mag"
    state.gallery.set_caption(ID_CAPTION)
    assert panel.view._captions.of(4) == "…"
    state.identifiers.put([4], ["UNIONS-4"])
    assert panel.view._captions.of(4) == "UNIONS-4"


@pytest.mark.parametrize("mark", ["active", "hovered", "selected", "grade"])
def test_marks_made_elsewhere_are_seen_on_the_tile(
    panel: GalleryPanel, state: ApplicationState, mark: str
) -> None:
    row = int(ORDER[1])
    before = panel.view.grab(panel.view.place_of(0)).toImage()
    other = panel.view.grab(panel.view.place_of(1)).toImage()
    if mark == "active":
        state.selection.set_active(row)
    elif mark == "hovered":
        state.selection.set_hovered(row)
    elif mark == "selected":
        state.selection.select_rows(np.array([row]))
    else:
        codes = state.labels.codes.copy()
        codes[row] = 2
        state.labels.set_codes(codes)
    assert panel.view.grab(panel.view.place_of(1)).toImage() != other
    assert panel.view.grab(panel.view.place_of(0)).toImage() == before


# Choosing.


def test_choices_become_wishes(panel: GalleryPanel, state: ApplicationState) -> None:
    state.saved.set_items([SavedSelection("arcs", 3, "2026-01-01T00:00:00Z")])
    panel.source.setCurrentText("arcs")
    panel.source.activated.emit(panel.source.currentIndex())
    assert state.gallery.source == Source("saved", "arcs")
    panel.sorting.setCurrentText("mag_r")
    panel.sorting.activated.emit(panel.sorting.currentIndex())
    panel.direction.click()
    assert state.gallery.sorting == Sorting("mag_r", True)
    panel.caption.setCurrentText("identifier")
    panel.caption.activated.emit(panel.caption.currentIndex())
    assert state.gallery.caption == ID_CAPTION
    panel.side.setValue(133)
    assert state.gallery.side == panel.view.grid.side == 133


def test_a_choice_that_is_gone_shows_nothing_chosen(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    state.gallery.set_source(Source("saved", "arcs"))
    assert panel.source.currentIndex() == -1
    state.gallery.set_source(Source("visible"))
    assert panel.source.currentText() == "Visible"


# Scrolling.


@pytest.mark.parametrize("count", [1_000_000, 100_000_000])
def test_the_end_of_a_list_of_any_length_is_reached(
    panel: GalleryPanel, state: ApplicationState, count: int
) -> None:
    rows = np.broadcast_to(np.zeros(1, np.uint32), count)
    state.gallery.set_listing(Listing(rows, "visible"))
    state.gallery.set_side(48)
    panel.view.setMaximumWidth(90)
    panel.resize(640, 301)
    assert panel.view.grid.columns == 1
    bar = panel.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert panel.view.in_view()[-1] == count - 1
    bar.setValue(bar.maximum() // 2)
    assert abs(panel.view.in_view()[0] / count - 0.5) < 1e-3
    before = panel.view.top
    wheel(panel, -1)
    assert before < panel.view.top <= before + 300, "a turn of the wheel moves less than a view"
    bar.setValue(0)
    assert panel.view.in_view()[0] == 0


def test_the_first_tile_stays_in_view_when_tiles_or_panel_change(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    long_list(state, 100_000)
    panel.view.scroll_to(200_000)
    first = panel.view.in_view()[0]
    for side in (48, 200, 90):
        state.gallery.set_side(side)
        seen = panel.view.in_view()
        assert seen[0] - panel.view.grid.columns <= first <= seen[-1]
    panel.resize(400, 300)
    assert abs(panel.view.in_view()[0] - first) < 30


def test_a_list_too_short_for_what_was_in_view_is_shown_from_its_start(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    long_list(state, 100_000)
    panel.view.scroll_to(200_000)
    long_list(state, 500)
    assert panel.view.top == 0


def test_ctrl_and_wheel_change_the_size(panel: GalleryPanel, state: ApplicationState) -> None:
    before = state.gallery.side
    wheel(panel, 1, CTRL)
    assert state.gallery.side > before and panel.view.top == 0
    for _ in range(30):
        wheel(panel, -1, CTRL)
    assert state.gallery.side == 48


# Mouse.


def test_a_click_makes_a_galaxy_active(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(panel, 2, qtbot)
    assert state.selection.active == ORDER[2]
    assert state.selection.count == 0


def test_a_click_among_the_neighbours_keeps_the_query(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    followed = []
    state.selection.active_changed.connect(
        lambda _: followed.append(state.neighbours.follows_active)
    )
    click(panel, 2, qtbot)
    state.gallery.set_listing(Listing(ORDER, "neighbours"))
    click(panel, 3, qtbot)
    assert followed == [True, False]


def test_shift_adds_a_run_and_ctrl_adds_or_removes_one(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(panel, 1, qtbot)
    click(panel, 4, qtbot, SHIFT)
    assert state.selection.rows().tolist() == sorted(ORDER[1:5].tolist())
    click(panel, 3, qtbot, CTRL)
    assert state.selection.rows().tolist() == sorted(ORDER[[1, 2, 4]].tolist())
    click(panel, 3, qtbot, CTRL)
    click(panel, 4, qtbot, CTRL | SHIFT)
    assert state.selection.rows().tolist() == sorted(ORDER[3:5].tolist())
    state.undo.undo()
    assert state.selection.count == 4


@pytest.mark.parametrize(
    ("modifiers", "expected"),
    [
        (Qt.KeyboardModifier.NoModifier, lambda old, box: box),
        (SHIFT, lambda old, box: old | box),
        (CTRL, lambda old, box: old & ~box),
        (CTRL | SHIFT, lambda old, box: old & box),
    ],
)
def test_a_box_meets_the_selection_like_on_the_map(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot, modifiers, expected
) -> None:
    old = np.zeros(COUNT, bool)
    old[ORDER[[0, 1, 9]]] = True
    state.selection.combine(old)
    columns = panel.view.grid.columns
    start = panel.view.place_of(0).topLeft() - QPoint(3, 3)
    drag(panel, start, point(panel, columns + 1), qtbot, modifiers)
    box = np.zeros(COUNT, bool)
    box[ORDER[[0, 1, columns, columns + 1]]] = True
    assert (state.selection.mask == expected(old, box)).all()
    assert panel.view.band is None


def test_a_tile_is_dragged_with_the_selected_ones_it_is_among(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[list[int]] = []
    monkeypatch.setattr(
        "astromask_gui.widgets.gallery_hand.drag_rows",
        lambda _view, rows, _picture, _files: dragged.append(rows_of(rows_to_mime(rows))),
    )
    drag(panel, point(panel, 2), point(panel, 2) + QPoint(40, 40), qtbot)
    state.selection.select_rows(ORDER[[1, 2, 5]])
    drag(panel, point(panel, 2), point(panel, 2) + QPoint(40, 40), qtbot)
    assert dragged == [[ORDER[2]], [ORDER[2], ORDER[1], ORDER[5]]]
    assert state.selection.active is None


def test_the_tile_under_the_mouse_is_hovered(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    area = panel.view.viewport()
    qtbot.mouseMove(area, point(panel, 3))
    assert state.selection.hovered == ORDER[3]
    qtbot.mouseMove(area, panel.view.place_of(3).topLeft() - QPoint(4, 4))
    assert state.selection.hovered is None


def test_a_double_click_finds_the_neighbours(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    qtbot.mouseDClick(panel.view.viewport(), LEFT, pos=point(panel, 2))
    assert state.neighbours.query == Query("row", row=int(ORDER[2]))


# Keys.


def test_keys_walk_over_the_tiles(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    columns = panel.view.grid.columns
    steps = [
        (KEY.Key_Right, 0), (KEY.Key_Right, 1), (KEY.Key_Down, 1 + columns),
        (KEY.Key_Left, columns), (KEY.Key_Up, 0), (KEY.Key_Up, 0),
        (KEY.Key_End, COUNT - 1), (KEY.Key_Home, 0),
    ]  # fmt: skip
    for key, position in steps:
        qtbot.keyClick(panel.view, key)
        assert state.selection.active == ORDER[position]
        assert position in panel.view.in_view()
    qtbot.keyClick(panel.view, KEY.Key_PageDown)
    assert state.selection.active == ORDER[columns * 2]


def test_shift_and_arrows_add_to_the_selection(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(panel, 1, qtbot)
    for _ in range(2):
        qtbot.keyClick(panel.view, KEY.Key_Right, SHIFT)
    assert state.selection.rows().tolist() == sorted(ORDER[1:4].tolist())
    qtbot.keyClick(panel.view, KEY.Key_Space)
    assert state.selection.rows().tolist() == sorted(ORDER[1:3].tolist())


def test_ctrl_a_selects_what_is_listed_and_nothing_else(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.gallery.set_listing(Listing(ORDER[:7], "visible"))
    qtbot.keyClick(panel.view, KEY.Key_A, CTRL)
    assert state.selection.rows().tolist() == sorted(ORDER[:7].tolist())


def test_return_finds_the_neighbours_of_the_active_tile(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(panel, 5, qtbot)
    qtbot.keyClick(panel.view, KEY.Key_Return)
    assert state.neighbours.query == Query("row", row=int(ORDER[5]))


def test_a_galaxy_made_active_elsewhere_is_scrolled_to(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    state.selection.set_active(int(ORDER[-1]))
    assert COUNT - 1 in panel.view.in_view()


def test_columns_that_come_are_offered(panel: GalleryPanel, state: ApplicationState) -> None:
    state.columns.set_columns([Column("mag_r", "number"), Column("z", "number")])
    assert panel.sorting.findText("z") > 0 and panel.caption.findText("z") > 0


def test_next_is_meant_in_the_list_that_was_used_last(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert state.list_in_use() is None
    click(panel, 3, qtbot)
    assert state.next_row(1) == ORDER[4]
    state.gallery.set_listing(Listing(ORDER[::-1].copy(), "visible"))
    assert state.next_row(1) == ORDER[2]


def test_the_pictures_kept_follow_the_memory_granted(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_thumbnails(state)
    panel.view.repaint()
    seen = [int(ORDER[position]) for position in panel.view.in_view()]
    qtbot.waitUntil(lambda: all(panel.view.pictures.image(row) for row in seen))
    state.preferences.set_cache_megabytes(1)
    kept = [row for row in seen if panel.view.pictures.image(row) is not None]
    assert 0 < len(kept) * 4 * state.gallery.side**2 <= 2**20 / 16
