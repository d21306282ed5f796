"""The status bar: how many galaxies, what just happened, and how the model's worker does."""

from __future__ import annotations

from PyQt6.QtWidgets import QStatusBar, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.messages import Message
from astromask_gui.style import tabular
from astromask_gui.theme import tokens

_INFO_MILLISECONDS = 8000
_WORKER_WORDS = {
    "none": "model: none",
    "starting": "model starting …",
    "ready": "model ready",
    "busy": "model at work",
    "failed": "model stopped",
}


class StatusStrip(QStatusBar):
    """Follows the selection, the filters, the messages and the worker."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.counts = label("")
        self.counts.setFont(tabular(self.counts.font()))
        self.worker = label("", "muted")
        self.setSizeGripEnabled(False)
        self.counts.setContentsMargins(8, 0, 16, 0)
        self.worker.setContentsMargins(8, 0, 8, 0)
        self.addPermanentWidget(self.counts)
        self.addPermanentWidget(self.worker)
        for signal in (state.selection.changed, state.filters.changed, state.session.changed):
            signal.connect(self._sync_counts)
        state.session.worker_changed.connect(self._sync_worker)
        state.preferences.changed.connect(self._sync_worker)
        state.messages.posted.connect(self._show)
        self._sync_counts()
        self._sync_worker()

    def _sync_counts(self) -> None:
        state = self._state
        if state.session.workspace is None:
            self.counts.setText("")
            return
        parts = [f"{state.selection.size:,} galaxies"]
        if state.filters.visible is not None:
            parts.append(f"{state.filters.visible_count:,} visible")
        parts.append(f"{state.selection.count:,} selected")
        self.counts.setText("  ·  ".join(parts))

    def _sync_worker(self) -> None:
        session = self._state.session
        colours = tokens(self._state.preferences.style)
        dot = {"ready": colours.good, "failed": colours.bad, "none": colours.muted}.get(
            session.worker, colours.warn
        )
        self.worker.setStyleSheet(f"border-left: 6px solid {dot}; padding-left: 6px;")
        self.worker.setText(_WORKER_WORDS[session.worker])
        self.worker.setToolTip(session.worker_text or "The process that runs the model")

    def _show(self, message: Message) -> None:
        colours = tokens(self._state.preferences.style)
        colour = {"error": colours.bad, "warning": colours.warn}.get(message.level, colours.text)
        self.setStyleSheet(f"QStatusBar {{ color: {colour}; }}")
        # What needs attention stays until something else is said.
        self.showMessage(message.text, _INFO_MILLISECONDS if message.level == "info" else 0)
        self.setToolTip(message.text)
