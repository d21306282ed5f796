"""Work in one thread that may hang for good, as calls of another program do."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.services.sentences import sentence_of

T = TypeVar("T")
PATIENCE = 3.0
"""Seconds that the work at hand is given when the program ends."""


class Errands(QObject):
    """Does work in the order of asking; unlike `Background`, it never keeps the program alive."""

    _answered = pyqtSignal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._answered.connect(self._deliver)

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Do `work` elsewhere, then call `done` with its result or `failed` with a sentence."""
        if self._is_closed:
            return

        def task() -> None:
            try:
                result = work()
            except Exception as error:
                self.post(partial(failed, sentence_of(error)))
            else:
                self.post(partial(done, result))

        self._waiting.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def post(self, callback: Callable[[], object]) -> None:
        """Have something called on the window's thread; for any thread."""
        if not self._is_closed:
            self._answered.emit(callback)

    def close(self, last: Callable[[], object]) -> None:
        """Drop all answers, do `last`, and stop; what hangs is left behind."""
        self._is_closed = True
        if self._thread is not None:
            self._waiting.put(lambda: _quietly(last))
            self._waiting.put(None)
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        while (task := self._waiting.get()) is not None:
            task()

    def _deliver(self, callback: Callable[[], object]) -> None:
        if not self._is_closed:
            callback()


def _quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:
        # Logged; nobody is there any more to be told.
        sentence_of(error)
