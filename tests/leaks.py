"""What a test of the window may not leave behind, and how to mend it."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 5.0
"""Seconds that a thread or child which has been told to stop is given."""
# Kept for the process's life by libraries and by the map's kernels; not a test's to stop.
_LIBRARY_THREADS = (
    "ThreadPoolExecutor",
    "map-kernels",
    "pymp-",
    "QueueManagerThread",
    "Dummy-",
    "asyncio_",
)

_WIDGETS = (
    "This test leaves windows open: {}.\n"
    "Hand every widget without a parent to `qtbot.addWidget(widget)`, give dialogs a parent and"
    " `WA_DeleteOnClose`, and keep no list of widgets in a module."
)
_THREADS = (
    "This test leaves threads running: {}.\n"
    "Call `close()` of the service or the map that started them, in the fixture's part after"
    " `yield`, so that it happens when the test fails too."
)
_CHILDREN = (
    "This test leaves child processes running: {}.\n"
    "Call `close()` of the service that started them, in the fixture's part after `yield`, and"
    " wait for processes that the test itself started."
)


@dataclass(frozen=True)
class Leftovers:
    """What exists at one moment, by identity."""

    widgets: frozenset[int]
    threads: frozenset[int]
    children: frozenset[int]

    @classmethod
    def now(cls) -> Leftovers:
        """What exists before a test."""
        return cls(
            frozenset(id(widget) for widget in _top_level_widgets()),
            frozenset(id(thread) for thread in threading.enumerate()),
            frozenset(_children()),
        )

    @staticmethod
    def after(before: Leftovers) -> list[str]:
        """Sentences on what a test has left over; empty where that is nothing."""
        sentences = []
        widgets = [widget for widget in _closed_widgets() if id(widget) not in before.widgets]
        if widgets:
            names = sorted(type(widget).__name__ for widget in widgets)
            sentences.append(_WIDGETS.format(", ".join(names)))
        threads = _wait_for(lambda: _new_threads(before))
        if threads:
            sentences.append(_THREADS.format(", ".join(sorted(threads))))
        children = _wait_for(lambda: sorted(_children() - before.children))
        if children:
            named = ", ".join(f"{pid} ({_command(pid)})" for pid in children)
            sentences.append(_CHILDREN.format(named))
        return sentences


def _top_level_widgets() -> list[object]:
    widgets = sys.modules.get("PyQt6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    # Menus and tool tips belong to whom they were shown for, though Qt has them stand alone.
    passing = (widgets.QMenu, widgets.QLabel)
    return [w for w in widgets.QApplication.topLevelWidgets() if not isinstance(w, passing)]


def _closed_widgets() -> list[object]:
    """Top-level widgets once everything that was to be deleted later is gone."""
    core = sys.modules.get("PyQt6.QtCore")
    if core is not None and core.QCoreApplication.instance() is not None:
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete.value)
    if not _top_level_widgets():
        return []
    gc.collect()
    return _top_level_widgets()


def _new_threads(before: Leftovers) -> list[str]:
    return [
        thread.name
        for thread in threading.enumerate()
        if id(thread) not in before.threads and not thread.name.startswith(_LIBRARY_THREADS)
    ]


def _children() -> set[int]:
    """Living children of this process; none are known where there is no /proc."""
    found: set[int] = set()
    for listed in Path("/proc/self/task").glob("*/children"):
        try:
            found |= {int(pid) for pid in listed.read_text().split()}
        except OSError:  # the thread has just ended
            continue
    return {pid for pid in found if _is_running(pid)}


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    # Python's own tracker of shared memory lives as long as Python does.
    return state != "Z" and "resource_tracker" not in _command(pid)


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return "ended"
    return " ".join(os.path.basename(word) for word in words if word)[:120]


def _wait_for(look: Callable[[], list[T]]) -> list[T]:
    """What `look()` still finds after those that are ending have had the time to."""
    deadline = time.monotonic() + PATIENCE
    found = look()
    while found and time.monotonic() < deadline:
        time.sleep(0.02)
        found = look()
    return found
