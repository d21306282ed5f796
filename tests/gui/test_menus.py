"""The menus: what is switched on has a tick, what has nothing to act on can't be chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.windows.main_window import MainWindow


def menu_of(window: MainWindow, action: QAction) -> QMenu:
    bar = window.menuBar()
    assert bar is not None
    menus = [entry.menu() for entry in bar.actions()]
    return next(menu for menu in menus if menu is not None and action in menu.actions())


def test_a_switch_has_a_tick_whatever_switched_it(
    window: MainWindow, state: ApplicationState
) -> None:
    lock, two = window.action("Lock the &stretch"), window.action("&Two maps side by side")
    for locked in (False, True):
        state.display.set_settings(replace(state.display.settings, locked=locked))
        menu_of(window, lock).aboutToShow.emit()
        assert lock.isChecked() is locked
    two.trigger()
    menu_of(window, two).aboutToShow.emit()
    assert two.isChecked() and state.maps.has_second


@pytest.mark.parametrize("text", ["Cross&hair", "&Invert", "Take the &light away", "&Motion"])
def test_a_switch_chosen_twice_is_as_before(window: MainWindow, text: str) -> None:
    action = window.action(text)
    menu = menu_of(window, action)
    menu.aboutToShow.emit()
    before = action.isChecked()
    for expected in (not before, before):
        action.trigger()
        menu.aboutToShow.emit()
        assert action.isChecked() is expected


def test_without_a_survey_only_what_needs_none_can_be_chosen(
    empty_state: ApplicationState, qtbot: QtBot
) -> None:
    window = MainWindow(empty_state)
    qtbot.addWidget(window)
    for text in ("&Open a workspace …", "Open the &demo", "&Quit", "&Light style"):
        assert window.action(text).isEnabled()
    for text in ("&Close the workspace", "Cop&y the map", "Blin&k"):
        assert not window.action(text).isEnabled()
    window.map.close_frames()


def test_everything_can_be_chosen_in_a_survey(window: MainWindow) -> None:
    assert all(action.isEnabled() for _, action in window.actions_made)
