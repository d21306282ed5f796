"""Work that is asked for faster than it is done, as while something is dragged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from astromask_gui.services.concurrency.background import Background

_Wish = tuple[Callable[[], Any], Callable[[Any], object]]


class Newest:
    """Does one thing a lane at a time; of what is asked for meanwhile, only the newest.

    Unlike in a lane of `Background`, what is being done is delivered: while a brush moves, an
    answer that is a moment old is better than none until it rests.
    """

    def __init__(self, background: Background, failed: Callable[[str], None]) -> None:
        self._background, self._failed = background, failed
        self._waiting: dict[str, _Wish | None] = {}
        """A key for each lane in which something is being done."""

    def ask(self, lane: str, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        """Do `work` elsewhere, then call `done` with its result."""
        if lane in self._waiting:
            self._waiting[lane] = (work, done)
        else:
            self._start(lane, work, done)

    def _start(self, lane: str, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._waiting[lane] = None
        take, fail = partial(self._take, lane, done), partial(self._take, lane, self._failed)
        self._background.run(work, take, fail)

    def _take(self, lane: str, deliver: Callable[[Any], object], answer: Any) -> None:
        waiting = self._waiting.pop(lane)
        if waiting is not None:
            self._start(lane, *waiting)
        deliver(answer)
