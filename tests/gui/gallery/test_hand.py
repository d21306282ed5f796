"""Tiles of the gallery by mouse and keys: active, selected, dragged, walked over."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from astromask_gui.parts.rows_drag import rows_of, rows_to_mime
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import Listing
from astromask_gui.state.neighbours import Query
from astromask_gui.widgets.gallery.panel import GalleryPanel
from tests.gui.conftest import COUNT
from tests.gui.gallery.conftest import CTRL, KEY, LEFT, ORDER, SHIFT, click, drag, point

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
        "astromask_gui.widgets.gallery.hand.drag_rows",
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


def test_next_is_meant_in_the_list_that_was_used_last(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert state.list_in_use() is None
    click(panel, 3, qtbot)
    assert state.next_row(1) == ORDER[4]
    state.gallery.set_listing(Listing(ORDER[::-1].copy(), "visible"))
    assert state.next_row(1) == ORDER[2]
