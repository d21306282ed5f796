"""The window: panels where they belong, layout and style, workspaces opened and closed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.style import apply_style
from astromask_gui.widgets.samp_label import SampLabel
from astromask_gui.widgets.status_strip import StatusStrip
from astromask_gui.windows.main_window import MainWindow
from astromask_gui.windows.table_export_dialog import TableExportDialog
from tests.gui.conftest import (
    answer_query,
    make_cutout,
    make_reconstruction,
    show_window,
)

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def visible_panels(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.docks.items() if not dock.isHidden()}


# Pages and panels.


def test_without_a_workspace_only_the_start_page_is_there(
    empty_state: ApplicationState, qtbot: QtBot
) -> None:
    window = MainWindow(empty_state)
    qtbot.addWidget(window)
    show_window(window, qtbot)
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
    show_window(window, qtbot)
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
    show_window(window, qtbot, size)
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
        show_window(made, qtbot)
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
    show_window(window, qtbot)
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
    show_window(again, qtbot, (1400, 820))
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
    show_window(window, qtbot)
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


def test_what_is_asked_about_one_workspace_is_taken_back_when_another_one_is_shown(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    def asked() -> list[QWidget]:
        kinds = [*window.findChildren(TableExportDialog), *window.findChildren(QMenu)]
        return [widget for widget in kinds if widget.isVisible()]

    window.catalogues.export_table()
    window.recent.popup(window.mapToGlobal(window.rect().center()))
    assert len(asked()) == 2
    workspace = state.session.workspace
    assert workspace is not None
    state.session.set_workspace(replace(workspace, store="another"))
    assert len(asked()) == 2
    state.session.set_workspace(replace(workspace, folder=Path("/surveys/other")))
    assert asked() == []


def test_recent_workspaces_stand_in_the_menu(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.preferences.set_recent(("/surveys/new", "/surveys/old"))
    window.recent.aboutToShow.emit()
    with qtbot.waitSignal(state.session.open_requested) as asked:
        window.recent.actions()[1].trigger()
    assert asked.args == [Path("/surveys/old")]
