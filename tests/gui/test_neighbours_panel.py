"""The strip of neighbours: clicks, keys, drops and pastes become intents on the state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.parts.rows_drag import rows_of, rows_to_mime
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.neighbours import Query
from astromask_gui.widgets.neighbours.panel import NeighboursPanel
from tests.gui.conftest import answer_query, give_thumbnails

FOUND = [5, 9, 2, 30, 31]


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> Iterator[NeighboursPanel]:
    made = NeighboursPanel(state)
    qtbot.addWidget(made)
    made.resize(1000, 190)
    made.show()
    yield made
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.clear()


def place_of(panel: NeighboursPanel, number: int) -> QPoint:
    return panel.strip.visualRect(panel.model.index(number)).center()


def click(panel: NeighboursPanel, number: int, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=place_of(panel, number))


def drop(panel: NeighboursPanel, data: QMimeData) -> bool:
    """Drag onto the middle of the panel and let go; whether it was taken."""
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    centre = panel.rect().center()
    enter = QDragEnterEvent(centre, action, data, button, none)
    enter.ignore()
    panel.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(centre), action, data, button, none)
    panel.dropEvent(event)
    return event.isAccepted()


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


# What is shown.


def test_an_empty_strip_says_what_would_fill_it(panel: NeighboursPanel) -> None:
    assert panel.empty.isVisible()
    assert "drop" in panel.empty.sentence.text() and panel.empty.button.isVisible()


def test_the_galaxies_found_stand_in_order_with_their_distances(
    panel: NeighboursPanel, state: ApplicationState
) -> None:
    answer_query(state, FOUND)
    assert panel.model.rows.tolist() == FOUND
    assert panel.model.data(panel.model.index(0)) == "0.100"
    assert panel.strip.isVisible() and panel.query_view.isVisible()


def test_old_neighbours_stay_while_others_are_sought(
    panel: NeighboursPanel, state: ApplicationState
) -> None:
    answer_query(state, FOUND)
    state.neighbours.set_query(Query("row", row=3))
    assert panel.busy.maximum() == 0, "the bar does not move"
    assert panel.model.rows.tolist() == FOUND and panel.strip.isVisible()


def test_an_error_is_said_in_place(panel: NeighboursPanel, state: ApplicationState) -> None:
    number = state.neighbours.set_query(Query("file", path=Path("a.fits")))
    state.neighbours.fail(number, "a.fits has 3 bands; the model was trained on 5.")
    assert panel.error.isVisible()
    assert panel.error.sentence.text() == "a.fits has 3 bands; the model was trained on 5."
    answer_query(state, FOUND)
    assert not panel.error.isVisible()


def test_only_tiles_on_screen_ask_for_thumbnails(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    wanted: list[int] = []
    state.thumbnails.wanted.connect(wanted.extend)
    many = list(range(60))
    answer_query(state, many)
    qtbot.waitUntil(lambda: len(wanted) > 3)
    panel.strip.grab()
    assert set(many[:5]) <= set(wanted) and 55 not in wanted


def test_tiles_are_drawn_when_their_thumbnails_arrive(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    before = panel.strip.grab().toImage()
    give_thumbnails(state)
    state.thumbnails.put([5], np.full((1, 3, 48, 48), 50, np.float16))
    qtbot.waitUntil(lambda: panel.strip.grab().toImage() != before)


def test_a_grade_is_seen_on_its_tile(panel: NeighboursPanel, state: ApplicationState) -> None:
    answer_query(state, FOUND)
    before = panel.strip.grab().toImage()
    codes = state.labels.codes.copy()
    codes[FOUND[1]] = 1
    state.labels.set_codes(codes)
    assert panel.strip.grab().toImage() != before


def test_tiles_grow_with_the_strip_then_stand_in_several_rows(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, list(range(40)))
    sides, rows = [], []
    for height in (170, 200, 420):
        panel.resize(1000, height)
        qtbot.wait(1)
        places = [panel.strip.visualRect(panel.model.index(number)) for number in range(40)]
        sides.append(places[0].width())
        rows.append(len({place.top() for place in places}))
        assert places[0].bottom() <= panel.strip.viewport().height(), "the caption is cut"
        assert panel.query_view.width() == panel.strip.side
    assert sides[1] > sides[0]
    assert rows[:2] == [1, 1] and rows[2] > 1


# Looking at what was found.


def test_a_click_on_a_neighbour_makes_it_active_and_keeps_the_query(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND, Query("row", row=0))
    followed = []

    def follow(row: int) -> None:
        followed.append(state.neighbours.follows_active)

    state.selection.active_changed.connect(follow)
    click(panel, 1, qtbot)
    assert state.selection.active == FOUND[1]
    assert followed == [False], "the search would follow the click"
    assert state.neighbours.query == Query("row", row=0)
    assert state.neighbours.follows_active


def test_a_double_click_makes_it_the_query(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    click(panel, 2, qtbot)
    qtbot.mouseDClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=place_of(panel, 2))
    assert state.neighbours.query == Query("row", row=FOUND[2])


def test_arrow_keys_walk_along_the_neighbours(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    click(panel, 0, qtbot)
    seen = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(panel.strip, key)
        seen.append(state.selection.active)
    assert seen == [FOUND[1], FOUND[2], FOUND[1]]


def test_return_finds_the_neighbours_of_the_tile_walked_to(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    click(panel, 3, qtbot)
    qtbot.keyClick(panel.strip, Qt.Key.Key_Return)
    assert state.neighbours.query == Query("row", row=FOUND[3])


def test_what_was_found_can_be_selected(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    qtbot.mouseClick(panel.select, Qt.MouseButton.LeftButton)
    assert state.selection.rows().tolist() == sorted(FOUND)


def test_another_count_repeats_the_search(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    answer_query(state, FOUND)
    with qtbot.waitSignal(state.neighbours.query_changed):
        panel.count.setValue(12)
    assert state.neighbours.count == 12


# Queries from elsewhere.


@pytest.mark.parametrize("name", ["seen.fits", "seen.h5", "seen.npy", "seen.png", "a b.fits.fz"])
def test_a_dropped_file_becomes_the_query(
    panel: NeighboursPanel, state: ApplicationState, name: str
) -> None:
    path = Path("/data") / name
    assert drop(panel, files(path))
    query = state.neighbours.query
    assert query is not None
    assert (query.kind, query.path, query.caption) == ("file", path, name)


def test_a_tile_dropped_becomes_the_query(panel: NeighboursPanel, state: ApplicationState) -> None:
    assert drop(panel, rows_to_mime([4, 7]))
    assert state.neighbours.query == Query("row", row=4)


def test_a_row_of_another_survey_is_refused(
    panel: NeighboursPanel, state: ApplicationState
) -> None:
    drop(panel, rows_to_mime([10_000]))
    assert state.neighbours.query is None


@pytest.mark.parametrize("content", [b"[", b'"x"', b"{}", b'[1, "a"]', b"[-1]", b"[null]"])
def test_a_foreign_drag_under_our_name_is_refused(
    panel: NeighboursPanel, state: ApplicationState, content: bytes
) -> None:
    data = QMimeData()
    data.setData("application/x-astromask-rows", content)
    drop(panel, data)
    assert state.neighbours.query is None


def test_text_that_is_no_file_is_refused(panel: NeighboursPanel, state: ApplicationState) -> None:
    data = QMimeData()
    data.setText("hello, galaxies")
    assert not drop(panel, data)
    assert state.neighbours.query is None


def test_a_path_on_the_clipboard_becomes_the_query(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText('"/data/arc.fits"')
    answer_query(state, FOUND)
    qtbot.keyClick(panel.strip, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    query = state.neighbours.query
    assert query is not None and query.path == Path("/data/arc.fits")


def test_a_file_chosen_in_the_dialog_becomes_the_query(
    panel: NeighboursPanel, state: ApplicationState
) -> None:
    panel.choose_file()
    (dialog,) = panel.findChildren(type_of_file_dialog())
    dialog.fileSelected.emit("/data/arc.fits")
    dialog.close()
    query = state.neighbours.query
    assert query is not None and query.path == Path("/data/arc.fits")


def type_of_file_dialog() -> type:
    from PyQt6.QtWidgets import QFileDialog

    return QFileDialog


def test_a_query_from_outside_shows_its_own_picture(
    panel: NeighboursPanel, state: ApplicationState
) -> None:
    from astromask_gui.state.neighbours import Neighbours

    query = Query("file", path=Path("/data/arc.fits"), caption="arc.fits")
    number = state.neighbours.set_query(query)
    picture = np.full((3, 48, 48), 30, np.float16)
    rows, values = np.array(FOUND, np.uint32), np.arange(5, dtype=np.float32)
    state.neighbours.set_results(number, Neighbours(query, rows, values, query_picture=picture))
    assert panel.query_view.image is not None
    assert panel.query_name.text() == "file"
    assert panel.caption.text() == "arc.fits"


def test_tiles_are_dragged_as_rows(panel: NeighboursPanel, state: ApplicationState) -> None:
    answer_query(state, FOUND)
    data = panel.model.mimeData([panel.model.index(1), panel.model.index(3)])
    assert rows_of(data) == [FOUND[1], FOUND[3]]


# Best candidates.


def test_candidates_can_be_listed_once_there_is_a_score(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert not panel.kinds.best.isEnabled()
    state.columns.set_columns([Column("score_lens", "number")])
    assert panel.kinds.best.isEnabled()
    qtbot.mouseClick(panel.kinds.best, Qt.MouseButton.LeftButton)
    query = state.neighbours.query
    assert query is not None and (query.kind, query.column) == ("column", "score_lens")
    assert panel.kinds.best.isChecked() and not panel.query_view.isVisible()


def test_the_strangest_are_listed_once_they_are_known(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    panel.kinds.seek_strangest()
    assert state.neighbours.query is None and not panel.kinds.strangest.isEnabled()
    assert "measured" in state.messages.history[-1].text
    state.columns.set_columns([Column("reconstruction_surprise", "number")])
    qtbot.mouseClick(panel.kinds.strangest, Qt.MouseButton.LeftButton)
    query = state.neighbours.query
    assert query is not None and query.column == "reconstruction_surprise"
    assert state.view.colouring.column == "reconstruction_surprise"
    assert panel.kinds.strangest.isChecked() and not panel.kinds.best.isChecked()


def test_the_switch_leads_back_to_the_neighbours_of_the_active_galaxy(
    panel: NeighboursPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.columns.set_columns([Column("score_lens", "number")])
    panel.kinds.seek_candidates()
    state.selection.set_active(8)
    qtbot.mouseClick(panel.kinds.similar, Qt.MouseButton.LeftButton)
    assert state.neighbours.query == Query("row", row=8)
    assert panel.kinds.similar.isChecked()
