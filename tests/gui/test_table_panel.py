"""The table follows the state and states intents on it; cells are made when they are painted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.services.user.preferences import PreferencesService
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.table import Sort, TablePart
from astromask_gui.widgets.table.columns import TableColumns
from astromask_gui.widgets.table.model import PICTURE
from astromask_gui.widgets.table.panel import TablePanel
from tests.gui.conftest import COUNT, give_thumbnails

COLUMNS = (
    Column("mag_r", "number", "AB mag", description="How bright"),
    Column("object_id", "number"),
    Column("type", "category", categories=("lens", "spiral")),
    Column("flag", "boolean", categories=("false", "true")),
    Column("note", "text"),
    Column("huge", "number"),
)
LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> TablePanel:
    """A table of the sixty galaxies with a column of every kind, all of it on the screen."""
    state.columns.set_columns(COLUMNS)
    magnitudes = np.linspace(17, 23, COUNT).astype(np.float32)
    magnitudes[4] = np.nan
    state.columns.set_values("mag_r", magnitudes)
    state.columns.set_values("type", np.resize(np.array([0, 1, -1], np.int16), COUNT))
    state.columns.set_values("flag", np.resize(np.array([1, 0, -1], np.int16), COUNT))
    state.columns.set_values("huge", np.full(COUNT, 2.0**53))

    def look_up(name: str, rows: list[int]) -> None:
        texts = {"note": "", "huge": str(2**53 + 1)}
        state.cells.put(name, rows, [texts.get(name, f"G{row}") for row in rows])

    state.cells.wanted.connect(look_up)
    state.table.set_rows(np.arange(COUNT, dtype=np.uint32))
    made = TablePanel(state)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def place(panel: TablePanel, row: int) -> QPoint:
    rect = panel.view.visualRect(panel.model.index(row, 0))
    return QPoint(20, rect.center().y())


def click(qtbot: QtBot, panel: TablePanel, row: int, *keys: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for key in keys:
        held |= key
    qtbot.mouseClick(panel.view.viewport(), LEFT, held, place(panel, row))


def drag(qtbot: QtBot, panel: TablePanel, first: int, last: int) -> None:
    viewport = panel.view.viewport()
    qtbot.mousePress(viewport, LEFT, pos=place(panel, first))
    for row in range(first, last + 1):
        qtbot.mouseMove(viewport, place(panel, row))
    qtbot.mouseRelease(viewport, LEFT, pos=place(panel, last))


def names(panel: TablePanel) -> list[str]:
    return [column.name for column in panel.model.columns]


def texts(panel: TablePanel, row: int) -> dict[str, str | None]:
    return {column.name: panel.model.cell(row, column) for column in panel.model.columns}


def test_every_kind_of_value_is_told_in_its_way(panel: TablePanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: texts(panel, 0)["note"] is not None)
    qtbot.waitUntil(lambda: texts(panel, 0)["huge"] is not None)
    assert texts(panel, 0) == {
        "object_id": "G0",
        "mag_r": "17.0000",
        "type": "lens",
        "flag": "yes",
        "note": "–",
        "huge": "9007199254740993",
    }
    assert texts(panel, 2)["type"] == texts(panel, 2)["flag"] == texts(panel, 4)["mag_r"] == "–"
    assert texts(panel, 1)["flag"] == "no"


def test_a_click_makes_the_galaxy_active_and_selects_nothing(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(qtbot, panel, 3)
    assert state.selection.active == 3 and state.selection.count == 0


def test_arrows_home_and_end_go_through_the_galaxies(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(qtbot, panel, 3)
    for key, active in (
        (Qt.Key.Key_Down, 4),
        (Qt.Key.Key_Up, 3),
        (Qt.Key.Key_End, COUNT - 1),
        (Qt.Key.Key_Home, 0),
    ):
        qtbot.keyClick(panel.view, key)
        assert state.selection.active == active


def test_the_rows_order_is_that_in_which_cutouts_are_read_ahead(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert state.cutout.order is None
    click(qtbot, panel, 3)
    assert state.cutout.order is state.table.rows
    state.table.set_rows(np.arange(COUNT, dtype=np.uint32)[::-1].copy())
    assert state.cutout.order is state.table.rows


def test_dragging_over_rows_selects_them(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    drag(qtbot, panel, 2, 5)
    assert state.selection.rows().tolist() == [2, 3, 4, 5]


@pytest.fixture
def taken_out(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The rows of each drag out of the table."""
    drags: list[list[int]] = []
    monkeypatch.setattr(
        "astromask_gui.widgets.table.drag.drag_rows",
        lambda _view, rows, _picture, files: drags.append([*rows, len(files)]),
    )
    return drags


