"""How the table looks: its cells, and its header with names, units and the sort's arrow."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.parts.value_text import MISSING
from astromask_gui.state.application import ApplicationState
from astromask_gui.style import tabular
from astromask_gui.theme import SPACE, tokens
from astromask_gui.widgets.table.model import PICTURE, TableModel

PADDING = SPACE[1]
_BAR = 3
_ARROW = 4
_LONGEST = 400
"""Letters of a cell that are measured and drawn."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _Paints:
    """What cells are painted with in one style: made once, for there are hundreds a frame."""

    def __init__(self, style: str, font: QFont) -> None:
        colours = tokens(style)
        self.style, self.base = style, font
        self.font = tabular(QFont(font))
        self.metrics = QFontMetrics(self.font)
        self.widest = self.metrics.horizontalAdvance("W")
        self.digit = self.metrics.horizontalAdvance("0")
        self.text, self.muted = QPen(QColor(colours.text)), QPen(QColor(colours.muted))
        self.hovered, self.line = QColor(colours.raised), QColor(colours.raised)
        self.selected, self.active = _thin(colours.selection, 0.16), _thin(colours.accent, 0.28)
        self.spanned = _thin(colours.accent, 0.22)
        self.active_bar, self.selected_bar = QColor(colours.accent), QColor(colours.selection)


class CellDelegate(QStyledItemDelegate):
    """Paints a cell; a row's marks are those of the map: selected, active, under the mouse."""

    def __init__(self, state: ApplicationState, model: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._state, self._model = state, model
        self._paints = _Paints(state.preferences.style, parent.font())
        self.pictures = RenderedPictures(
            state.thumbnails, state.display, self, sharp=state.sharp_thumbnails
        )
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
        place, section, box = index.row(), index.column(), option.rect
        row, column = int(self._model.rows[place]), self._model.columns[section]
        paints = self._paints
        if paints.style != self._state.preferences.style or paints.base != option.font:
            paints = self._paints = _Paints(self._state.preferences.style, QFont(option.font))
        self._paint_ground(painter, box, row, place, section)
        if column is PICTURE:
            self._paint_picture(painter, box, row)
            return
        text = self._model.cell(row, column)
        if not text:
            return
        painter.setFont(paints.font)
        painter.setPen(paints.muted if text == MISSING else paints.text)
        box = box.adjusted(PADDING, 0, -PADDING, 0)
        is_right = self._model.is_right(column)
        # Measuring takes as long as drawing: what surely has room is not measured.
        if len(text) * (paints.digit if is_right else paints.widest) > box.width():
            mode = Qt.TextElideMode.ElideRight
            text = paints.metrics.elidedText(text[:_LONGEST], mode, box.width())
        painter.drawText(box, _RIGHT if is_right else _LEFT, text)

    def _paint_ground(
        self, painter: QPainter, box: QRect, row: int, place: int, section: int
    ) -> None:
        paints, selection = self._paints, self._state.selection
        is_active = row == selection.active
        is_selected = row < selection.size and bool(selection.mask[row])
        if self.spanned is not None and self.spanned[0] <= place <= self.spanned[1]:
            painter.fillRect(box, paints.spanned)
        elif is_selected:
            painter.fillRect(box, paints.selected)
        elif place == self.hovered:
            painter.fillRect(box, paints.hovered)
        if is_active:
            painter.fillRect(box, paints.active)
        if section == 0 and (is_active or is_selected):
            bar = paints.active_bar if is_active else paints.selected_bar
            painter.fillRect(box.left(), box.top(), _BAR, box.height(), bar)
        painter.fillRect(box.left(), box.bottom(), box.width(), 1, paints.line)

    def _paint_picture(self, painter: QPainter, box: QRect, row: int) -> None:
        side = box.height() - 3
        square = QRect(box.left() + PADDING, box.top() + 1, side, side)
        painter.fillRect(square, QColor(0, 0, 0))
        device = painter.device()
        self.pictures.set_side(round(side * (device.devicePixelRatioF() if device else 1.0)))
        image = self.pictures.image(row)
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
