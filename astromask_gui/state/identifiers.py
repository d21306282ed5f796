"""The galaxies' identifiers as they are shown, looked up when asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

BOUND = 20_000
"""So many identifiers are kept in memory."""


class Identifiers(QObject):
    """`object_id` by row. `get` answers at once or asks for it and says `ready` later."""

    wanted = pyqtSignal(object)
    """list[int]: rows asked for since the last time."""
    ready = pyqtSignal(object)
    """list[int]: rows whose identifiers have just arrived."""

    def __init__(self, bound: int = BOUND, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bound = bound
        self._names: OrderedDict[int, str] = OrderedDict()
        self._asked: set[int] = set()
        self._collected: list[int] = []
        # One request for all rows that are asked for in the same turn of the event loop.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)

    def get(self, row: int) -> str | None:
        """The identifier of a row, or None and `ready` later."""
        name = self._names.get(row)
        if name is not None:
            self._names.move_to_end(row)
        elif row not in self._asked:
            self._asked.add(row)
            self._collected.append(row)
            self._timer.start()
        return name

    def put(self, rows: Sequence[int], names: Sequence[str]) -> None:
        """Take in what was looked up."""
        self._names.update(zip(rows, names, strict=True))
        self._asked.difference_update(rows)
        while len(self._names) > self._bound:
            self._names.popitem(last=False)
        self.ready.emit(list(rows))

    def clear(self) -> None:
        """Drop everything, as for another survey."""
        self._names.clear()
        self._asked.clear()
        self._collected.clear()

    def _ask(self) -> None:
        rows, self._collected = self._collected, []
        if rows:
            self.wanted.emit(rows)
