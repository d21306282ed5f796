"""How the table looks: its cells, and its header with names, units and the sort's arrow."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPolygonF
from PyQt6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from astromask_gui.parts.thumbnail_images import ThumbnailImages
from astromask_gui.parts.value_text import MISSING
from astromask_gui.state.application import ApplicationState
from astromask_gui.style import tabular
from astromask_gui.theme import SPACE, tokens
from astromask_gui.widgets.table_model import PICTURE, TableModel

PADDING = SPACE[1]
_BAR = 3
_ARROW = 4
_LONGEST = 400
"""Letters of a cell that are measured and drawn."""


class CellDelegate(QStyledItemDelegate):
    """Paints a cell; a row's marks are those of the map: selected, active, under the mouse."""

    def __init__(self, state: ApplicationState, model: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._model = state, model
        self._images = ThumbnailImages(state, self)
        self.hovered = -1
        """Place of the row under the mouse."""
        self.spanned: tuple[int, int] | None = None
        """First and last place of the rows that are being dragged over."""

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        assert painter is not None
        row, column = int(self._model.rows[index.row()]), self._model.columns[index.column()]
        colours = tokens(self._state.preferences.style)
        self._paint_ground(painter, option.rect, row, index)
        if column is PICTURE:
            self._paint_picture(painter, option.rect, row)
            return
        text = self._model.cell(row, column)
        if not text:
            return
        painter.setFont(tabular(QFont(option.font)))
        painter.setPen(QColor(colours.muted if text == MISSING else colours.text))
        box = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        side = (
            Qt.AlignmentFlag.AlignRight
            if self._model.is_right(column)
            else (Qt.AlignmentFlag.AlignLeft)
        )
        metrics = painter.fontMetrics()
        text = text[:_LONGEST]
        # A number that is cut off would be another number.
        if metrics.horizontalAdvance(text) > box.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_ground(
        self, painter: QPainter, box: QRect, row: int, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours, selection = tokens(self._state.preferences.style), self._state.selection
        is_active = row == selection.active
        is_selected = row < selection.size and bool(selection.mask[row])
        place = index.row()
        if self.spanned is not None and self.spanned[0] <= place <= self.spanned[1]:
            painter.fillRect(box, _thin(colours.accent, 0.22))
        elif is_selected:
            painter.fillRect(box, _thin(colours.selection, 0.16))
        elif place == self.hovered:
            painter.fillRect(box, QColor(colours.raised))
        if is_active:
            painter.fillRect(box, _thin(colours.accent, 0.28))
        if index.column() == 0 and (is_active or is_selected):
            mark = QRect(box.left(), box.top(), _BAR, box.height())
            painter.fillRect(mark, QColor(colours.accent if is_active else colours.selection))
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, _thin(colours.line, 0.6))

    def _paint_picture(self, painter: QPainter, box: QRect, row: int) -> None:
        side = box.height() - 3
        square = QRect(box.left() + PADDING, box.top() + 1, side, side)
        painter.fillRect(square, QColor(0, 0, 0))
        image = self._images.get(row)
        if image is not None:
            painter.drawImage(square, image)


class TableHeader(QHeaderView):
    """Names, units in the muted colour, and an arrow at the column that sorts."""

    def __init__(self, state: ApplicationState, model: TableModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._state, self._model = state, model
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(36)
        self.setAccessibleName("Columns of the table")

    def wanted_width(self, section: int) -> int:
        """Pixels that a column's name and unit take."""
        column, metrics = self._model.columns[section], self.fontMetrics()
        width = metrics.horizontalAdvance(column.name)
        if column.unit:
            width += metrics.horizontalAdvance(column.unit) + SPACE[1]
        return width + 2 * PADDING + 3 * _ARROW

    def paintSection(self, painter: QPainter | None, rect: QRect, section: int) -> None:
        assert painter is not None
        if not rect.isValid() or section >= len(self._model.columns):
            return
        column, colours = self._model.columns[section], tokens(self._state.preferences.style)
        painter.save()
        painter.fillRect(rect, QColor(colours.background))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        painter.fillRect(rect.right(), rect.top() + 6, 1, rect.height() - 12, QColor(colours.line))
        box = rect.adjusted(PADDING, 0, -PADDING, 0)
        sort = self._state.table.sort
        if sort is not None and sort.column == column.name:
            self._paint_arrow(painter, box, sort.descending)
            box.setRight(box.right() - 3 * _ARROW)
        if column is not PICTURE:
            self._paint_words(painter, box, section)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, section: int) -> None:
        column, colours = self._model.columns[section], tokens(self._state.preferences.style)
        metrics = painter.fontMetrics()
        name = metrics.elidedText(column.name, Qt.TextElideMode.ElideRight, box.width())
        taken = metrics.horizontalAdvance(name)
        gap = metrics.horizontalAdvance(column.unit) + SPACE[1] if column.unit else 0
        unit = column.unit if column.unit and taken + gap <= box.width() else ""
        if self._model.is_right(column):
            box.setLeft(box.right() - taken - (gap if unit else 0) + 1)
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(QColor(colours.text))
        painter.drawText(box, middle, name)
        painter.setPen(QColor(colours.muted))
        painter.drawText(box.adjusted(taken + SPACE[1], 0, 8, 0), middle, unit)

    def _paint_arrow(self, painter: QPainter, box: QRect, descending: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens(self._state.preferences.style).accent))
        x, y = box.right() - _ARROW, box.center().y() + 1
        tip = _ARROW - 1 if descending else 1 - _ARROW
        corners = [(x - _ARROW, y - tip / 2), (x + _ARROW, y - tip / 2), (x, y + tip)]
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def _thin(colour: str, opacity: float) -> QColor:
    made = QColor(colour)
    made.setAlphaF(opacity)
    return made
