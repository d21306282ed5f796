"""The list view of tiles: one row that scrolls sideways, or several where there is the height."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QListView, QWidget

from astromask_gui.parts.tile_grid import CAPTION_HEIGHT
from astromask_gui.parts.tiles import TileDelegate, TileModel

SMALLEST, IN_ROWS, LARGEST = 64, 88, 128
"""Sides of a tile's picture, screen pixels: in one row at least, in several, at most."""
_FRAME = 6
"""Around a picture and its caption."""


class TileStrip(QListView):
    """Shows a `TileModel`; the tiles grow with the view's height."""

    side_changed = pyqtSignal(int)
    """Side of the tiles' pictures, screen pixels."""

    def __init__(
        self, model: TileModel, delegate: TileDelegate, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self.setModel(model)
        self.setItemDelegate(delegate)
        delegate.pictures.changed.connect(self._redraw)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(_height_of(SMALLEST) + self._bar_height())
        self.setAccessibleName("Galaxies found")

    @property
    def side(self) -> int:
        """Side of the tiles' pictures, screen pixels."""
        return self._delegate.side

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        height = self.height() - self._bar_height()
        has_rows = height >= 2 * _height_of(IN_ROWS)
        side = IN_ROWS if has_rows else height - _height_of(0)
        self._arrange(has_rows, min(max(side, SMALLEST), LARGEST))
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """An ordinary wheel moves a single row sideways."""
        bar = self.horizontalScrollBar()
        if event is None or bar is None or self.isWrapping() or event.angleDelta().x():
            super().wheelEvent(event)
            return
        bar.setValue(bar.value() - event.angleDelta().y())
        event.accept()

    def _redraw(self) -> None:
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def _bar_height(self) -> int:
        bar = self.horizontalScrollBar()
        return bar.sizeHint().height() if bar is not None else 0

    def _arrange(self, has_rows: bool, side: int) -> None:
        if (has_rows, side) == (self.isWrapping(), self._delegate.side):
            return
        never, if_needed = (
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff,
            Qt.ScrollBarPolicy.ScrollBarAsNeeded,
        )
        self.setWrapping(has_rows)
        self.setVerticalScrollBarPolicy(if_needed if has_rows else never)
        self.setHorizontalScrollBarPolicy(never if has_rows else if_needed)
        self._delegate.side = side
        self.scheduleDelayedItemsLayout()
        self.side_changed.emit(side)


def _height_of(side: int) -> int:
    """Height of a tile whose picture has this side."""
    return side + CAPTION_HEIGHT + _FRAME
