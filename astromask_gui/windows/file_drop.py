"""Files and folders that are dropped on the window, wherever no panel takes them itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtWidgets import QWidget

from astromask_gui.parts.rows_drag import file_of, rows_of
from astromask_gui.state.session import Session


class FileDrop(QObject):
    """A folder is opened, and a file where nothing is open yet; else a file is searched with."""

    def __init__(self, window: QWidget, session: Session, seek: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._session, self._seek = session, seek
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QDropEvent | QDragEnterEvent | QDragMoveEvent):
            return False
        path = file_of(event.mimeData())
        # Tiles of this window are files, too, for others.
        if path is None or rows_of(event.mimeData()):
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._take(path)
        return True

    def _take(self, path: Path) -> None:
        if self._session.workspace is None or path.is_dir():
            self._session.request_open(path)
        else:
            self._seek(path)
