"""A picture drawn pixel by pixel, as large as fits, on black, with what lies over it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

Overlay = Callable[[QPainter, QRectF, float], None]
"""Draws over the picture: painter, the picture's rectangle, screen pixels per picture pixel."""


def to_image(picture: NDArray[np.uint8]) -> QImage:
    """A QImage of its own memory from a picture (H, W, 3) uint8."""
    picture = np.ascontiguousarray(picture)
    height, width, _ = picture.shape
    data = picture.tobytes()
    image = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


class PictureView(QWidget):
    """Shows one picture; tells which of its pixels is pressed, dragged over and released."""

    pressed = pyqtSignal(float, float)
    dragged = pyqtSignal(float, float)
    hovered = pyqtSignal(float, float)
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, smallest: int = 64) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._overlays: list[Overlay] = []
        self._smallest = smallest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    def set_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show a picture (H, W, 3) uint8, or nothing."""
        self._image = None if picture is None else to_image(picture)
        self.update()

    @property
    def image(self) -> QImage | None:
        """The picture as shown, one image pixel a picture pixel."""
        return self._image

    def add_overlay(self, overlay: Overlay) -> None:
        """Draw something over every picture."""
        self._overlays.append(overlay)

    def picture_rectangle(self) -> QRectF:
        """Where the picture lies in the widget: centred, its shape kept."""
        if self._image is None:
            side = min(self.width(), self.height())
            return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        width, height = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def sizeHint(self) -> QSize:
        return QSize(3 * self._smallest, 3 * self._smallest)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._smallest, self._smallest)

    def hasHeightForWidth(self) -> bool:
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        rectangle = self.picture_rectangle()
        if self._image is None:
            # An outline says that there is no picture; black would be a picture of nothing.
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(rectangle.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.fillRect(rectangle, QColor(0, 0, 0))
        scale = rectangle.width() / self._image.width()
        # Below one screen pixel a picture pixel, smoothing shows more than it hides.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(rectangle, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for overlay in self._overlays:
            painter.save()
            overlay(painter, rectangle, scale)
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._tell(event.position(), self.pressed)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        is_drag = bool(event.buttons() & Qt.MouseButton.LeftButton)
        self._tell(event.position(), self.dragged if is_drag else self.hovered)

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def _tell(self, place: QPointF, signal: object) -> None:
        rectangle = self.picture_rectangle()
        if self._image is None or not rectangle.contains(place):
            return
        scale = rectangle.width() / self._image.width()
        offset = place - rectangle.topLeft()
        signal.emit(offset.x() / scale, offset.y() / scale)  # type: ignore[attr-defined]
