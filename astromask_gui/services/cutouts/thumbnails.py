"""Reads the thumbnails that are on screen, in batches that leave room for a click."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.reader import HOVER, TILES
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.thumbnails import Thumbnails

SMALLEST_BATCH, LARGEST_BATCH = 8, 64
BATCH_SECONDS = 0.04
"""A batch that is being read delays a click by as much."""
MOST_WAITING = 2048
"""Rows that may wait; those asked for longest ago have long left the screen."""


class ThumbnailService(QObject):
    """Answers `thumbnails.wanted`: the newest first, the galaxy under the mouse before all."""

    def __init__(
        self,
        state: ApplicationState,
        reader: Worker,
        parent: QObject | None = None,
        thumbnails: Thumbnails | None = None,
        lane: str = TILES,
    ) -> None:
        """`thumbnails`: those to serve, by a `lane` of their own; left out, the small ones."""
        super().__init__(parent)
        self._state, self._reader, self._lane = state, reader, lane
        self._thumbnails = thumbnails or state.thumbnails
        self._waiting: list[int] = []
        self._complaints: set[str] = set()
        self._batch_size = SMALLEST_BATCH
        self._reading = False
        self._open = False
        self._opened = 0
        """`introductions` of the reader that has the survey open whose rows are asked for."""
        # Answers of an earlier survey, or in earlier bands, are known by it.
        self._epoch = 0
        self._bands = state.display.settings.rgb
        self._thumbnails.wanted.connect(self._want)
        self._thumbnails.unwanted.connect(self._drop)
        state.display.changed.connect(self._follow_bands)
        if lane == TILES:
            state.selection.hovered_changed.connect(self._hurry)

    def start_over(self) -> None:
        """Forget everything, because the reader has another survey open."""
        self._open, self._opened = True, self._reader.introductions
        self._batch_size = SMALLEST_BATCH
        self._begin_anew()
        self._thumbnails.clear()

    def go_on(self) -> None:
        """Read what waits, where the reader has the same survey open anew."""
        self._opened = self._reader.introductions
        self._read_next()

    def _follow_bands(self) -> None:
        # The stretch is applied when drawn; only other bands need other thumbnails.
        if self._state.display.settings.rgb != self._bands:
            self._begin_anew()
            self._thumbnails.renew()

    def _begin_anew(self) -> None:
        self._bands = self._state.display.settings.rgb
        self._epoch += 1
        self._waiting.clear()
        self._complaints.clear()
        self._reading = False
        if self._lane == TILES:
            self._reader.drop(HOVER)
        self._reader.drop(self._lane)

    def _want(self, rows: list[int]) -> None:
        if not self._open:
            self._thumbnails.forget_request(rows)
            return
        hovered = self._state.selection.hovered
        if hovered in rows and self._lane == TILES and self._is_current():
            self._ask(HOVER, [hovered])
            rows = [row for row in rows if row != hovered]
        self._waiting = rows + self._waiting
        self._thumbnails.forget_request(self._waiting[MOST_WAITING:])
        del self._waiting[MOST_WAITING:]
        self._read_next()

    def _drop(self, rows: list[int]) -> None:
        """Leave out what has left the screen before it was its turn."""
        gone = set(rows)
        self._waiting = [row for row in self._waiting if row not in gone]

    def _hurry(self, row: int | None) -> None:
        """Read first what waits among others and is under the mouse now."""
        if row in self._waiting and self._is_current():
            self._waiting.remove(row)
            self._ask(HOVER, [row])

    def _is_current(self) -> bool:
        """Whether the reader has not been told to open another survey, of which the same rows
        are other galaxies."""
        return self._opened == self._reader.introductions

    def _read_next(self) -> None:
        if self._reading or not self._waiting or not self._is_current():
            return
        batch = self._waiting[: self._batch_size]
        del self._waiting[: self._batch_size]
        self._reading = True
        # Rows of the same chunk of a file are then read together.
        self._ask(self._lane, sorted(batch))

    def _ask(self, lane: str, rows: list[int]) -> None:
        message = {
            "op": "thumbnails",
            "rows": rows,
            "bands": list(self._bands),
            "size": self._thumbnails.side,
        }
        request = Request(
            message,
            {},
            partial(self._take, lane, rows, self._epoch, time.perf_counter()),
            partial(self._fail, lane, self._epoch),
            partial(self._put_back, lane, rows, self._epoch),
        )
        self._reader.ask(lane, request)

    def _put_back(self, lane: str, rows: list[int], epoch: int) -> None:
        if lane != self._lane or epoch != self._epoch:
            self._thumbnails.forget_request(rows)
            return
        self._waiting = rows + self._waiting
        self._go_on()

    def _take(
        self,
        lane: str,
        rows: list[int],
        epoch: int,
        asked: float,
        header: dict[str, Any],
        arrays: dict[str, np.ndarray],
    ) -> None:
        if epoch != self._epoch:
            return
        self._thumbnails.put(header["rows"], arrays["thumbnails"])
        if header["failed"]:
            self._complain(header["error"])
        if lane == self._lane:
            self._adapt(len(rows), time.perf_counter() - asked)
            self._go_on()

    def _fail(self, lane: str, epoch: int, sentence: str) -> None:
        if epoch != self._epoch:
            return
        self._complain(sentence)
        if lane == self._lane:
            self._go_on()

    def _complain(self, sentence: str) -> None:
        # The rows stay asked for, so that they are not tried again with every frame.
        if sentence not in self._complaints:
            self._complaints.add(sentence)
            self._state.messages.warning(f"Some thumbnails can't be shown. {sentence}")

    def _adapt(self, count: int, seconds: float) -> None:
        fitting = int(count * BATCH_SECONDS / max(seconds, 1e-4))
        self._batch_size = min(max(fitting, SMALLEST_BATCH), LARGEST_BATCH)

    def _go_on(self) -> None:
        self._reading = False
        self._read_next()
