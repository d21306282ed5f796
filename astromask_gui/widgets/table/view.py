"""The table itself: keys and the mouse make a galaxy active and state selections."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from astromask_gui.parts.modes import mode_of
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.selection import CombineMode
from astromask_gui.widgets.table.model import PICTURE, TableModel
from astromask_gui.widgets.table.painting import CellDelegate, TableHeader

ROW_HEIGHT, PICTURE_HEIGHT = 24, 44
_NO_KEYS = Qt.KeyboardModifier.NoModifier
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class TableView(QTableView):
    """Shows a `TableModel`. What is selected is painted from the state: Qt's own selection
    serves only while rows are being dragged over."""

    copy_wanted = pyqtSignal()

    def __init__(
        self, state: ApplicationState, model: TableModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._selection, self._model = state, state.selection, model
        self._syncing = False
        self._pressed_at = -1
        self.header = TableHeader(state, model)
        self.cells = CellDelegate(state, model, self)
        self._build()
        self._connect_signals()

    def _build(self) -> None:
        self.setModel(self._model)
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self.cells)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName("Table of galaxies")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        assert rows is not None
        rows.hide()
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_row_height(ROW_HEIGHT)

    def _connect_signals(self) -> None:
        selection, state = self._selection, self._state
        selection.active_changed.connect(self.follow_active)
        selection.changed.connect(self.repaint_cells)
        state.table.rows_changed.connect(self._follow_rows)
        state.columns.ready.connect(self.repaint_cells)
        state.cells.ready.connect(self.repaint_cells)
        self.cells.pictures.changed.connect(self.repaint_cells)
        self.entered.connect(self._enter)

    def repaint_cells(self) -> None:
        """Paint what is on the screen again."""
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def set_row_height(self, height: int) -> None:
        """Give all rows another height, and keep the active one where it can be seen."""
        rows = self.verticalHeader()
        assert rows is not None
        if rows.defaultSectionSize() != height:
            rows.setDefaultSectionSize(height)
            self.follow_active(self._selection.active)

    # -- from state ----------------------------------------------------------------------

    def _follow_rows(self) -> None:
        is_in_use = self._state.cutout.order is self._model.rows
        self._model.set_rows(self._state.table.rows)
        if is_in_use:
            self._state.cutout.set_order(self._model.rows)
        self.repaint_cells()
        self.follow_active(self._selection.active)

    def follow_active(self, row: int | None) -> None:
        """Put the cursor on the active galaxy, and scroll to it where it is out of sight."""
        place = None if row is None else self._model.place_of(row)
        self._syncing = True
        if place is None or not self._model.columns:
            self.setCurrentIndex(QModelIndex())
        elif place != self.currentIndex().row():
            column = max(self.currentIndex().column(), 0)
            index = self._model.index(place, min(column, len(self._model.columns) - 1))
            chosen = self.selectionModel()
            assert chosen is not None
            chosen.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._show(index)
        self._syncing = False
        self.repaint_cells()

    def _show(self, index: QModelIndex) -> None:
        """Scroll up or down only: which columns are in sight is the user's choice."""
        viewport, bar = self.viewport(), self.verticalScrollBar()
        assert viewport is not None and bar is not None
        top, height = self.rowViewportPosition(index.row()), self.rowHeight(index.row())
        if top < 0 or top + height > viewport.height():
            nearly = -height <= top <= viewport.height()
            where = top if top < 0 else top + height - viewport.height()
            bar.setValue(bar.value() + (where if nearly else top - viewport.height() // 2))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        self.cells.pictures.show(self._pictured())
        super().paintEvent(event)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.cells.pictures.show(())

    def _pictured(self) -> list[int]:
        """The rows whose pictures are drawn; without a column of them, the one that can be
        dragged out with its picture."""
        if self._model.columns[:1] != (PICTURE,):
            active = self._selection.active
            return [] if active is None else [active]
        viewport = self.viewport()
        assert viewport is not None
        first, last = self.rowAt(0), self.rowAt(viewport.height() - 1)
        end = len(self._model.rows) if last < 0 else last + 1
        rows: list[int] = self._model.rows[max(first, 0) : end].tolist()
        return rows

    # -- to state ------------------------------------------------------------------------

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        # What is merely dragged over is not looked at.
        is_dragged = self._pressed_at not in (-1, current.row())
        if not self._syncing and not is_dragged:
            self._activate(current)

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            # What follows in this order is read ahead.
            if self._state.cutout.order is not self._model.rows:
                self._state.cutout.set_order(self._model.rows)
            self._selection.set_active(int(self._model.rows[index.row()]))

    def selected_places(self) -> tuple[int, int] | None:
        """First and last place of the rows dragged over, or spanned by keys."""
        chosen = self.selectionModel()
        parts = QItemSelection() if chosen is None else chosen.selection()
        # By number: a list of indexes would be one of Python objects, however many rows they are.
        spans = [(parts[place].top(), parts[place].bottom()) for place in range(len(parts))]
        if not spans:
            return None
        return min(top for top, _ in spans), max(bottom for _, bottom in spans)

    def _select(self, first: int, last: int, mode: CombineMode) -> None:
        rows = self._model.rows[first : last + 1]
        self._selection.select_rows(rows.astype(np.int64), mode)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        is_left = event.button() == Qt.MouseButton.LeftButton
        self._pressed_at = self.rowAt(int(event.position().y())) if is_left else -1
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        super().mouseMoveEvent(event)
        span = self._dragged(event)
        if span is not None and span[0] < span[1]:
            self.cells.spanned = span
            self.repaint_cells()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        super().mouseReleaseEvent(event)
        span = self._dragged(event)
        self._pressed_at, self.cells.spanned = -1, None
        if span is None:
            return
        keys = event.modifiers() & (_SHIFT | _CTRL)
        if keys == _CTRL and span[0] == span[1]:
            self.toggle(span[0])
        elif keys != _NO_KEYS or span[0] < span[1]:
            self._select(*span, mode_of(event.modifiers()))
        self._activate(self.currentIndex())
        self.repaint_cells()

    def _dragged(self, event: QMouseEvent) -> tuple[int, int] | None:
        """Places from where the button was pressed, or with Shift from where it was before."""
        place, pressed_at = self.currentIndex().row(), self._pressed_at
        if pressed_at < 0 or place < 0:
            return None
        if event.modifiers() & _SHIFT:
            return self.selected_places()
        return min(place, pressed_at), max(place, pressed_at)

    def let_go(self) -> None:
        """Forget that the mouse is pressed: what is dragged from here on is not selected."""
        self._pressed_at, self.cells.spanned = -1, None
        self.repaint_cells()

    def toggle(self, place: int) -> None:
        """Take a row into the selection, or out of it."""
        row = int(self._model.rows[place])
        is_in = bool(self._selection.mask[row])
        self._select(place, place, CombineMode.REMOVE if is_in else CombineMode.ADD)

    def _enter(self, index: QModelIndex) -> None:
        self._hover(index.row())

    def _hover(self, place: int) -> None:
        if place != self.cells.hovered:
            self.cells.hovered = place
            is_row = 0 <= place < len(self._model.rows)
            self._selection.set_hovered(int(self._model.rows[place]) if is_row else None)
            self.repaint_cells()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    # -- keys ----------------------------------------------------------------------------

    def event(self, event: QEvent | None) -> bool:
        """Keep Ctrl+C and the space bar from the window's shortcuts."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and (event.matches(QKeySequence.StandardKey.Copy) or event.key() == Qt.Key.Key_Space)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Space takes the row in or out; Shift with an arrow takes in what it passes."""
        assert event is not None
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.toggle(self.currentIndex().row())
        elif event.text() and event.text().isprintable():
            event.ignore()  # Qt would search for the letter in a million rows.
        else:
            super().keyPressEvent(event)
            span = self.selected_places()
            if event.modifiers() & _SHIFT and span is not None and span[0] < span[1]:
                self._select(*span, CombineMode.ADD)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are those of the list, not of its row."""
        last = len(self._model.rows) - 1
        ends = {
            QAbstractItemView.CursorAction.MoveHome: 0,
            QAbstractItemView.CursorAction.MoveEnd: last,
        }
        if action in ends and last >= 0:
            return self._model.index(ends[action], max(self.currentIndex().column(), 0))
        return super().moveCursor(action, modifiers)
