"""The guards of `tests/conftest.py` catch what they are there for."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QWidget

from tests.leaks import Leftovers
from tests.read_guard import PACKAGE, ReadGuard


def reader_in(room: str) -> Callable[[Path], str]:
    """A function that reads a file, as if it stood in one of the window's rooms."""
    names: dict[str, Callable[[Path], str]] = {}
    source = "def read(path):\n    with open(path) as file:\n        return file.read()\n"
    exec(compile(source, str(PACKAGE / room / "made_up.py"), "exec"), names)
    return names["read"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pixels.txt"
    path.write_text("42")
    return path


def test_a_widget_that_reads_a_file_is_caught(file: Path) -> None:
    with ReadGuard().watching() as seen:
        reader_in("widgets")(file)
    assert len(seen) == 1
    assert str(file) in seen[0] and "made_up.py, line 2" in seen[0] and "service" in seen[0]


def test_a_service_may_read_unless_the_test_forbids_it(file: Path) -> None:
    guard = ReadGuard()
    with guard.watching() as seen:
        reader_in("services")(file)
        assert seen == []
        with guard.strict():
            reader_in("services")(file)
        assert len(seen) == 1


def test_reading_in_a_background_thread_is_allowed(file: Path) -> None:
    with ReadGuard().watching() as seen:
        thread = threading.Thread(target=reader_in("widgets"), args=(file,))
        thread.start()
        thread.join()
    assert seen == []


def test_a_forgotten_window_is_named(qapp: object) -> None:
    before = Leftovers.now()
    forgotten = QWidget()
    (sentence,) = Leftovers.after(before)
    assert "QWidget" in sentence and "qtbot.addWidget" in sentence
    forgotten.close()
    forgotten.deleteLater()
    del forgotten
    assert Leftovers.after(before) == []


def test_a_forgotten_thread_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.leaks.PATIENCE", 0.0)
    before, stop = Leftovers.now(), threading.Event()
    thread = threading.Thread(target=stop.wait, name="forgotten reader")
    thread.start()
    (sentence,) = Leftovers.after(before)
    stop.set()
    thread.join()
    assert "forgotten reader" in sentence and "close()" in sentence


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found by /proc")
def test_a_forgotten_child_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.leaks.PATIENCE", 0.0)
    before = Leftovers.now()
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as child:
        (sentence,) = Leftovers.after(before)
        assert child.stdin is not None
        child.stdin.write(b"\n")
    assert str(child.pid) in sentence and "python" in sentence
