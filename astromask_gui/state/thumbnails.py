"""Small linear pictures by row, kept in memory up to a bound and loaded when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

SIDE = 48
"""Pixels of a thumbnail's side."""
SHARP_SIDE = 128
"""Pixels of the side of those that large tiles are drawn from."""
DEFAULT_BOUND = 96 * 2**20

Thumbnail = NDArray[np.float16]


class Thumbnails(QObject):
    """Linear float16 thumbnails (3, side, side): red, green, blue before any stretch."""

    wanted = pyqtSignal(object)
    """list[int]: rows asked for since the last time, the most urgent first."""
    unwanted = pyqtSignal(object)
    """list[int]: rows that were asked for, and that no view shows any more."""
    ready = pyqtSignal(object)
    """list[int]: rows that have just arrived."""
    cleared = pyqtSignal()
    """Rows are those of another survey from now on."""

    def __init__(
        self, bound: int = DEFAULT_BOUND, parent: QObject | None = None, side: int = SIDE
    ) -> None:
        super().__init__(parent)
        self.side = side
        """Pixels of a thumbnail's side."""
        self._bound = bound
        self._bytes = 0
        self._pictures: OrderedDict[int, Thumbnail] = OrderedDict()
        # True where a view only shows the row, and so may lose interest in it.
        self._asked: dict[int, bool] = {}
        self._shown: dict[str, dict[int, None]] = {}
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
            self._collected.append(row)
            self._timer.start()
        self._asked[row] = False
        return None

    def peek(self, row: int) -> Thumbnail | None:
        """The thumbnail of a row, if it is there; nothing is asked for."""
        return self._pictures.get(row)

    def show(self, view: str, rows: Iterable[int]) -> None:
        """Ask for what a view of this name shows now, the most urgent first. What it showed
        before, and no view does any more, need not be read."""
        now = dict.fromkeys(rows)
        before = self._shown.get(view, {})
        self._shown[view] = now
        for row in now:
            if row in self._pictures:
                self._pictures.move_to_end(row)
            elif row not in self._asked:
                self._asked[row] = True
                self._collected.append(row)
        gone = [row for row in before if self._asked.get(row) and not self._is_shown(row)]
        self.forget_request(gone)
        if gone:
            self.unwanted.emit(gone)
        if self._collected:
            self._timer.start()

    def _is_shown(self, row: int) -> bool:
        return any(row in rows for rows in self._shown.values())

    def put(self, rows: list[int], pictures: NDArray[np.float16]) -> None:
        """Take in what was read: pictures (n, 3, side, side) of `rows`."""
        for row, picture in zip(rows, pictures, strict=True):
            self._asked.pop(row, None)
            if row not in self._pictures:
                self._bytes += picture.nbytes
            self._pictures[row] = picture.copy()
        self._shrink()
        self.ready.emit(list(rows))

    def set_bound(self, bound: int) -> None:
        """Keep so many bytes at most from now on."""
        self._bound = bound
        self._shrink()

    def forget_request(self, rows: list[int]) -> None:
        """Allow rows whose reading failed or was dropped to be asked for again."""
        for row in rows:
            self._asked.pop(row, None)

    def clear(self) -> None:
        """Drop everything, as for another survey."""
        self.renew()
        self.cleared.emit()

    def renew(self) -> None:
        """Drop the thumbnails, which are to be read anew, as in other bands."""
        self._pictures.clear()
        self._asked.clear()
        self._shown.clear()
        self._collected.clear()
        self._bytes = 0

    def _shrink(self) -> None:
        while self._bytes > self._bound and self._pictures:
            _, oldest = self._pictures.popitem(last=False)
            self._bytes -= oldest.nbytes

    def _ask(self) -> None:
        # What was asked for and given up in the same turn is not asked for at all.
        rows = [row for row in dict.fromkeys(self._collected) if row in self._asked]
        self._collected = []
        if rows:
            self.wanted.emit(rows)
