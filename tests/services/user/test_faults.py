from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from astromask_gui.services.user.faults import FaultLog


def test_an_unforeseen_error_is_told_and_kept(tmp_path: Path) -> None:
    told: list[str] = []
    log = FaultLog(tmp_path)
    log.start(told.append)
    try:
        raise RuntimeError("odd")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    log.close()
    assert "odd" in told[0] and str(log.path) in told[0]
    assert "Traceback" in log.path.read_text()
    assert sys.excepthook is sys.__excepthook__


def test_an_unforeseen_error_in_a_thread_is_told_on_the_windows_own(
    tmp_path: Path, qtbot: QtBot
) -> None:
    told: list[tuple[str, threading.Thread]] = []
    log = FaultLog(tmp_path)
    log.start(lambda sentence: told.append((sentence, threading.current_thread())))

    def fail() -> None:
        raise RuntimeError("odd")

    thread = threading.Thread(target=fail, name="drawing")
    thread.start()
    thread.join()
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    log.close()
    assert "odd" in told[0][0] and told[0][1] is threading.main_thread()
    assert "in drawing" in log.path.read_text()


def test_nothing_is_left_where_nothing_went_wrong(tmp_path: Path) -> None:
    log = FaultLog(tmp_path)
    log.start(lambda _: None)
    log.close()
    assert not list(tmp_path.iterdir())
    assert not logging.getLogger("astromask").handlers


def test_a_crash_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, os, signal; from astromask_gui.services.user.faults import FaultLog;"
        f" FaultLog(pathlib.Path({str(tmp_path)!r})).start(print); os.kill(os.getpid(),"
        " signal.SIGSEGV)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    log = FaultLog(tmp_path)
    sentence = log.crash_sentence()
    log.start(lambda _: None)
    log.close()
    assert sentence is not None and "ended unexpectedly" in sentence
    again = FaultLog(tmp_path)
    again.start(lambda _: None)
    assert again.crash_sentence() is None
    again.close()
