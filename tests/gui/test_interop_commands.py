"""What is sent to other programs by keys, and to whom."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.interop import Program, SendCutout, SendPosition
from astromask_gui.widgets.samp_label import SampLabel
from astromask_gui.windows.main_window import MainWindow
from astromask_gui.windows.send_dialog import SendDialog

SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(viewing: MainWindow) -> MainWindow:
    return viewing


# Other programs.


def test_sending_a_table_asks_for_rows_and_columns(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([3, 5]))
    qtbot.keyClick(window, Qt.Key.Key_F7)
    (dialog,) = window.findChildren(SendDialog)
    assert dialog.selected.isChecked() and not dialog.send.isEnabled()
    state.interop.set_status("on", [Program("c1", "TOPCAT")])
    assert "TOPCAT" in dialog.who.text()
    dialog.no_columns.click()
    assert not dialog.send.isEnabled()
    dialog.all_columns.click()
    with qtbot.waitSignal(state.interop.send_requested) as asked:
        dialog.send.click()
    (sending,) = asked.args
    assert sending.rows.tolist() == [3, 5] and sending.columns == ("mag_r",)


def test_keys_send_the_selection_the_cutout_and_the_position(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    sent: list = []
    state.interop.send_requested.connect(sent.append)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert sent == [] and "Select some" in state.messages.history[-1].text
    state.selection.select_rows(np.array([3, 5]))
    for key, held in ((Qt.Key.Key_F8, NONE), (Qt.Key.Key_F9, NONE), (Qt.Key.Key_F9, SHIFT)):
        qtbot.keyClick(window, key, held)
    assert sent[0].rows.tolist() == [3, 5]
    assert sent[1:] == [SendCutout(7), SendPosition(7)]


def test_the_status_bar_tells_who_is_connected(window: MainWindow, state: ApplicationState) -> None:
    (shown,) = window.findChildren(SampLabel)
    assert not shown.isVisible()
    state.interop.set_status("on", [Program("c1", "TOPCAT"), Program("c2", "Aladin")])
    assert shown.isVisible() and shown.text() == "SAMP: 2 programs"
    assert "Aladin, TOPCAT" in shown.toolTip()


def test_the_recipient_is_chosen_by_name_and_forgotten_when_it_leaves(
    window: MainWindow, state: ApplicationState
) -> None:
    state.interop.set_status("on", [Program("c1", "TOPCAT"), Program("c2", "Aladin")])
    (menu,) = [m for m in window.findChildren(QMenu) if m.title() == "Send t&o"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["All programs", "Aladin", "TOPCAT"]
    menu.actions()[1].trigger()
    assert state.interop.recipient == "c2"
    state.interop.set_status("on", [Program("c1", "TOPCAT")])
    assert state.interop.recipient is None
