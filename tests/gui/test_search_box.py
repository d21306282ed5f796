"""The search box: identifiers, positions and commands."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.windows.main_window import MainWindow
from tests.gui.conftest import (
    make_reconstruction,
)

CTRL = Qt.KeyboardModifier.ControlModifier


# The search box.


def test_an_id_or_position_is_looked_for(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.focus_search()
    window.search.setText("150.1 +2.2")
    with qtbot.waitSignal(state.session.find_requested) as asked:
        qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert asked.args == ["150.1 +2.2"]


def test_a_command_is_run_by_its_name_once(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.reconstruction.set_result(make_reconstruction(3))
    seeds: list[int] = []
    state.reconstruction.masking_changed.connect(
        lambda: seeds.append(state.reconstruction.masking.seed)
    )
    window.focus_search()
    qtbot.keyClicks(window.search, "new ma")
    completer = window.search.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.search.text() == "")
    assert len(seeds) == 1


def test_the_only_command_that_fits_is_run_by_return(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.focus_search()
    window.search.setText("new mas")
    with qtbot.waitSignal(state.reconstruction.masking_changed):
        qtbot.keyClick(window.search, Qt.Key.Key_Return)


def test_esc_leaves_the_search_box_empty_and_the_selection_as_it_is(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([3]))
    window.map.canvas.setFocus()
    qtbot.keyClick(window.map.canvas, Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(window.search.hasFocus)
    qtbot.keyClicks(window.search, "gal")
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.search.text() == "" and state.selection.count == 1
    assert window.map.canvas.hasFocus()
    popup = window.search.completer().popup()  # type: ignore[union-attr]
    assert popup is not None and not popup.isVisible()


def test_identifiers_that_begin_so_are_offered_before_commands(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.session.completions_requested.connect(
        lambda text: state.session.completed.emit(text, ("map-1", "map-2"))
    )
    window.focus_search()
    qtbot.keyClicks(window.search, "map")
    completer = window.search.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    offered = [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())]  # type: ignore[union-attr]
    assert offered[:2] == ["map-1", "map-2"] and any("map" in name for name in offered[2:])
    with qtbot.waitSignal(state.session.find_requested) as asked:
        qtbot.keyClick(popup, Qt.Key.Key_Down)
        qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert asked.args == ["map-1"]


def test_an_identifier_is_not_taken_for_the_only_command_that_fits(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.focus_search()
    qtbot.keyClicks(window.search, "new mas")
    state.session.completed.emit("new mas", ("new mask 7",))
    with qtbot.waitSignal(state.session.find_requested) as asked:
        qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert asked.args == ["new mas"]


def test_the_keys_act_on_the_galaxy_once_it_is_found(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.focus_search()
    qtbot.keyClicks(window.search, "map-3")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.search.hasFocus(), "nothing is found yet"
    state.session.found.emit("map-3", 3, True)
    assert window.map.canvas.hasFocus() and window.search.text() == "map-3"


def test_who_types_on_or_asks_for_the_next_keeps_the_search_box(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    window.focus_search()
    qtbot.keyClicks(window.search, "map")
    state.session.found.emit("map", 3, False)
    assert window.search.hasFocus()
    qtbot.keyClicks(window.search, "-")
    state.session.found.emit("map", 3, True)
    assert window.search.hasFocus()
