"""The window: every action reachable by key, panels where they belong, remembered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.labels import GRADES
from astromask_gui.state.neighbours import Query
from astromask_gui.style import apply_style
from astromask_gui.widgets.samp_label import SampLabel
from astromask_gui.widgets.status_strip import StatusStrip
from astromask_gui.windows.main_window import MainWindow
from tests.gui.conftest import answer_query, give_thumbnails, make_cutout, make_reconstruction

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def show(window: MainWindow, qtbot: QtBot, size: tuple[int, int] = (1280, 800)) -> None:
    window.resize(*size)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()


@pytest.fixture
def window(state: ApplicationState, qtbot: QtBot) -> Iterator[MainWindow]:
    give_thumbnails(state)
    made = MainWindow(state)
    qtbot.addWidget(made)
    show(made, qtbot)
    yield made
    made.map.close_frames()


@pytest.fixture
def asked(state: ApplicationState) -> list:
    requests: list = []
    state.labels.grade_requested.connect(
        lambda rows, grade: requests.append((rows.tolist(), grade))
    )
    return requests


def visible_panels(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.docks.items() if not dock.isHidden()}


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
    assert "saved" in visible_panels(window)


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
    assert sorted(keys) == sorted(set(keys)), "an ambiguous shortcut does nothing"


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


# Pages and panels.


def test_without_a_workspace_only_the_start_page_is_there(
    empty_state: ApplicationState, qtbot: QtBot
) -> None:
    window = MainWindow(empty_state)
    qtbot.addWidget(window)
    show(window, qtbot)
    assert window.start.isVisible() and visible_panels(window) == set()
    window.map.close_frames()


def test_closing_the_workspace_leads_back_to_the_start_page(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    assert window.map.isVisible() and "cutout" in visible_panels(window)
    assert "sixty" in window.windowTitle()
    qtbot.keyClick(window, Qt.Key.Key_W, CTRL)
    assert window.start.isVisible() and visible_panels(window) == set()
    assert window.windowTitle() == "AstroMASK"


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        (Qt.Key.Key_1, set()),
        (Qt.Key.Key_2, {"filters", "saved", "labels"}),
        (Qt.Key.Key_3, {"filters", "saved", "reconstruction"}),
    ],
)
def test_a_preset_shows_what_its_task_needs(
    window: MainWindow, qtbot: QtBot, key: Qt.Key, hidden: set[str]
) -> None:
    qtbot.keyClick(window, key, CTRL | ALT)
    assert set(window.docks.docks) - visible_panels(window) == hidden


def test_reset_brings_back_a_panel_that_was_closed(window: MainWindow, qtbot: QtBot) -> None:
    window.docks.docks["cutout"].close()
    window.docks.docks["neighbours"].setFloating(True)
    qtbot.keyClick(window, Qt.Key.Key_0, CTRL | ALT)
    assert "cutout" in visible_panels(window)
    assert not window.docks.docks["neighbours"].isFloating()


def test_an_open_survey_fits_a_small_screen_whatever_the_start_page_needs(
    window: MainWindow, qtbot: QtBot
) -> None:
    show(window, qtbot)
    assert window.start.minimumSizeHint().height() > 300
    # What a task bar and a window's frame leave of 1280 × 800.
    assert window.minimumSizeHint().height() <= 720
    assert window.minimumSizeHint().width() <= 1280


@pytest.mark.parametrize("preset", ["Explore", "Search", "Label"])
@pytest.mark.parametrize("size", [(1280, 800), (2560, 1440)])
def test_the_window_keeps_the_size_of_its_screen_and_the_map_the_most_room(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, size: tuple[int, int], preset: str
) -> None:
    state.cutout.set_cutout(make_cutout(3))
    state.reconstruction.set_result(make_reconstruction(3))
    answer_query(state, list(range(40)))
    show(window, qtbot, size)
    window.apply_preset(preset)
    qtbot.wait(50)
    assert (window.width(), window.height()) == size
    areas = [panel.width() * panel.height() for panel in window.docks.docks.values()]
    assert window.map.width() * window.map.height() > max(areas)


def test_the_layout_is_remembered(state: ApplicationState, qtbot: QtBot, tmp_path: Path) -> None:
    def open_window() -> MainWindow:
        path = str(tmp_path / "layout.ini")
        made = MainWindow(state, QSettings(path, QSettings.Format.IniFormat))
        qtbot.addWidget(made)
        show(made, qtbot)
        return made

    first = open_window()
    first.docks.docks["filters"].close()
    first.close()
    second = open_window()
    assert "filters" not in visible_panels(second) and "cutout" in visible_panels(second)
    second.close()


def test_panels_stay_where_they_are_from_one_workspace_to_the_next_and_the_size_too(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat)
    window = MainWindow(state, settings)
    qtbot.addWidget(window)
    show(window, qtbot)
    window.docks.docks["filters"].close()
    workspace = state.session.workspace
    state.session.set_workspace(None)
    window.resize(1500, 850)
    state.session.set_workspace(workspace)
    assert "filters" not in visible_panels(window) and "cutout" in visible_panels(window)
    assert (window.width(), window.height()) == (1500, 850)
    window.close()
    state.session.set_workspace(None)
    again = MainWindow(state, settings)
    qtbot.addWidget(again)
    show(again, qtbot, (1400, 820))
    state.session.set_workspace(workspace)
    assert (again.width(), again.height()) == (1400, 820), "a size asked for is kept"
    again.close()


def test_a_connection_is_told_left_of_the_models_state(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    told = window.findChild(SampLabel)
    strip = window.findChild(StatusStrip)
    assert told is not None and strip is not None
    state.interop.set_status("connecting")
    qtbot.waitUntil(lambda: told.isVisible() and told.width() > 0)
    assert strip.message.x() < told.x() < strip.dot.x()


def test_a_layout_of_another_version_is_left_alone(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat)
    settings.setValue("window/layout", "not a layout")
    window = MainWindow(state, settings)
    qtbot.addWidget(window)
    show(window, qtbot)
    assert visible_panels(window) == set(window.docks.docks)
    window.close()


def test_the_style_is_switched_while_the_window_is_open(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    state.preferences.changed.connect(lambda: apply_style(application, state.preferences.style))
    state.cutout.set_cutout(make_cutout(3))
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL | SHIFT)
    light = window.palette().color(window.backgroundRole())
    assert state.preferences.style == "light" and light.lightness() > 200
    qtbot.keyClick(window, Qt.Key.Key_L, CTRL | SHIFT)
    assert window.palette().color(window.backgroundRole()).lightness() < 50
    application.setStyleSheet("")


def test_the_jobs_button_counts_what_runs(window: MainWindow, state: ApplicationState) -> None:
    from astromask_gui.state.jobs import Job

    state.jobs.set_jobs([Job("1-embed", "embed", "running", "Encoding")])
    assert "1" in window.jobs_button.text()
    window.jobs_button.click()
    assert not window.docks.docks["jobs"].isHidden()


def test_what_can_not_be_opened_is_said_beside_what_is_open(
    window: MainWindow, state: ApplicationState
) -> None:
    state.session.set_opening("Opening other …")
    assert state.messages.history[-1].text == "Opening other …"
    state.session.set_error("other holds neither a workspace nor cutouts.")
    assert state.messages.history[-1].text == "other holds neither a workspace nor cutouts."
    assert state.messages.history[-1].level == "error"
    assert window.map.isVisible()


def test_the_maps_keys_work_as_soon_as_a_workspace_is_open(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert window.map.isAncestorOf(QApplication.focusWidget())
    assert QApplication.focusWidget() is not window.map.toolbar.projections


# Dialogs.


@pytest.mark.parametrize("choose", ["choose_workspace", "choose_cutouts"])
def test_opening_asks_without_stopping_the_window(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, choose: str
) -> None:
    getattr(window, choose)()  # a dialog that ran its own loop would not come back
    (dialog,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(state.session.open_requested) as asked:
        dialog.fileSelected.emit("/surveys/other")
    assert asked.args == [Path("/surveys/other")]
    dialog.close()


def test_recent_workspaces_stand_in_the_menu(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.preferences.set_recent(("/surveys/new", "/surveys/old"))
    window.recent.aboutToShow.emit()
    with qtbot.waitSignal(state.session.open_requested) as asked:
        window.recent.actions()[1].trigger()
    assert asked.args == [Path("/surveys/old")]
