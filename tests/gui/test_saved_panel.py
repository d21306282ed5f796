"""The panel of saved selections: what it lists, and what keys, clicks and its menu ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.saved import SavedSelection
from astromask_gui.state.selection import CombineMode
from astromask_gui.widgets.saved.panel import SavedPanel
from astromask_gui.widgets.saved.rows import short_date

NO_KEY = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
MODES = [
    (NO_KEY, CombineMode.REPLACE),
    (SHIFT, CombineMode.ADD),
    (CTRL, CombineMode.REMOVE),
    (SHIFT | CTRL, CombineMode.INTERSECT),
]
NOON = "2024-03-05T12:00:00+00:00"
ITEMS = (
    SavedSelection("lenses", 79, NOON),
    SavedSelection("Selection 1", 1, "2024-03-06T12:00:00+00:00"),
    SavedSelection("theirs", 4, NOON, "The selection “theirs” was made of another catalogue."),
)


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> Iterator[SavedPanel]:
    made = SavedPanel(state)
    made.resize(240, 320)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    state.saved.set_items(ITEMS)
    yield made


@pytest.fixture
def applied(state: ApplicationState) -> list:
    found: list = []
    state.saved.apply_requested.connect(lambda name, mode: found.append((name, mode)))
    return found


def centre(panel: SavedPanel, name: str):
    row = panel.rows.row_of(name)
    assert row is not None
    return panel.rows.visualItemRect(row).center()


def editor(panel: SavedPanel) -> QLineEdit:
    # A closed one lives until the event loop has come to it.
    return next(e for e in panel.rows.viewport().findChildren(QLineEdit) if e.isVisible())


def test_an_empty_panel_says_what_fills_it(state: ApplicationState, qtbot: QtBot) -> None:
    panel = SavedPanel(state)
    qtbot.addWidget(panel)
    panel.show()
    assert "stay with the workspace" in panel.empty.text() and panel.empty.isVisible()
    assert not panel.rows.isVisible() and not panel.save.isEnabled()
    state.saved.set_items(ITEMS)
    assert panel.rows.isVisible() and not panel.empty.isVisible()
    assert [panel.rows.item(i).text() for i in range(3)] == [item.name for item in ITEMS]


@pytest.mark.parametrize(("keys", "mode"), MODES)
def test_a_click_and_return_apply_in_the_way_of_the_keys_held(
    panel: SavedPanel, applied: list, qtbot: QtBot, keys: Qt.KeyboardModifier, mode: CombineMode
) -> None:
    viewport = panel.rows.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, keys, centre(panel, "lenses"))
    assert applied == [("lenses", mode)]
    panel.rows.setCurrentRow(1)
    qtbot.keyClick(panel.rows, Qt.Key.Key_Return, keys)
    assert applied[1:] == [("Selection 1", mode)]


def test_saving_takes_a_free_name_and_lets_the_user_type_another(
    panel: SavedPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([3, 5]))
    with qtbot.waitSignal(state.saved.save_requested) as asked:
        qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
    assert asked.args[0] == "Selection 2"
    state.saved.set_items((*ITEMS, SavedSelection("Selection 2", 2, NOON)))
    state.saved.added.emit("Selection 2")
    qtbot.keyClicks(editor(panel), "rings")
    with qtbot.waitSignal(state.saved.rename_requested) as asked:
        qtbot.keyClick(editor(panel), Qt.Key.Key_Return)
    assert asked.args == ["Selection 2", "rings"]


def test_what_another_window_saves_is_not_taken_for_ones_own(
    panel: SavedPanel, state: ApplicationState
) -> None:
    state.saved.added.emit("lenses")
    assert panel.rows.viewport().findChildren(QLineEdit) == []


def test_a_name_given_up_stays(panel: SavedPanel, state: ApplicationState, qtbot: QtBot) -> None:
    panel.rows.begin_renaming("lenses")
    qtbot.keyClicks(editor(panel), "rings")
    with qtbot.assertNotEmitted(state.saved.rename_requested):
        qtbot.keyClick(editor(panel), Qt.Key.Key_Escape)
    panel.rows.begin_renaming("lenses")
    qtbot.keyClicks(editor(panel), " ")
    qtbot.keyClick(editor(panel), Qt.Key.Key_Return)
    # As the service does where a name is refused.
    state.saved.changed.emit()
    assert panel.rows.item(0).text() == "lenses"


def test_f2_renames_and_delete_deletes(
    panel: SavedPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    panel.rows.setFocus()
    panel.rows.setCurrentRow(0)
    qtbot.keyClick(panel.rows, Qt.Key.Key_F2)
    assert editor(panel).text() == "lenses"
    qtbot.keyClick(editor(panel), Qt.Key.Key_Escape)
    with qtbot.waitSignal(state.saved.delete_requested) as asked:
        qtbot.keyClick(panel.rows, Qt.Key.Key_Delete)
    assert asked.args == ["lenses"]


def test_the_menu_offers_every_use(
    panel: SavedPanel, state: ApplicationState, applied: list, qtbot: QtBot
) -> None:
    asked: list = []
    state.saved.filter_requested.connect(lambda *words: asked.append(words))
    state.saved.replace_requested.connect(lambda name, mask: asked.append((name, mask.sum())))
    actions = {a.text().split("\t")[0]: a for a in panel.make_menu("lenses").actions()}
    assert not actions["Replace by what is selected now"].isEnabled()
    state.selection.select_rows(np.array([3, 5]))
    actions = {a.text().split("\t")[0]: a for a in panel.make_menu("lenses").actions()}
    for text in ("Keep only these of the selection", "Show only these", "Hide these"):
        actions[text].trigger()
    actions["Replace by what is selected now"].trigger()
    assert applied == [("lenses", CombineMode.INTERSECT)]
    assert asked == [("lenses", True), ("lenses", False), ("lenses", 2)]


def test_what_cannot_be_used_says_why_and_offers_nothing(panel: SavedPanel) -> None:
    assert not any(a.isEnabled() for a in panel.make_menu("theirs").actions() if a.text())
    assert "another catalogue" in panel.rows.item(2).toolTip()


def test_exporting_asks_for_a_file_without_stopping_the_window(
    panel: SavedPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    panel.choose_export("lenses")
    (dialog,) = panel.findChildren(QFileDialog)
    with qtbot.waitSignal(state.saved.export_requested) as asked:
        dialog.fileSelected.emit("/tmp/lenses.csv")
    assert asked.args[0] == "lenses" and asked.args[1].name == "lenses.csv"
    dialog.close()


def test_rows_are_painted_in_both_styles(panel: SavedPanel, state: ApplicationState) -> None:
    pictures = []
    for style in ("dark", "light"):
        state.preferences.set_style(style)
        QApplication.processEvents()
        pictures.append(panel.rows.grab().toImage())
    assert pictures[0] != pictures[1]


def test_dates_leave_out_what_goes_without_saying() -> None:
    now = datetime(2024, 3, 5, 12, 30, tzinfo=UTC)
    assert short_date(NOON, now).startswith("today ")
    assert short_date("2024-01-20T12:00:00+00:00", now) == "20 Jan"
    assert short_date("2023-01-20T12:00:00+00:00", now) == "20 Jan 2023"
    assert short_date("yesterday", now) == ""
