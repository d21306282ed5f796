"""Tiles of galaxies in a list view: a model of rows, and a delegate that draws thumbnails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QSize, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.parts.rows_drag import ROWS_MIME, rows_to_mime
from astromask_gui.parts.tile_grid import CAPTION_HEIGHT
from astromask_gui.parts.tile_paint import Tile, TileMarks, TilePainter
from astromask_gui.state.application import ApplicationState

ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class TileModel(QAbstractListModel):
    """Rows of the survey in an order, each with a line of text."""

    def __init__(self, mime: Callable[[list[int]], QMimeData] = rows_to_mime) -> None:
        """`mime`: what a drag of rows carries."""
        super().__init__()
        self._mime = mime
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
        return self._mime([int(self._rows[index.row()]) for index in indexes])


class TileDelegate(QStyledItemDelegate):
    """Draws tiles in a list view; pictures that are not there yet are asked for."""

    def __init__(self, state: ApplicationState, side: int) -> None:
        super().__init__()
        self._state = state
        self.side = side
        """Of the pictures, screen pixels."""
        self.pictures = RenderedPictures(
            state.thumbnails, state.display, self, sharp=state.sharp_thumbnails
        )
        self._style = ""
        self._painter: TilePainter | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(self.side + 6, self.side + CAPTION_HEIGHT + 6)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        if painter is None:
            return
        row, corner = index.data(ROW_ROLE), option.rect.topLeft()
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        self.pictures.set_side(round(self.side * ratio))
        marks = TileMarks(
            is_active=row == self._state.selection.active,
            is_hovered=bool(option.state & QStyle.StateFlag.State_MouseOver),
            grade=self._state.labels.grade_of(row),
        )
        image = self.pictures.ask(row)
        tile = Tile(corner.x() + 3, corner.y() + 3, image, index.data() or "", marks)
        painter.save()
        self._tile_painter(painter).draw(painter, [tile], self.side)
        painter.restore()

    def _tile_painter(self, painter: QPainter) -> TilePainter:
        style = self._state.preferences.style
        if self._painter is None or style != self._style:
            self._style, self._painter = style, TilePainter(style, painter.font())
        return self._painter
