"""Notices when a window has been painted for the first time."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtWidgets import QWidget


class FirstPaint(QObject):
    """Calls each of `then` once, when the window's first paint is over."""

    def __init__(self, window: QWidget, *then: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._then = window, then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            # The paint itself comes after its filters; this comes after the paint.
            for callback in self._then:
                QTimer.singleShot(0, callback)
        return False
