"""The colour bar of a continuous column: values at its ends, and handles that move them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.theme import SPACE, Tokens

_BAR = 16.0
_HANDLE = 7.0
_MARGIN = 10.0
_ROOM = 0.08
"""Share of the range beside the bar's ends, so that limits can be widened."""


class ColourBar(QWidget):
    """Shows a map of colours between two limits on the axis of the whole range of values."""

    limits_chosen = pyqtSignal(float, float)
    """The user has moved a handle."""
    reset_wanted = pyqtSignal()
    """Double click: back to the automatic limits."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._limits = (0.0, 1.0)
        self._range = (0.0, 1.0)
        self._logarithmic = False
        self._unit = ""
        self._image = QImage()
        self._dragged: Literal["none", "low", "high"] = "none"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip("Drag the handles to set the range; double-click for the automatic one.")

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def sizeHint(self) -> QSize:
        """Bar, handles and a line of text."""
        return QSize(180, int(_BAR + _HANDLE + 26))

    def set_scale(
        self,
        table: np.ndarray,
        limits: tuple[float, float],
        whole: tuple[float, float],
        unit: str,
        logarithmic: bool,
    ) -> None:
        """Show colours (n, 3) uint8 between `limits`, of values that span `whole`."""
        self._limits, self._unit, self._logarithmic = limits, unit, logarithmic
        low, high = min(whole[0], limits[0]), max(whole[1], limits[1])
        if logarithmic:
            low = low if low > 0 else limits[0]
        self._range = (low, high)
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
        x = event.position().x()
        low, high = (self._place(limit) for limit in self._limits)
        self._dragged = "low" if abs(x - low) <= abs(x - high) else "high"

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move it, but not past the other one."""
        assert event is not None
        if self._dragged == "none":
            return
        value = self._value(event.position().x())
        low, high = self._limits
        limits = (value, high) if self._dragged == "low" else (low, value)
        if limits[0] < limits[1]:
            self._limits = limits
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Say the new limits."""
        if self._dragged != "none":
            self._dragged = "none"
            self.limits_chosen.emit(*self._limits)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the automatic limits."""
        self._dragged = "none"
        self.reset_wanted.emit()

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
        for place in (low, high):
            self._paint_handle(painter, place)
        self._paint_values(painter, low, high)

    def _paint_colours(self, painter: QPainter, bar: QRectF, low: float, high: float) -> None:
        first = self._image.pixelColor(0, 0)
        last = self._image.pixelColor(self._image.width() - 1, 0)
        painter.fillRect(QRectF(bar.left(), 0, low - bar.left(), _BAR), first)
        painter.fillRect(QRectF(high, 0, bar.right() - high, _BAR), last)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(low, 0, high - low, _BAR), self._image)

    def _paint_handle(self, painter: QPainter, place: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.text))
        tip, half = QPointF(place, _BAR + 1), _HANDLE * 0.6
        foot = _BAR + 1 + _HANDLE
        painter.drawConvexPolygon(tip, QPointF(place - half, foot), QPointF(place + half, foot))

    def _paint_values(self, painter: QPainter, low: float, high: float) -> None:
        painter.setPen(QColor(self._tokens.muted))
        metrics = painter.fontMetrics()
        baseline = _BAR + _HANDLE + SPACE[0] + metrics.ascent()
        texts = [_number(limit) for limit in self._limits]
        if self._unit:
            texts[1] += f" {self._unit}"
        widths = [metrics.horizontalAdvance(text) for text in texts]
        left = max(2.0, min(low - widths[0] / 2, self.width() - sum(widths) - 12.0))
        right = min(self.width() - 2.0 - widths[1], max(high - widths[1] / 2, left + widths[0] + 8))
        painter.drawText(QPointF(left, baseline), texts[0])
        painter.drawText(QPointF(right, baseline), texts[1])


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")
