"""A picture drawn pixel by pixel on black, whole or a part of it, with what lies over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.state.cutout_view import WHOLE, CutoutWindow

Overlay = Callable[[QPainter, QRectF, float], None]
"""Draws over the picture: painter, the whole picture's rectangle (which may reach beyond the
view), screen pixels per picture pixel."""


class PictureTool(Protocol):
    """What takes the mouse over a picture; places are in picture pixels from its bottom left."""

    def press(self, x: float, y: float, reach: float) -> bool:
        """Whether it takes the mouse until `release`; `reach` pixels away counts as hit."""

    def drag(self, x: float, y: float) -> None:
        """The mouse moves while it is held; it may leave the picture."""

    def release(self) -> None:
        """The button is let go."""


HALF = QPointF(0.5, 0.5)
"""From the corner of a screen pixel, which the mouse tells, to its middle."""
_REACH = 6.0
"""Screen pixels within which something counts as hit."""


def to_image(picture: NDArray[np.uint8]) -> QImage:
    """A QImage of its own memory from a picture (H, W, 3) uint8, whose row 0 is the lowest.

    Here the rows of arrays, which run upwards as in FITS, become those of the screen.
    """
    picture = np.ascontiguousarray(picture[::-1])
    height, width, _ = picture.shape
    data = picture.tobytes()
    image = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


def on_screen(rectangle: QRectF, scale: float, x: float, y: float) -> QPointF:
    """Where a place is drawn, given in pixels right of and above the middle of a picture."""
    return rectangle.center() + QPointF(x, -y) * scale


class PictureView(QWidget):
    """Shows one picture; tells which of its pixels is pressed, dragged over and released."""

    pressed = pyqtSignal(float, float)
    dragged = pyqtSignal(float, float)
    hovered = pyqtSignal(float, float)
    left = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, smallest: int = 64) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._window = WHOLE
        self._overlays: list[Overlay] = []
        self._sentence = ""
        self._tool: PictureTool | None = None
        self._tool_holds = False
        self._smallest = smallest
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    def set_picture(self, picture: NDArray[np.uint8] | QImage | None) -> None:
        """Show a picture (H, W, 3) uint8, or nothing."""
        self._image = to_image(picture) if isinstance(picture, np.ndarray) else picture
        self.update()

    def set_sentence(self, sentence: str) -> None:
        """What is said in the place of a picture, where there is none."""
        if sentence != self._sentence:
            self._sentence = sentence
            self.update()

    def set_window(self, window: CutoutWindow) -> None:
        """Show another part of the picture."""
        if window != self._window:
            self._window = window
            self.update()

    def set_tool(self, tool: PictureTool | None) -> None:
        """Let a tool have the mouse first."""
        if tool is not self._tool:
            self._release_tool()
            self._tool = tool

    @property
    def tool_holds(self) -> bool:
        """Whether a tool has the mouse until the button is let go."""
        return self._tool_holds

    @property
    def image(self) -> QImage | None:
        """The picture as shown, one image pixel a picture pixel."""
        return self._image

    def add_overlay(self, overlay: Overlay) -> None:
        """Draw something over every picture."""
        self._overlays.append(overlay)

    def picture_rectangle(self) -> QRectF:
        """Where the whole picture lies in the widget, its shape kept."""
        width, height = self.width(), self.height()
        if self._image is None:
            side = min(width, height)
            return QRectF((width - side) / 2, (height - side) / 2, side, side)
        columns, rows = self._image.width(), self._image.height()
        scale = self._window.scale(width, height, columns, rows)
        left, top = self._window.corner(width, height, columns, rows)
        return QRectF(left, top, columns * scale, rows * scale)

    def picture_scale(self) -> float:
        """Screen pixels a picture pixel; 1 without a picture."""
        return 1.0 if self._image is None else self.picture_rectangle().width() / self._columns()

    def place_of(self, place: QPointF) -> QPointF:
        """A place of the widget in picture pixels, right of and above the bottom left corner."""
        away = (place - self.picture_rectangle().bottomLeft()) / self.picture_scale()
        return QPointF(away.x(), -away.y())

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
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            within = rectangle.adjusted(8, 8, -8, -8)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(within, int(flags), self._sentence)
            return
        shown = rectangle.intersected(QRectF(self.rect()))
        painter.fillRect(shown, QColor(0, 0, 0))
        scale = rectangle.width() / self._image.width()
        # Below one screen pixel a picture pixel, smoothing shows more than it hides.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(rectangle, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(shown)
        for overlay in self._overlays:
            painter.save()
            overlay(painter, rectangle, scale)
            painter.restore()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if self._tool is not None and self._image is not None:
            place = self.place_of(event.position() + HALF)
            reach = _REACH / self.picture_scale()
            self._tool_holds = self._tool.press(place.x(), place.y(), reach)
        if not self._tool_holds:
            self._tell(event.position(), self.pressed)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        if self._tool_holds and self._tool is not None:
            place = self.place_of(event.position() + HALF)
            self._tool.drag(place.x(), place.y())
            return
        is_drag = bool(event.buttons() & Qt.MouseButton.LeftButton)
        self._tell(event.position(), self.dragged if is_drag else self.hovered)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._release_tool()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def _release_tool(self) -> None:
        if self._tool_holds and self._tool is not None:
            self._tool.release()
        self._tool_holds = False

    def _columns(self) -> int:
        return 1 if self._image is None else self._image.width()

    def _tell(self, place: QPointF, signal: object) -> None:
        shown = self.picture_rectangle().intersected(QRectF(self.rect()))
        if self._image is None or not shown.contains(place):
            return
        at = self.place_of(place + HALF)
        signal.emit(at.x(), at.y())  # type: ignore[attr-defined]
