"""What a window asks about one workspace is not answered about another."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QDialog, QWidget

from astromask_gui.state.session import Session


class OpenQuestions(QObject):
    """Closes the dialogs and menus of a window when its workspace is no longer shown.

    One that was being opened may come while they stand there, and its rows have the same numbers.
    """

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._folder: Path | None = None
        session.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        workspace, before = self._session.workspace, self._folder
        self._folder = None if workspace is None else workspace.folder
        # What is asked on the start page is about no workspace.
        if before is None or before == self._folder:
            return
        for widget in self._window.findChildren(QWidget):
            if widget.isVisible() and _is_question(widget):
                widget.close()


def _is_question(widget: QWidget) -> bool:
    return isinstance(widget, QDialog) or widget.windowType() == Qt.WindowType.Popup
