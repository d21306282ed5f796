"""Lets a widget take galaxies that are dragged there from another panel."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from astromask_gui.parts.rows_drag import rows_of
from astromask_gui.state.selection import Selection


class RowDrop(QObject):
    """Calls `take` with the rows dropped on `target`; what is no row of the survey is refused."""

    def __init__(
        self, target: QWidget, selection: Selection, take: Callable[[list[int]], None]
    ) -> None:
        super().__init__(target)
        self._selection, self._take = selection, take
        self._holds = False
        """Whether rows are over the target, so that nobody else hears of their leaving."""
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.DragLeave:
            held, self._holds = self._holds, False
            return held
        if not isinstance(event, QDropEvent | QDragEnterEvent | QDragMoveEvent):
            return False
        rows = [row for row in rows_of(event.mimeData()) if row < self._selection.size]
        self._holds = bool(rows) and event.type() != QEvent.Type.Drop
        if not rows:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(rows)
        return True
