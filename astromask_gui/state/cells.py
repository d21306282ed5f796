"""Cells of columns whose values the window does not hold: text, and integers of many digits."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

BOUND = 20_000
"""So many cells are kept in memory."""


class Cells(QObject):
    """Text by column and row. `get` answers at once or asks for it and says `ready` later."""

    wanted = pyqtSignal(str, object)
    """Column, and list[int]: rows asked for since the last time."""
    ready = pyqtSignal(str)
    """Column, some of whose cells have just arrived."""

    def __init__(self, bound: int = BOUND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bound = bound
        self._texts: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._asked: set[tuple[str, int]] = set()
        self._collected: dict[str, list[int]] = {}
        # One request a column for all rows that are asked for in the same turn of the event loop.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    def get(self, column: str, row: int) -> str | None:
        """The text of a cell, "" where it is missing; None, and `ready` later."""
        key = (column, row)
        text = self._texts.get(key)
        if text is not None:
            self._texts.move_to_end(key)
        elif key not in self._asked:
            self._asked.add(key)
            self._collected.setdefault(column, []).append(row)
            self._timer.start()
        return text

    def has(self, column: str, row: int) -> bool:
        """Whether a cell is here; it is not asked for."""
        return (column, row) in self._texts

    def put(self, column: str, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Take in what was looked up."""
        for row, text in zip(rows, texts, strict=True):
            self._texts[column, row] = text
            self._asked.discard((column, row))
        while len(self._texts) > self._bound:
            self._texts.popitem(last=False)
        self.ready.emit(column)

    def clear(self) -> None:
        """Drop everything, as for another survey or other values."""
        self._texts.clear()
        self._asked.clear()
        self._collected.clear()

    def _ask(self) -> None:
        collected, self._collected = self._collected, {}
        for column, rows in collected.items():
            self.wanted.emit(column, rows)
