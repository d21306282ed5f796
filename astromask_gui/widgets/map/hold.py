"""Waiting with the painting of a moved view for the exact frame, where that comes in a moment."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, QTimer
from PyQt6.QtWidgets import QWidget

_LONGEST_MS = 12
"""About one refresh of a screen: later, the last frame re-projected is better than none."""


class PaintHold(QObject):
    """Keeps a widget from being painted until `end`, or for `_LONGEST_MS` at most.

    A view that moves would be painted twice, first with the last frame re-projected. Where the
    exact frame comes within the same refresh of the screen, nobody sees the first picture, and
    painting it would only keep the window's thread and the frame waiting for each other.
    """

    def __init__(self, widget: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._widget = widget
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_LONGEST_MS)
        self._timer.timeout.connect(self.end)

    def begin(self) -> None:
        """Paint nothing for now; a hold that has begun is not prolonged."""
        if not self._timer.isActive():
            self._widget.setUpdatesEnabled(False)
            self._timer.start()

    def end(self) -> None:
        """Paint again, at once."""
        self._timer.stop()
        if not self._widget.updatesEnabled():
            self._widget.setUpdatesEnabled(True)
