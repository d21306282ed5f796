"""The window's actions: each reachable by a key of its own, each with a name."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import Listing
from astromask_gui.state.labels import GRADES
from astromask_gui.state.neighbours import Query
from astromask_gui.windows.main_window import MainWindow
from tests.gui.conftest import (
    answer_query,
    make_cutout,
    make_reconstruction,
)

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def asked(state: ApplicationState) -> list:
    requests: list = []
    state.labels.grade_requested.connect(
        lambda rows, grade: requests.append((rows.tolist(), grade))
    )
    return requests


# Keys.


@pytest.mark.parametrize("grade", GRADES)
def test_a_grades_key_grades_the_active_galaxy(
    window: MainWindow, state: ApplicationState, asked: list, qtbot: QtBot, grade: str
) -> None:
    state.selection.set_active(7)
    qtbot.keyClick(window, getattr(Qt.Key, f"Key_{grade}"))
    assert asked == [([7], grade)]


def test_backspace_takes_the_grade_away(
    window: MainWindow, state: ApplicationState, asked: list, qtbot: QtBot
) -> None:
    state.selection.set_active(7)
    qtbot.keyClick(window, Qt.Key.Key_Backspace)
    assert asked == [([7], None)]


def test_a_letter_typed_into_the_search_box_grades_nothing(
    window: MainWindow, state: ApplicationState, asked: list, qtbot: QtBot
) -> None:
    state.selection.set_active(7)
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(window.search.hasFocus)
    qtbot.keyClicks(window.search, "abcx")
    qtbot.keyClick(window.search, Qt.Key.Key_Backspace)
    assert window.search.text() == "abc" and asked == []


def test_undo_takes_the_latest_step_back_then_grades_of_earlier_starts(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([1, 2]))
    with qtbot.assertNotEmitted(state.labels.undo_requested):
        qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert state.selection.count == 0
    with qtbot.waitSignal(state.labels.undo_requested):
        qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert state.selection.count == 2
    with qtbot.waitSignal(state.labels.redo_requested):
        qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)


def test_all_visible_are_selected_inverted_and_cleared_wherever_the_focus_is(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    visible = np.arange(60) < 40
    state.filters.set("first", "the first", visible)
    qtbot.keyClick(window, Qt.Key.Key_A, CTRL)
    np.testing.assert_array_equal(state.selection.mask, visible)
    state.selection.select_rows(np.arange(30))
    window.docks.docks["legend"].widget().setFocus()
    qtbot.keyClick(window, Qt.Key.Key_I, CTRL)
    np.testing.assert_array_equal(state.selection.rows(), np.arange(30, 40))
    qtbot.keyClick(window.map.canvas, Qt.Key.Key_Escape)
    assert state.selection.count == 0
    window.focus_search()
    window.search.setText("select all visible")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert state.selection.count == 40


def test_a_key_saves_the_selection_where_its_name_can_be_typed(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.docks.docks["saved"].close()
    state.selection.select_rows(np.array([3, 5]))
    with qtbot.waitSignal(state.saved.save_requested) as asked:
        qtbot.keyClick(window, Qt.Key.Key_K, CTRL | SHIFT)
    assert asked.args[0] == "Selection 1" and np.flatnonzero(asked.args[1]).tolist() == [3, 5]
    assert not window.docks.docks["saved"].isHidden()


@pytest.mark.parametrize(
    "query", [Query("row", row=0), Query("column", column="score_lens", caption="Best candidates")]
)
def test_j_and_k_go_through_what_was_found_and_leave_it_as_it_is(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, query: Query
) -> None:
    # As the search does: whatever becomes active is sought for.
    state.selection.active_changed.connect(
        lambda row: (
            state.neighbours.follows_active and state.neighbours.set_query(Query("row", row=row))
        )
    )
    answer_query(state, [4, 9, 2], query)
    seen = []
    for key in (Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K):
        qtbot.keyClick(window, key)
        seen.append(state.selection.active)
    assert seen == [4, 9, 2, 9] and state.neighbours.query == query
    # In a list of another kind the neighbours follow, as they do a click there.
    state.cutout.set_order(np.array([7, 8], np.uint32))
    qtbot.keyClick(window, Qt.Key.Key_J)
    assert state.neighbours.query == Query("row", row=7)
    state.gallery.set_listing(Listing(np.array([7, 8], np.uint32), "neighbours"))
    state.cutout.set_order(state.gallery.rows)
    qtbot.keyClick(window, Qt.Key.Key_J)
    assert state.selection.active == 8 and state.neighbours.query == Query("row", row=7)


def test_n_draws_a_new_mask(window: MainWindow, state: ApplicationState, qtbot: QtBot) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    before = state.reconstruction.masking.seed
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert state.reconstruction.masking.seed != before


def test_keys_find_neighbours_lock_the_stretch_and_change_the_band(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.set_active(7)
    qtbot.keyClick(window, Qt.Key.Key_1, CTRL)
    assert state.neighbours.query == Query("row", row=7)
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL)
    assert not state.display.settings.locked
    for expected in (*range(5), None):
        qtbot.keyClick(window, Qt.Key.Key_B, CTRL)
        settings = state.display.settings
        assert (settings.band if settings.mode == "band" else None) == expected


def test_every_action_has_a_shortcut_and_no_two_share_one(window: MainWindow) -> None:
    actions = [action for _, action in window.actions_made]
    without = [action.text() for action in actions if action.shortcut().isEmpty()]
    assert without == []
    map_actions = list(window.map.map_actions.values())
    keys = [
        keys.toString()
        for action in (*actions, *map_actions)
        for keys in {key.toString(): key for key in action.shortcuts()}.values()
    ]
    bar = window.menuBar()
    assert bar is not None
    menus = [QKeySequence.mnemonic(menu.text()).toString() for menu in bar.actions()]
    assert all(menus)
    keys += menus
    assert sorted(keys) == sorted(set(keys)), "an ambiguous shortcut does nothing"


def test_a_menus_letter_takes_no_key_of_measuring(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    qtbot.keyClick(window, Qt.Key.Key_E, ALT)
    assert state.cutout_view.tool == "ring"


def test_every_shortcut_named_in_a_tooltip_exists(window: MainWindow) -> None:
    actions = [action for _, action in window.actions_made]
    actions += window.map.map_actions.values()
    known = {key.toString() for action in actions for key in action.shortcuts()}
    for widget in window.findChildren(QWidget):
        for words in re.findall(r"\(([^()]+)\)", widget.toolTip()):
            for text in words.split(" or "):
                if re.fullmatch(r"((Ctrl|Alt|Shift)\+)+\S+", text.strip()):
                    keys = QKeySequence(text.strip()).toString()
                    assert keys in known, f"{widget.toolTip()!r}: nothing listens to {keys}"


def test_a_tooltip_with_line_breaks_is_taken_for_rich_text(window: MainWindow) -> None:
    tips = {widget.toolTip() for widget in window.findChildren(QWidget)}
    broken = [tip for tip in tips if "<br>" in tip]
    assert broken
    # A bare "<" before the first tag has Qt show the tags themselves.
    assert [tip for tip in broken if not Qt.mightBeRichText(tip)] == []


def test_what_can_be_clicked_has_a_name_and_says_what_it_does(window: MainWindow) -> None:
    for button in window.findChildren(QAbstractButton):
        if button.objectName().startswith("qt_") or not button.isVisible():
            continue
        name = button.text() or button.accessibleName() or button.toolTip()
        assert name, f"a nameless {type(button).__name__} in {button.parent()}"