def test_a_row_that_stands_out_is_dragged_with_the_selected_ones_it_is_among(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot, taken_out: list[list[int]]
) -> None:
    state.cutout_files.set_folder(Path("/tmp"))
    state.selection.select_rows(np.array([2, 5, 7]))
    drag(qtbot, panel, 5, 8)
    state.selection.set_active(4)
    drag(qtbot, panel, 4, 6)
    assert taken_out == [[5, 2, 7, 3], [4, 1]]
    assert state.selection.rows().tolist() == [2, 5, 7]


def test_a_picture_is_dragged_whatever_its_row_is(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot, taken_out: list[list[int]]
) -> None:
    panel.pictures.click()
    drag(qtbot, panel, 3, 5)
    assert [rows[0] for rows in taken_out] == [3] and state.selection.count == 0


def test_a_drag_with_shift_selects_from_a_selected_row_too(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot, taken_out: list[list[int]]
) -> None:
    state.selection.select_rows(np.array([2]))
    click(qtbot, panel, 2)
    click(qtbot, panel, 4, SHIFT)
    assert state.selection.rows().tolist() == [2, 3, 4] and not taken_out


def test_what_the_filters_hide_while_a_row_is_held_is_not_dragged(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot, taken_out: list[list[int]]
) -> None:
    state.selection.set_active(5)
    viewport = panel.view.viewport()
    qtbot.mousePress(viewport, LEFT, pos=place(panel, 5))
    state.table.set_rows(np.arange(4, dtype=np.uint32))
    qtbot.mouseMove(viewport, place(panel, 1))
    assert not taken_out


def test_shift_adds_up_to_the_row_and_ctrl_takes_one_in_or_out(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([9]))
    click(qtbot, panel, 1)
    click(qtbot, panel, 3, SHIFT)
    assert state.selection.rows().tolist() == [1, 2, 3, 9]
    click(qtbot, panel, 2, CTRL)
    click(qtbot, panel, 6, CTRL)
    assert state.selection.rows().tolist() == [1, 3, 6, 9]


def test_the_keyboard_selects_as_the_mouse_does(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    click(qtbot, panel, 4)
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    assert state.selection.rows().tolist() == [4]
    qtbot.keyClick(panel.view, Qt.Key.Key_Space)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down, SHIFT)
    assert state.selection.rows().tolist() == [4, 5, 6]


