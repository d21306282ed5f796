"""Small linear pictures by row, kept in memory up to a bound and loaded when asked for."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

SIDE = 48
"""Pixels of a thumbnail's side."""
DEFAULT_BOUND = 96 * 2**20

Thumbnail = NDArray[np.float16]


class Thumbnails(QObject):
    """Linear float16 thumbnails (3, 48, 48): red, green, blue before any stretch."""

    wanted = pyqtSignal(object)
    """list[int]: rows asked for since the last time, newest last."""
    ready = pyqtSignal(object)
    """list[int]: rows that have just arrived."""

    def __init__(self, bound: int = DEFAULT_BOUND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bound = bound
        self._bytes = 0
        self._pictures: OrderedDict[int, Thumbnail] = OrderedDict()
        self._asked: dict[int, None] = {}
        self._collected: list[int] = []
        # One request for all rows that are asked for in the same turn of the event loop.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    def get(self, row: int) -> Thumbnail | None:
        """The thumbnail of a row, or None and `ready` later."""
        picture = self._pictures.get(row)
        if picture is not None:
            self._pictures.move_to_end(row)
            return picture
        if row not in self._asked:
            self._asked[row] = None
            self._collected.append(row)
            self._timer.start()
        return None

    def put(self, rows: list[int], pictures: NDArray[np.float16]) -> None:
        """Take in what was read: pictures (n, 3, 48, 48) of `rows`."""
        for row, picture in zip(rows, pictures, strict=True):
            self._asked.pop(row, None)
            if row not in self._pictures:
                self._bytes += picture.nbytes
            self._pictures[row] = picture.copy()
        while self._bytes > self._bound and self._pictures:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= oldest.nbytes
        self.ready.emit(list(rows))

    def forget_request(self, rows: list[int]) -> None:
        """Allow rows whose reading failed or was dropped to be asked for again."""
        for row in rows:
            self._asked.pop(row, None)

    def clear(self) -> None:
        """Drop everything, as for another survey or other bands."""
        self._pictures.clear()
        self._asked.clear()
        self._collected.clear()
        self._bytes = 0

    def _ask(self) -> None:
        rows, self._collected = self._collected, []
        if rows:
            self.wanted.emit(rows)
