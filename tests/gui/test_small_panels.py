"""Filters, status bar and start page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.filters.chip import FilterChip
from astromask_gui.widgets.filters.panel import FilterPanel
from astromask_gui.widgets.start_page import StartPage
from astromask_gui.widgets.status_strip import StatusStrip
from tests.gui.conftest import COUNT

# Filters.


@pytest.fixture
def filters(state: ApplicationState, qtbot: QtBot) -> FilterPanel:
    panel = FilterPanel(state)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def chips(panel: FilterPanel) -> dict[str, FilterChip]:
    return {chip.words.text(): chip for chip in panel.chips.chips.values()}


def test_a_long_caption_does_not_make_the_panel_wider(
    filters: FilterPanel, state: ApplicationState
) -> None:
    before = filters.minimumSizeHint().width()
    state.filters.set("long", "type: " + "edge-on, elliptical, lens " * 5, np.arange(60) < 6)
    assert filters.minimumSizeHint().width() == before


def test_every_filter_has_a_chip_that_takes_it_away(
    filters: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.filters.set("bright", "mag_r < 20", np.arange(COUNT) < 12)
    state.filters.set("odd", "odd rows", np.arange(COUNT) % 2 == 1)
    assert list(chips(filters)) == ["mag_r < 20", "odd rows"]
    assert "6 of 60" in filters.summary.text()
    qtbot.mouseClick(chips(filters)["mag_r < 20"].close_button, Qt.MouseButton.LeftButton)
    assert list(state.filters.items()) == ["odd"]
    assert list(chips(filters)) == ["odd rows"]


def test_the_selection_can_be_shown_alone_or_hidden(
    filters: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert not filters.only.isEnabled() and not filters.hide_selected.isEnabled()
    state.selection.select_rows(np.array([3, 4]))
    qtbot.mouseClick(filters.only, Qt.MouseButton.LeftButton)
    assert np.flatnonzero(state.filters.visible).tolist() == [3, 4]
    qtbot.mouseClick(filters.hide_selected, Qt.MouseButton.LeftButton)
    assert state.filters.visible_count == COUNT - 2
    qtbot.mouseClick(filters.all, Qt.MouseButton.LeftButton)
    assert state.filters.visible is None


def test_a_filter_made_of_the_selection_stays_when_the_selection_changes(
    filters: FilterPanel, state: ApplicationState
) -> None:
    state.selection.select_rows(np.array([3, 4]))
    filters.show_only_selected()
    state.selection.select_rows(np.array([9]))
    assert np.flatnonzero(state.filters.visible).tolist() == [3, 4]


def test_without_a_selection_nothing_is_filtered(
    filters: FilterPanel, state: ApplicationState
) -> None:
    filters.show_only_selected()
    filters.hide_what_is_selected()
    assert state.filters.visible is None, "the whole map would vanish"
    assert [message.level for message in state.messages.history] == ["warning", "warning"]


# The status bar.


@pytest.fixture
def status(state: ApplicationState, qtbot: QtBot) -> StatusStrip:
    strip = StatusStrip(state)
    qtbot.addWidget(strip)
    strip.resize(1000, 28)
    strip.show()
    return strip


def test_galaxies_visible_and_selected_are_counted(
    status: StatusStrip, state: ApplicationState
) -> None:
    assert "60 galaxies" in status.counts.text() and "visible" not in status.counts.text()
    state.selection.select_rows(np.array([1, 2, 3]))
    state.filters.set("half", "half of them", np.arange(COUNT) % 2 == 0)
    assert "30 visible" in status.counts.text() and "3 selected" in status.counts.text()


def test_large_numbers_are_grouped(status: StatusStrip, state: ApplicationState) -> None:
    state.selection.reset(1_234_567)
    state.session.changed.emit()
    assert "1,234,567 galaxies" in status.counts.text()


def test_what_just_happened_is_said(status: StatusStrip, state: ApplicationState) -> None:
    state.messages.info("Grade A for 1 galaxy.")
    assert status.message.text() == "Grade A for 1 galaxy."
    state.messages.error("The disk is full.")
    assert status.message.text() == "The disk is full."


@pytest.mark.parametrize("level", ["info", "warning", "error"])
def test_a_message_goes_after_a_while_once_it_can_have_been_read(
    status: StatusStrip, state: ApplicationState, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    is_there = False
    monkeypatch.setattr(status, "isActiveWindow", lambda: is_there)
    getattr(state.messages, level)("The disk is nearly full.")
    timer = status.findChild(QTimer)
    assert timer is not None and timer.isActive()
    timer.timeout.emit()
    assert (status.message.text() == "") == (level == "info")
    is_there = True
    timer.timeout.emit()
    assert status.message.text() == "" and "nearly full" in status.message.toolTip()


def test_the_workers_state_is_said_with_its_reason(
    status: StatusStrip, state: ApplicationState
) -> None:
    state.session.set_worker("ready", "tiny.safetensors on the CPU")
    assert "ready" in status.worker.text()
    assert "tiny.safetensors" in status.worker.toolTip()
    state.session.set_worker("failed", "The model's process was killed.")
    assert "stopped" in status.worker.text()


def test_nothing_is_counted_without_a_workspace(
    empty_state: ApplicationState, qtbot: QtBot
) -> None:
    strip = StatusStrip(empty_state)
    qtbot.addWidget(strip)
    strip.show()
    assert not strip.counts.isVisible()


# The start page.


@pytest.fixture
def start(empty_state: ApplicationState, qtbot: QtBot) -> StartPage:
    page = StartPage(empty_state)
    qtbot.addWidget(page)
    page.show()
    return page


def test_one_button_opens_the_demo(
    start: StartPage, empty_state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(empty_state.session.demo_requested):
        qtbot.mouseClick(start.demo, Qt.MouseButton.LeftButton)


def test_recent_workspaces_are_one_click_away(
    start: StartPage, empty_state: ApplicationState, qtbot: QtBot
) -> None:
    empty_state.preferences.remember("/surveys/old")
    empty_state.preferences.remember("/surveys/new")
    known = [start.demo, start.cutouts, start.workspace]
    buttons = [button for button in start.findChildren(QPushButton) if button not in known]
    newest = next(button for button in buttons if "new" in button.text())
    with qtbot.waitSignal(empty_state.session.open_requested) as opened:
        qtbot.mouseClick(newest, Qt.MouseButton.LeftButton)
    assert opened.args == [Path("/surveys/new")]


def test_while_something_is_opened_the_buttons_wait(
    start: StartPage, empty_state: ApplicationState
) -> None:
    empty_state.session.set_opening("Opening sixty …")
    assert start.status.text() == "Opening sixty …" and not start.demo.isEnabled()
    empty_state.session.set_error("sixty holds neither a workspace nor cutouts.")
    assert start.error.text() == "sixty holds neither a workspace nor cutouts."
    assert start.demo.isEnabled()
