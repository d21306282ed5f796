"""What placed the galaxies of a workspace is remembered between starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.workspace.layout_memory import LayoutMemory
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.plane import ColumnsLayout, SkyLayout, StoredLayout
from tests.services.small_survey import make_workspace

Connect = Callable[[], LayoutMemory]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "settings.ini"


@pytest.fixture
def connect(state: ApplicationState, services: Services, settings: Path) -> Connect:
    """Makes a memory, wired as the program does."""

    def make() -> LayoutMemory:
        memory = LayoutMemory(state.view, settings, services)
        services.workspace.changing.connect(memory.forget)
        services.workspace.closed.connect(memory.forget)
        services.workspace.loaded_changed.connect(memory.open)
        return memory

    return make


def open_and_wait(state: ApplicationState, folder: Path, qtbot: QtBot) -> None:
    state.session.request_open(folder)
    qtbot.waitUntil(
        lambda: state.session.workspace is not None and state.session.workspace.folder == folder,
        timeout=20000,
    )


def test_each_workspace_is_shown_as_it_was_looked_at_last(
    state: ApplicationState, survey: Path, tmp_path: Path, connect: Connect, qtbot: QtBot
) -> None:
    connect()
    other = make_workspace(tmp_path / "other")
    columns = ColumnsLayout("ra", "dec", log_x=True, flip_y=True)
    for folder, layout in ((survey, SkyLayout()), (other, columns)):
        open_and_wait(state, folder, qtbot)
        assert state.view.projection == "pca"
        state.view.request_layout(layout)
        qtbot.waitUntil(lambda layout=layout: state.view.layout == layout)
    open_and_wait(state, survey, qtbot)
    qtbot.waitUntil(lambda: state.view.layout == SkyLayout())
    state.session.set_workspace(None)
    open_and_wait(state, other, qtbot)
    qtbot.waitUntil(lambda: state.view.layout == columns)
    state.view.request_projection("pca")
    qtbot.waitUntil(lambda: state.view.projection == "pca")
    open_and_wait(state, survey, qtbot)
    qtbot.waitUntil(lambda: state.view.layout == SkyLayout())
    open_and_wait(state, other, qtbot)
    assert state.view.layout == StoredLayout("pca")


@pytest.mark.parametrize(
    "remembered",
    [
        {"kind": "projection", "name": "gone"},
        {"kind": "columns", "x": "ra", "y": "gone"},
        {"kind": "columns", "x": ["ra"], "y": "dec"},
        {"kind": "columns", "x": "ra"},
        {"kind": "sky", "surprise": "yes"},
        {"kind": "other"},
        ["sky"],
        None,
    ],
)
def test_what_is_no_longer_there_or_damaged_is_not_asked_for(
    remembered: object,
    state: ApplicationState,
    survey: Path,
    settings: Path,
    connect: Connect,
    qtbot: QtBot,
) -> None:
    stored = QSettings(str(settings), QSettings.Format.IniFormat)
    stored.setValue("layouts", json.dumps({str(survey): remembered}))
    stored.sync()
    connect()
    with qtbot.assertNotEmitted(state.view.layout_requested):
        open_and_wait(state, survey, qtbot)
    assert state.view.projection == "pca"


def test_a_damaged_file_is_as_none(state: ApplicationState, settings: Path) -> None:
    for text in ("no JSON", "[1, 2]", "3"):
        stored = QSettings(str(settings), QSettings.Format.IniFormat)
        stored.setValue("layouts", text)
        stored.sync()
        assert not LayoutMemory(state.view, settings)._layouts
