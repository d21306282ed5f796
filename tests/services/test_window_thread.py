"""The window's thread opens no file of the user's: a slow disk must not stop it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.selection import CombineMode
from tests.services.small_survey import COUNT, add_projection
from trainer.workspace.workspace import Workspace

EVENTS = {"open", "sqlite3.connect", "os.listdir", "os.scandir", "os.mkdir", "os.rename"}


class Watch:
    """Files under a folder that this thread has opened, while it is on."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.found: list[str] = []
        self.thread = threading.get_ident()

    def hear(self, event: str, words: tuple[object, ...]) -> None:
        if self.folder is None or event not in EVENTS:
            return
        if threading.get_ident() == self.thread and str(words[0]).startswith(self.folder):
            self.found.append(f"{event} {words[0]}")


watch = Watch()
installed: list[bool] = []


@pytest.fixture
def watched(survey: Path) -> Iterator[Watch]:
    if not installed:
        # An audit hook can't be taken away again, only be told to be quiet.
        sys.addaudithook(watch.hear)
        installed.append(True)
    watch.found.clear()
    watch.folder = str(survey.parent)
    yield watch
    watch.folder = None


def test_the_guard_sees_what_this_thread_opens(watched: Watch, survey: Path) -> None:
    (survey / "workspace.toml").read_text()
    assert watched.found


def test_nothing_is_read_or_written_by_the_window(
    survey: Path,
    state: ApplicationState,
    watched: Watch,
    services: Services,
    qtbot: QtBot,
) -> None:
    services.inference.allow()
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    state.selection.set_active(3)
    qtbot.waitUntil(lambda: state.cutout.cutout is not None)
    qtbot.waitUntil(lambda: state.neighbours.results is not None, timeout=20000)
    state.selection.set_hovered(9)
    for row in range(COUNT):
        state.thumbnails.get(row)
    qtbot.waitUntil(lambda: state.thumbnails.get(COUNT - 1) is not None)
    for name in ("ra", "tile"):
        state.columns.values(name)
    qtbot.waitUntil(lambda: state.columns.values("tile") is not None)
    with qtbot.waitSignal(state.labels.changed):
        state.labels.grade(np.array([3]), "B")
    with qtbot.waitSignal(state.labels.changed):
        state.undo.undo()
    state.saved.save("some", state.labels.codes > 0)
    qtbot.waitUntil(lambda: len(state.saved.items) == 1)
    with qtbot.waitSignal(state.messages.posted):
        state.saved.apply("some", CombineMode.REPLACE)
    state.saved.delete("some")
    qtbot.waitUntil(lambda: not state.saved.items)
    with qtbot.waitSignal(state.messages.posted):
        state.session.request_find("nobody")
    with qtbot.waitSignal(state.messages.posted):
        state.jobs.start({"kind": "pretrain", "epochs": 0})
    watched.folder = None
    add_projection(Workspace.open(survey), "umap-0")
    watched.folder = str(survey.parent)
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(lambda: "umap-0" in state.view.projections)
    state.view.request_projection("umap-0")
    qtbot.waitUntil(lambda: state.view.projection == "umap-0")
    assert not watched.found
