"""The colour bar of a continuous column, with handles at the ends of its range."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.theme import Tokens

_BAR = 16.0
_HANDLE = 7.0
_MARGIN = 10.0
_ROOM = 0.08
"""Share of the range beside the bar's ends, so that limits can be widened."""
_LIVE_MS = 30
"""Between two words on a handle that is dragged."""
_REACH = 10.0
_STEPS = 100
"""Steps of the arrow keys from end to end."""
Handle = Literal["low", "high"]


class ColourBar(QWidget):
    """Shows a map of colours between two limits on the axis of the whole range of values."""

    limits_chosen = pyqtSignal(float, float)
    """The user moves a handle; said again and again while it is dragged."""
    reset_wanted = pyqtSignal()
    """Double click: back to the automatic limits."""
    menu_wanted = pyqtSignal(QPoint)
    """The place on the screen."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._limits = (0.0, 1.0)
        self._range = (0.0, 1.0)
        self._logarithmic = False
        self._image = QImage()
        self._dragged: Handle | None = None
        self._grip = 0.0
        """Pixels from the handle to where the mouse took it."""
        self._handle: Handle = "low"
        """The one that the arrow keys move."""
        self._live = QTimer(self)
        self._live.setSingleShot(True)
        self._live.setInterval(_LIVE_MS)
        self._live.timeout.connect(self._say_limits)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Range of the colours")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Drag the handles to set the range; double-click for the automatic one.<br>"
            "Keys: Left and Right move a handle, with Shift in larger steps; Up and Down take the"
            " upper or the lower one."
        )

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        """Bar and handles."""
        return QSize(180, int(_BAR + _HANDLE + 2))

    def set_scale(
        self,
        table: np.ndarray,
        limits: tuple[float, float],
        whole: tuple[float, float],
        logarithmic: bool,
    ) -> None:
        """Show colours (n, 3) uint8 between `limits`, of values that span `whole`.

        Under a handle that is being dragged, limits and range stay as they are.
        """
        self._logarithmic = logarithmic
        if self._dragged is None and not self._live.isActive():
            self._limits = limits
            low, high = min(whole[0], limits[0]), max(whole[1], limits[1])
            self._range = (low if low > 0 or not logarithmic else limits[0], high)
        strip = np.ascontiguousarray(table[None], np.uint8)
        width = strip.shape[1]
        data = strip.tobytes()
        self._image = QImage(data, width, 1, 3 * width, QImage.Format.Format_RGB888).copy()
        self.update()

    def limits(self) -> tuple[float, float]:
        """Values at the ends of the colours."""
        return self._limits

    def _place(self, value: float) -> float:
        """Pixel of a value."""
        low, high = (self._forward(edge) for edge in self._range)
        share = (self._forward(value) - low) / max(high - low, 1e-300)
        return _MARGIN + share * (self.width() - 2 * _MARGIN)

    def _value(self, pixel: float) -> float:
        low, high = (self._forward(edge) for edge in self._range)
        share = (pixel - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        value = low + float(np.clip(share, -_ROOM, 1 + _ROOM)) * (high - low)
        return float(10**value) if self._logarithmic else value

    def _forward(self, value: float) -> float:
        return float(np.log10(max(value, 1e-300))) if self._logarithmic else value

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the nearer handle."""
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            low, high = (self._place(limit) for limit in self._limits)
            self._dragged = self._handle = "low" if abs(x - low) <= abs(x - high) else "high"
            grip = x - (low if self._handle == "low" else high)
            # Farther away, the handle comes to the mouse.
            self._grip = grip if abs(grip) <= _REACH else 0.0

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move it, but not past the other one."""
        assert event is not None
        if self._dragged is not None:
            self._move(self._dragged, self._value(event.position().x() - self._grip))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Say where it came to rest."""
        if self._dragged is not None:
            self._dragged = None
            (low, high), (lowest, highest) = self._limits, self._range
            self._range = (min(low, lowest), max(high, highest))
            self.update()
            if self._live.isActive():
                self._live.stop()
                self._say_limits()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the automatic limits."""
        self._dragged = None
        self._live.stop()
        self.reset_wanted.emit()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows choose and move a handle."""
        assert event is not None
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._handle = "high" if key == Qt.Key.Key_Up else "low"
            self.update()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 10.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            step *= (self.width() - 2 * _MARGIN) / _STEPS
            place = self._place(self._limits[0 if self._handle == "low" else 1])
            moved = place + (step if key == Qt.Key.Key_Right else -step)
            self._move(self._handle, self._value(moved))
        else:
            super().keyPressEvent(event)

    def _move(self, handle: Handle, value: float) -> None:
        low, high = self._limits
        limits = (value, high) if handle == "low" else (low, value)
        if limits[0] < limits[1] and limits != self._limits:
            self._limits = limits
            self.update()
            if not self._live.isActive():
                self._live.start()

    def _say_limits(self) -> None:
        self.limits_chosen.emit(*self._limits)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The colours run between the handles and stay constant beyond them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = (self._place(limit) for limit in self._limits)
        bar = QRectF(_MARGIN, 0, self.width() - 2 * _MARGIN, _BAR)
        if not self._image.isNull():
            self._paint_colours(painter, bar, low, high)
        painter.setPen(QPen(QColor(self._tokens.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(bar, 3, 3)
        for handle, place in (("low", low), ("high", high)):
            self._paint_handle(painter, place, self.hasFocus() and handle == self._handle)

    def _paint_colours(self, painter: QPainter, bar: QRectF, low: float, high: float) -> None:
        first = self._image.pixelColor(0, 0)
        last = self._image.pixelColor(self._image.width() - 1, 0)
        painter.save()
        outline = QPainterPath()
        outline.addRoundedRect(bar, 3, 3)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(bar.left(), 0, low - bar.left(), _BAR), first)
        painter.fillRect(QRectF(high, 0, bar.right() - high, _BAR), last)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(low, 0, high - low, _BAR), self._image)
        painter.restore()

    def _paint_handle(self, painter: QPainter, place: float, is_current: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.accent if is_current else self._tokens.text))
        tip, half = QPointF(place, _BAR + 1), _HANDLE * 0.6
        foot = _BAR + 1 + _HANDLE
        painter.drawConvexPolygon(tip, QPointF(place - half, foot), QPointF(place + half, foot))