def test_a_galaxy_made_active_elsewhere_scrolls_into_view_and_states_nothing(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    told: list[int | None] = []
    state.selection.active_changed.connect(told.append)
    state.selection.set_active(50)
    assert told == [50]
    assert panel.view.currentIndex().row() == 50
    viewport = panel.view.viewport()
    assert viewport is not None
    assert viewport.rect().contains(panel.view.visualRect(panel.model.index(50, 0)))
    state.table.set_rows(np.arange(10, dtype=np.uint32))
    assert not panel.view.currentIndex().isValid() and state.selection.active == 50


def test_the_active_galaxy_is_followed_into_another_order(
    panel: TablePanel, state: ApplicationState
) -> None:
    state.selection.set_active(0)
    state.table.set_rows(np.arange(COUNT, dtype=np.uint32)[::-1].copy())
    assert panel.view.currentIndex().row() == COUNT - 1 and state.selection.active == 0


def test_selected_rows_are_painted_without_being_selected_in_qt(
    panel: TablePanel, state: ApplicationState
) -> None:
    def colour(row: int) -> str:
        rect = panel.view.visualRect(panel.model.index(row, 0))
        image = panel.view.viewport().grab(QRect(1, rect.center().y(), 1, 1)).toImage()  # type: ignore[union-attr]
        return image.pixelColor(0, 0).name()

    before = colour(2)
    state.selection.select_rows(np.array([2]))
    assert colour(2) != before and colour(3) == before
    assert panel.view.selected_places() is None


def test_a_header_sorts_up_then_down_then_not_at_all(
    panel: TablePanel, state: ApplicationState
) -> None:
    section = names(panel).index("mag_r")
    for wanted in (Sort("mag_r"), Sort("mag_r", descending=True), None):
        panel.view.header.sectionClicked.emit(section)
        assert state.table.sort == wanted


def test_the_chooser_of_rows_states_the_scope(panel: TablePanel, state: ApplicationState) -> None:
    assert state.table.scope == "visible" and panel.scope.currentText() == "Visible"
    panel.scope.activated.emit(1)
    assert state.table.scope == "selected"
    state.table.set_rows(np.zeros(0, np.uint32))
    assert panel.pages.currentWidget() is panel.empty
    assert "No galaxy is selected" in panel.empty.sentence.text()


def test_it_is_told_how_many_of_all_galaxies_are_listed(
    panel: TablePanel, state: ApplicationState
) -> None:
    assert panel.count.text() == "60 galaxies"
    state.table.set_rows(np.arange(7, dtype=np.uint32))
    assert panel.count.text() == "7 of 60"
    state.table.set_rows(np.zeros(0, np.uint32))
    assert panel.count.text() == "" and "filters" in panel.empty.sentence.text()


def test_columns_are_hidden_shown_and_moved_and_stay_so(
    panel: TablePanel, state: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    chooser = TableColumns(state.columns, state.preferences, panel)
    item = chooser.list.findItems("flag", Qt.MatchFlag.MatchExactly)[0]
    item.setCheckState(Qt.CheckState.Unchecked)
    assert names(panel) == ["object_id", "mag_r", "type", "note", "huge"]
    panel.view.header.moveSection(2, 0)
    qtbot.waitUntil(lambda: names(panel)[0] == "type")
    assert names(panel) == ["type", "object_id", "mag_r", "note", "huge"]
    panel.view.setColumnWidth(1, 177)
    qtbot.waitUntil(lambda: bool(state.preferences.table_look.widths))
    settings = tmp_path / "settings.ini"
    preferences = Preferences()
    service = PreferencesService(preferences, settings)
    preferences.set_table_look(state.preferences.table_look)
    again = Preferences()
    PreferencesService(again, settings)
    assert again.table_look == state.preferences.table_look
    assert dict(again.table_look.widths) == {"object_id": 177}
    chooser.usual.click()
    assert names(panel) == ["object_id", *(c.name for c in COLUMNS if c.name != "object_id")]
    del service


def test_pictures_stand_in_front_when_wanted(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    asked: list[int] = []
    state.thumbnails.wanted.connect(asked.extend)
    give_thumbnails(state)
    panel.pictures.click()
    assert panel.model.columns[0] is PICTURE and state.preferences.table_look.pictures
    pictures = panel.view.cells.pictures
    qtbot.waitUntil(lambda: pictures.image(0) is not None)
    assert set(asked) == set(range(panel.view.rowAt(panel.view.viewport().height() - 1) + 1))  # type: ignore[union-attr]
    assert PICTURE.name not in panel.part().columns
    panel.pictures.click()
    assert names(panel)[0] == "object_id"


def test_ctrl_c_copies_the_selected_rows_or_the_active_one(
    panel: TablePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    parts: list[TablePart] = []
    state.table.copy_requested.connect(parts.append)
    click(qtbot, panel, 7)
    qtbot.keyClick(panel.view, Qt.Key.Key_C, CTRL)
    state.selection.select_rows(np.array([1, 5]))
    qtbot.keyClick(panel.view, Qt.Key.Key_C, CTRL)
    assert [part.rows.tolist() for part in parts] == [[7], [1, 5]]
    assert parts[0].columns == tuple(names(panel))
    state.table.copied.emit("a\tb", "1 row is on the clipboard.")
    clipboard = QApplication.clipboard()
    assert clipboard is not None and clipboard.text() == "a\tb"


def test_only_cells_on_the_screen_are_asked_for(state: ApplicationState, qtbot: QtBot) -> None:
    asked: list[int] = []
    state.cells.wanted.connect(lambda name, rows: asked.extend(rows))
    state.columns.set_columns([Column("note", "text")])
    state.selection.reset(1_000_000)
    state.table.set_rows(np.arange(1_000_000, dtype=np.uint32))
    panel = TablePanel(state)
    qtbot.addWidget(panel)
    panel.resize(500, 300)
    panel.show()
    qtbot.waitUntil(lambda: bool(asked))
    state.selection.set_active(700_000)
    qtbot.waitUntil(lambda: 700_000 in asked)
    assert len(asked) < 60


def test_what_is_typed_is_sought(panel: TablePanel, state: ApplicationState, qtbot: QtBot) -> None:
    with qtbot.waitSignal(state.session.find_requested) as found:
        qtbot.keyClicks(panel.go_to, "G12")
        qtbot.keyClick(panel.go_to, Qt.Key.Key_Return)
    assert found.args == ["G12"]


def test_a_letter_is_left_to_the_windows_keys(panel: TablePanel, qtbot: QtBot) -> None:
    click(qtbot, panel, 3)
    qtbot.keyClick(panel.view, Qt.Key.Key_G)
    assert panel.view.currentIndex().row() == 3
