"""The status bar: how many galaxies, what just happened, and how the model's worker does."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import QSizePolicy, QStatusBar, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.messages import Level, Message
from astromask_gui.style import tabular
from astromask_gui.theme import tokens

_SHOWN_MS: dict[Level, int] = {"info": 8_000, "warning": 30_000, "error": 60_000}
"""How long a message stays; the tool tip has it afterwards."""
_LATEST = 12
"""Messages that the tool tip repeats."""
_WORKER_WORDS = {
    "none": "model: none",
    "starting": "model starting …",
    "ready": "model ready",
    "busy": "model at work",
    "failed": "model stopped",
}


class _Dot(QWidget):
    """A coloured dot."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = QColor()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(10, 10)

    def set_colour(self, colour: str) -> None:
        """Show another colour."""
        self._colour = QColor(colour)
        self.update()

    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        painter.drawEllipse(self.rect().adjusted(1, 1, -1, -1))


class StatusStrip(QStatusBar):
    """Follows the selection, the filters, the messages and the worker."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.counts = label("")
        self.counts.setFont(tabular(self.counts.font()))
        self.message = label("", selectable=True)
        # A long sentence is cut rather than let it widen the window; the tool tip has all of it.
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.message.setAccessibleName("What just happened")
        self.dot = _Dot()
        self.worker = label("", "muted")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._level: Level = "info"
        self._build()
        self._connect_signals()
        self._sync_counts()
        self._sync_worker()

    def _build(self) -> None:
        self.setSizeGripEnabled(False)
        self.counts.setContentsMargins(8, 0, 16, 0)
        self.worker.setContentsMargins(0, 0, 8, 0)
        self.addWidget(self.counts)
        self.addWidget(self.message, 1)
        self.addPermanentWidget(self.dot)
        self.addPermanentWidget(self.worker)

    def add_before_worker(self, widget: QWidget) -> None:
        """Have a widget stay at the right, left of the model's state."""
        # Places are counted over all widgets: the counts and the message come first.
        self.insertPermanentWidget(2, widget)

    def _connect_signals(self) -> None:
        state = self._state
        for signal in (state.selection.changed, state.filters.changed, state.session.changed):
            signal.connect(self._sync_counts)
        state.session.worker_changed.connect(self._sync_worker)
        state.preferences.changed.connect(self._sync_worker)
        state.messages.posted.connect(self._show)
        self._timer.timeout.connect(self._fade)

    def _sync_counts(self) -> None:
        state = self._state
        self.counts.setVisible(state.session.workspace is not None)
        parts = [f"{state.selection.size:,} galaxies"]
        if state.filters.visible is not None:
            parts.append(f"{state.filters.visible_count:,} visible")
        parts.append(f"{state.selection.count:,} selected")
        self.counts.setText("  ·  ".join(parts))

    def _sync_worker(self) -> None:
        session = self._state.session
        colours = tokens(self._state.preferences.style)
        known = {"ready": colours.good, "failed": colours.bad, "none": colours.muted}
        self.dot.set_colour(known.get(session.worker, colours.warn))
        self.worker.setText(_WORKER_WORDS[session.worker])
        for widget in (self.dot, self.worker):
            widget.setToolTip(session.worker_text or "The process that runs the model")

    def _show(self, message: Message) -> None:
        colours = tokens(self._state.preferences.style)
        known = {"error": f"color: {colours.bad};", "warning": f"color: {colours.warn};"}
        self.message.setStyleSheet(known.get(message.level, ""))
        self.message.setText(message.text)
        latest = self._state.messages.history[-_LATEST:]
        self.message.setToolTip("\n".join(entry.text for entry in latest))
        self._level = message.level
        self._timer.start(_SHOWN_MS[message.level])

    def _fade(self) -> None:
        """What needs attention waits until somebody is there who can have read it."""
        is_unread = self._level != "info" and not self.isActiveWindow()
        if is_unread or self.message.underMouse():
            self._timer.start(_SHOWN_MS[self._level])
        else:
            self.message.clear()
