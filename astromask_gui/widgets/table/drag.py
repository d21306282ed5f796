"""Galaxies dragged out of the table: the selected rows, the active one, or one by its picture."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.row_files import files_of_rows, rows_taken_along
from astromask_gui.parts.rows_drag import drag_rows
from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.table.model import PICTURE, TableModel
from astromask_gui.widgets.table.view import TableView

HINT = (
    "Click: active. Drag over rows, or Shift+click: select all up to there. Ctrl+click or Space:"
    " add or remove one. Drag a selected row, the active one or a picture: take the galaxies to"
    " another panel, or out of the window as FITS files; with Shift or Ctrl, select from there."
)
_SELECTING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class TableDrag(QObject):
    """Takes over from a `TableView` the drags that begin on a row that stands out already; all
    others select."""

    def __init__(self, state: ApplicationState, model: TableModel, view: TableView) -> None:
        super().__init__(view)
        self._state, self._model, self._view = state, model, view
        self._press: QPoint | None = None
        self._row = -1
        area = view.viewport()
        assert area is not None
        area.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            # Before the view makes the row active.
            self._press = event.position().toPoint() if self._takes(event) else None
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._press = None
        elif event.type() == QEvent.Type.MouseMove and self._press is not None:
            moved = (event.position().toPoint() - self._press).manhattanLength()
            if moved >= QApplication.startDragDistance():
                self._press = None
                self._view.let_go()
                self._drag()
            return True
        return False

    def _takes(self, event: QMouseEvent) -> bool:
        index = self._view.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if not is_left or not index.isValid() or event.modifiers() & _SELECTING:
            return False
        selection = self._state.selection
        self._row = row = int(self._model.rows[index.row()])
        is_selected = row < selection.size and bool(selection.mask[row])
        is_picture = self._model.columns[index.column()] is PICTURE
        return is_selected or is_picture or row == selection.active

    def _drag(self) -> None:
        place = self._model.place_of(self._row)
        if place is None:  # The filters have changed under the mouse.
            return
        taken = rows_taken_along(self._state.selection, self._model.rows, place)
        picture = self._view.cells.pictures.image(taken[0])
        drag_rows(self._view, taken, picture, files_of_rows(self._state, taken))
