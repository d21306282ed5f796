"""Tiles of galaxies in a list view: a model of rows, and a delegate that draws thumbnails."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from astromask_gui.parts.picture_view import to_image
from astromask_gui.parts.rows_drag import ROWS_MIME, rows_to_mime
from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.rendering.picture import render_thumbnails
from astromask_gui.state.application import ApplicationState
from astromask_gui.style import tabular
from astromask_gui.theme import tokens

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
CAPTION_HEIGHT = 18
_KEPT_IMAGES = 600


class TileModel(QAbstractListModel):
    """Rows of the survey in an order, each with a line of text."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._captions: list[str] = []

    @property
    def rows(self) -> NDArray[np.uint32]:
        """(n,) uint32: the rows, in the order shown."""
        return self._rows

    def set_tiles(self, rows: NDArray[np.uint32], captions: list[str]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows, self._captions = rows, captions
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == ROW_ROLE:
            return int(self._rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._captions[index.row()]
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [ROWS_MIME]

    def mimeData(self, indexes: Any) -> QMimeData:
        return rows_to_mime([int(self._rows[index.row()]) for index in indexes])


class TileDelegate(QStyledItemDelegate):
    """Draws a tile: thumbnail on black, caption, grade; the active one is framed."""

    def __init__(self, state: ApplicationState, side: int) -> None:
        super().__init__()
        self._state, self.side = state, side
        self._images: OrderedDict[int, QImage] = OrderedDict()
        state.display.changed.connect(self._images.clear)
        state.session.changed.connect(self._images.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(self.side + 6, self.side + CAPTION_HEIGHT + 6)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        if painter is None:
            return
        row = index.data(ROW_ROLE)
        colours = tokens(self._state.preferences.style)
        box = QRect(option.rect.x() + 3, option.rect.y() + 3, self.side, self.side)
        painter.save()
        painter.fillRect(box, QColor(0, 0, 0))
        image = self._image(row)
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(box, image)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if row == self._state.selection.active:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRect(box)
        elif hovered:
            painter.setPen(QPen(QColor(colours.muted), 1))
            painter.drawRect(box)
        self._draw_grade(painter, box, row)
        painter.setPen(QColor(colours.muted))
        painter.setFont(tabular(painter.font()))
        caption = QRect(box.x(), box.bottom() + 1, box.width(), CAPTION_HEIGHT)
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, index.data())
        painter.restore()

    def _draw_grade(self, painter: QPainter, box: QRect, row: int) -> None:
        grade = self._state.labels.grade_of(row)
        if grade is None:
            return
        badge = QRect(box.right() - 17, box.y() + 2, 16, 16)
        painter.fillRect(badge, QColor(GRADE_COLOURS[grade]))
        painter.setPen(QColor("#101216"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, grade)

    def _image(self, row: int) -> QImage | None:
        image = self._images.get(row)
        if image is None:
            thumbnail = self._state.thumbnails.get(row)
            if thumbnail is None:
                return None
            display = self._state.display
            picture = render_thumbnails(thumbnail[None], display.settings, display.survey)[0]
            image = self._images[row] = to_image(picture)
            if len(self._images) > _KEPT_IMAGES:
                self._images.popitem(last=False)
        return image
