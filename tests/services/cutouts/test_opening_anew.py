"""What waits while the reader opens a workspace is neither lost nor read of another one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.reader import VIEWER, read_message
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sheets import Sheet
from tests.services.small_survey import BANDS, COUNT, CROP, write_cutouts
from trainer.workspace.workspace import Workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes can't be held there")


def hold(reader: Worker) -> int:
    """Stop the child over a request, so that whatever else is asked waits; its process number."""
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    reader.ask(VIEWER, Request(read_message([0])))
    wait_until_sent(reader)
    return reader.pid


def wait_until_sent(reader: Worker) -> None:
    """Without a turn of the event loop, so that no answer is taken in."""
    deadline = time.monotonic() + 10
    while any(reader._lanes.values()):
        assert time.monotonic() < deadline
        time.sleep(0.001)


def add_cutouts(survey: Path) -> None:
    more = write_cutouts(survey.parent / "more.gri.h5", count=10, seed=6)
    Workspace.open(survey).add([more])


def when_introduced(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    before: Callable[[], None] = lambda: None,
    after: Callable[[], None] = lambda: None,
) -> None:
    """Have something happen just before the reader opens another survey, or just after."""
    introduce = services.reader.introduce

    def introduce_amid(requests: Sequence[Request]) -> None:
        monkeypatch.undo()
        before()
        introduce(requests)
        after()

    monkeypatch.setattr(services.reader, "introduce", introduce_amid)


def test_a_galaxy_being_read_ahead_is_shown_though_a_job_ends_meanwhile(
    opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    opened.selection.set_active(7)
    opened.cutout.set_order(np.array([7, 3], np.uint32))
    wait_until_sent(services.reader)
    opened.selection.set_active(3)
    assert services.cutouts._reading_ahead == 3
    loaded = services.workspace.loaded
    assert loaded is not None
    services.workspace.loaded_changed.emit(replace(loaded))
    qtbot.waitUntil(lambda: getattr(opened.cutout.cutout, "row", None) == 3)


def test_what_waits_while_cutouts_are_added_is_read_afterwards(
    opened: ApplicationState,
    services: Services,
    survey: Path,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_cutouts(survey)
    sheet = tmp_path / "sheet.pdf"
    held: list[int] = []
    failed: list[str] = []

    def ask_for_all() -> None:
        held.append(hold(services.reader))
        opened.selection.set_active(30)
        services.thumbnails._want([5, 6])
        services.sharp_thumbnails._want([5])
        opened.sheets.request(Sheet(sheet, np.arange(COUNT, dtype=np.uint32)))
        services.cutouts.load_file("some.fits", 0, lambda *_: None, failed.append)
        assert not opened.cutout.cutout

    when_introduced(services, monkeypatch, ask_for_all, lambda: os.kill(held[0], signal.SIGCONT))
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(lambda: getattr(opened.cutout.cutout, "row", None) == 30)
    qtbot.waitUntil(lambda: opened.thumbnails.peek(6) is not None)
    qtbot.waitUntil(lambda: opened.sharp_thumbnails.peek(5) is not None)
    qtbot.waitUntil(lambda: opened.sheets.progress is None, timeout=30_000)
    assert sheet.exists() and "opened anew" in failed[0]


def test_no_galaxy_of_a_workspace_being_opened_is_taken_for_one_of_that_on_show(
    opened: ApplicationState,
    services: Services,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "other").mkdir()
    cutouts = write_cutouts(tmp_path / "other" / "more.gri.h5", seed=6)
    other = Workspace.create(tmp_path / "other" / "survey", [cutouts], bands=BANDS, crop=CROP)
    sheet = tmp_path / "sheet.pdf"
    shown: list[object] = []
    opened.cutout.changed.connect(lambda: shown.append(opened.cutout.cutout))
    opened.thumbnails.ready.connect(shown.append)

    def go_on_as_if_nothing_were() -> None:
        opened.selection.set_active(7)
        services.thumbnails._want([5])
        opened.sheets.request(Sheet(sheet, np.arange(3, dtype=np.uint32)))

    when_introduced(services, monkeypatch, after=go_on_as_if_nothing_were)
    opened.session.request_open(other.folder)
    qtbot.waitUntil(lambda: opened.session.workspace.folder == other.folder)  # type: ignore[union-attr]
    assert not any(shown)
    assert opened.sheets.progress is None and not sheet.exists()
    opened.selection.set_active(7)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
    assert opened.thumbnails.get(5) is None
    qtbot.waitUntil(lambda: opened.thumbnails.peek(5) is not None)
