"""Galaxies dragged out of a view: inside the window their rows, outside their FITS files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.linked_picture import LinkedPicture
from astromask_gui.parts.rows_drag import MOST_DRAGGED, drag_rows, rows_to_mime
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_files import MOST_HANDED_OUT
from astromask_gui.state.selection import Selection


def files_of_rows(state: ApplicationState, rows: Sequence[int]) -> list[Path]:
    """FITS files for what takes no rows; they are being written from now on."""
    numbers = [int(row) for row in rows[:MOST_HANDED_OUT]]
    names = [state.identifiers.get(row) or f"row {row}" for row in numbers]
    return state.cutout_files.hand_out(numbers, names)


def mime_of_rows(state: ApplicationState, rows: Sequence[int]) -> QMimeData:
    """What a drag of rows carries."""
    return rows_to_mime([int(row) for row in rows], files_of_rows(state, rows))


def rows_taken_along(selection: Selection, listed: NDArray[np.uint32], place: int) -> list[int]:
    """What a drag of the row at a place of a list takes: the row, and where it is selected all
    selected ones in their order in the list, itself first."""
    row = int(listed[place])
    if not (row < selection.size and selection.mask[row]):
        return [row]
    near = listed[: MOST_DRAGGED * 100]
    others = near[selection.mask[near]][:MOST_DRAGGED].tolist()
    return [row, *(other for other in others if other != row)]


class PictureDrag(QObject):
    """Lets the galaxy be dragged out of its picture: whole, a drag takes it along; zoomed in, a
    drag pans, and with Ctrl takes it along."""

    def __init__(self, picture: LinkedPicture, state: ApplicationState) -> None:
        super().__init__(picture)
        self._picture, self._state = picture, state
        self._press: QPoint | None = None
        picture.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            is_left = event.button() == Qt.MouseButton.LeftButton
            self._press = event.position().toPoint() if is_left and self._takes(event) else None
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._press = None
        elif event.type() == QEvent.Type.MouseMove and self._press is not None:
            return self._move(event)
        return False

    def _takes(self, event: QMouseEvent) -> bool:
        is_whole = self._state.cutout_view.window.span is None
        return is_whole or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)

    def _move(self, event: QMouseEvent) -> bool:
        """Whether the move is no matter of the picture's any more."""
        assert self._press is not None
        if self._picture.tool_holds:
            self._press = None
            return False
        moved = (event.position().toPoint() - self._press).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._press = None
            self._picture.let_go()
            self._drag()
        return True

    def _drag(self) -> None:
        cutout, image = self._state.cutout.cutout, self._picture.image
        if cutout is None or image is None:
            return
        files = self._state.cutout_files.hand_out([cutout.row], [cutout.object_id])
        drag_rows(self._picture, [cutout.row], image, files)
