"""Work off the window's thread, its answers back on it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from astromask_gui.services.sentences import sentence_of

T = TypeVar("T")


@dataclass(frozen=True)
class _Answer:
    number: int
    lane: str | None
    deliver: Callable[[], None]


class Background(QObject):
    """Runs callables in threads; their answers arrive on the thread that made this object.

    With one thread (the default) work is done in the order it was asked for. Work of a
    lane is replaced by newer work of the same lane: what has not begun is skipped, and the
    answer of what has is dropped.
    """

    _answered = pyqtSignal(object)

    def __init__(self, name: str, threads: int = 1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        # Its first thread starts now: later, when others compute, that takes milliseconds.
        self._pool.submit(_nothing)
        self._numbers = itertools.count(1)
        self._newest: dict[str, int] = {}
        self._given_up: dict[str, threading.Event] = {}
        """By lane, of what was asked for last."""
        self._closed = False
        # Queued: what is done at once is not answered before `run` has returned either.
        queued = Qt.ConnectionType.QueuedConnection
        self._answered.connect(self._deliver, queued)  # type: ignore[call-arg]

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[str], None],
        *,
        lane: str | None = None,
        given_up: threading.Event | None = None,
    ) -> None:
        """Do `work` elsewhere, then call `done` with its result, or `failed` with a sentence.

        In a lane `given_up` is set once nobody waits for the answer any more: long work looks
        at it, and ends early.
        """
        if self._closed:
            return
        number = next(self._numbers)
        if lane is not None:
            self._replace(lane, number)
            if given_up is not None:
                self._given_up[lane] = given_up

        def task() -> T | None:
            return None if self._is_stale(number, lane) else work()

        def finished(future: Future[Any]) -> None:
            error = None if future.cancelled() else future.exception()
            if future.cancelled() or self._closed or self._is_stale(number, lane):
                return
            if error is None:
                answer = _Answer(number, lane, lambda: done(future.result()))
            else:
                sentence = sentence_of(error)
                answer = _Answer(number, lane, lambda: failed(sentence))
            self._answered.emit(answer)

        self._pool.submit(task).add_done_callback(finished)

    def drop(self, lane: str) -> None:
        """Skip what waits in a lane, and drop the answer of what is being done."""
        self._replace(lane, next(self._numbers))

    def close(self, *, finish: bool = False) -> None:
        """Drop all answers and skip what waits; or, with `finish`, see all work done first."""
        self._closed = True
        for lane in list(self._given_up) if not finish else ():
            self._given_up.pop(lane).set()
        self._pool.shutdown(wait=finish, cancel_futures=not finish)

    def _replace(self, lane: str, number: int) -> None:
        self._newest[lane] = number
        if lane in self._given_up:
            self._given_up.pop(lane).set()

    def _is_stale(self, number: int, lane: str | None) -> bool:
        return lane is not None and self._newest.get(lane) != number

    def _deliver(self, answer: _Answer) -> None:
        if not self._closed and not self._is_stale(answer.number, answer.lane):
            answer.deliver()


def _nothing() -> None:
    pass
