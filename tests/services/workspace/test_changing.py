"""One workspace is served until another one is shown, whatever happens between."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.reader import QUERY
from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import FEW


@contextmanager
def held(background: Background, qtbot: QtBot) -> Iterator[None]:
    """What was asked for before has been done; what is asked for within waits until the end."""
    begun, gate = threading.Event(), threading.Event()
    background.run(lambda: (begun.set(), gate.wait()), lambda _: None, lambda _: None)
    try:
        qtbot.waitUntil(begun.is_set)
        yield
    finally:
        gate.set()


@contextmanager
def stopped(reader: Worker) -> Iterator[None]:
    """The process answers what is asked within only afterwards."""
    if sys.platform == "win32":
        pytest.skip("there are no signals that stop a process")
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(reader.pid, signal.SIGCONT)


def catch_up(background: Background, qtbot: QtBot) -> None:
    """Wait until what was asked for before has been done and answered."""
    done: list[None] = []
    background.run(lambda: None, done.append, lambda _: None)
    qtbot.waitUntil(lambda: bool(done))


def pixels_on_disk(path: Path, row: int) -> np.ndarray:
    with h5py.File(path) as file:
        pixels: np.ndarray = file["images"][row]
    return pixels


def test_clicks_are_answered_while_another_workspace_is_being_opened(
    other: Path, survey: Path, opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    opened.session.request_open(other)
    with held(services._files, qtbot):
        catch_up(services._facts, qtbot)
        opened.selection.set_active(5)
        qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
        cutout = opened.cutout.cutout
        assert cutout is not None and cutout.object_id == "G5-5"
        expected = pixels_on_disk(survey.parent / "cutouts.gri.h5", 5)
        np.testing.assert_array_equal(cutout.pixels, expected)
    qtbot.waitUntil(lambda: opened.selection.size == FEW)


def test_a_job_that_ends_meanwhile_does_not_change_whose_pixels_are_read(
    other: Path, opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    opened.session.request_open(other)
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(lambda: opened.selection.size == FEW, timeout=20000)
    opened.selection.set_active(5)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
    assert opened.cutout.cutout is not None
    expected = pixels_on_disk(other.parent / "few.gri.h5", 5)
    np.testing.assert_array_equal(opened.cutout.cutout.pixels, expected)


def test_a_search_with_a_file_does_not_stop_another_workspace_from_opening(
    other: Path, opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    with stopped(services.reader):
        opened.selection.set_active(5)  # is being read, so that the others wait
        opened.session.request_open(other)
        catch_up(services._files, qtbot)
        services.cutouts.load_file("absent.fits", 0, lambda *_: None, lambda _: None)
    qtbot.waitUntil(lambda: opened.selection.size == FEW, timeout=20000)


def test_a_workspace_that_was_being_opened_does_not_come_after_closing(
    other: Path, opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    with stopped(services.reader):
        opened.session.request_open(other)
        catch_up(services._files, qtbot)
        opened.session.set_workspace(None)
    answered: list[str] = []
    request = Request({"op": "nothing"}, failed=answered.append)
    services.reader.ask(QUERY, request, replace=False)
    qtbot.waitUntil(lambda: bool(answered))
    catch_up(services._files, qtbot)
    assert opened.session.workspace is None
