"""Ctrl-C in the terminal of a window."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.interrupts import Interrupts


@pytest.fixture(autouse=True)
def restored_signals() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT)
    previous = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, previous, strict=True):
        signal.signal(number, handler)
    signal.set_wakeup_fd(-1)


def test_a_signal_asks_the_window_to_close_although_qt_waits(qtbot: QtBot) -> None:
    asked: list[bool] = []
    interrupts = Interrupts(lambda: asked.append(True))
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.waitUntil(lambda: len(asked) == 2)
    interrupts.end()


def test_once_the_window_is_closed_a_signal_ends_the_process(qtbot: QtBot) -> None:
    Interrupts(lambda: None).end()
    assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
