"""The radial profile: mean brightness over the radius, one line a band."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from astromask_gui.rendering.ticks import linear_ticks
from astromask_gui.state.measure import BandProfile

INKS = ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7")
"""Okabe and Ito's colours from blue to red, for bands from blue to red."""
_LEFT, _BOTTOM, _TOP, _RIGHT = 34, 30, 6, 8


class ProfilePlot(QWidget):
    """Draws profiles; brightness falls downwards in magnitudes as in counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profiles: tuple[BandProfile, ...] = ()
        self._x_label, self._y_label = "", ""
        self._in_magnitudes = True
        self.setMinimumSize(160, 100)
        self.setAccessibleName("Radial profile")
        self.setToolTip(
            "Mean brightness of rings of the aperture's shape; dashed: one pixel's sky noise"
        )

    def set_profiles(
        self, profiles: tuple[BandProfile, ...], x_label: str, y_label: str, in_magnitudes: bool
    ) -> None:
        """Show these; labels name the quantities and units."""
        self._profiles, self._in_magnitudes = profiles, in_magnitudes
        self._x_label, self._y_label = x_label, y_label
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, 150)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        limits = self.limits()
        box = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        if limits is None or box.width() < 20 or box.height() < 20:
            return
        self._draw_axes(painter, box, limits)
        painter.setClipRect(box)
        for index, profile in enumerate(self._profiles):
            ink = QColor(INKS[index % len(INKS)])
            good = np.isfinite(profile.values)
            points = [
                _place(box, limits, float(x), float(y), self._in_magnitudes)
                for x, y in zip(profile.radii[good], profile.values[good], strict=True)
            ]
            painter.setPen(QPen(ink, 1.6))
            painter.drawPolyline(QPolygonF(points))
            if math.isfinite(profile.noise):
                level = _place(box, limits, 0.0, profile.noise, self._in_magnitudes).y()
                painter.setPen(QPen(ink, 1, Qt.PenStyle.DashLine))
                painter.drawLine(QPointF(box.left(), level), QPointF(box.right(), level))
        self._draw_names(painter, box)

    def limits(self) -> tuple[float, float, float] | None:
        """Largest radius, and smallest and largest value; None where there is nothing to draw."""
        values = [p.values[np.isfinite(p.values)] for p in self._profiles]
        every = np.concatenate(values) if values else np.empty(0)
        if not every.size:
            return None
        noise = [p.noise for p in self._profiles if math.isfinite(p.noise)]
        # Beyond the noise there is nothing to read off.
        low, high = float(every.min()), float(every.max())
        if self._in_magnitudes and noise:
            high = min(high, max(noise) + 2.0)
        margin = 0.06 * (high - low) or 1.0
        return max(float(p.radii[-1]) for p in self._profiles), low - margin, high + margin

    def _draw_axes(
        self, painter: QPainter, box: QRectF, limits: tuple[float, float, float]
    ) -> None:
        palette = self.palette()
        line, text = (
            palette.color(QPalette.ColorRole.Mid),
            palette.color(QPalette.ColorRole.PlaceholderText),
        )
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        for value in linear_ticks(0.0, limits[0], max(int(box.width() / 60), 2)):
            x = _place(box, limits, value, limits[1], self._in_magnitudes).x()
            painter.setPen(line)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(text)
            painter.drawText(
                QRectF(x - 30, box.bottom() + 1, 60, 14), Qt.AlignmentFlag.AlignCenter, f"{value:g}"
            )
        for value in linear_ticks(limits[1], limits[2], max(int(box.height() / 30), 2)):
            y = _place(box, limits, 0.0, value, self._in_magnitudes).y()
            painter.setPen(line)
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(text)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 7, _LEFT - 4, 14), int(right), f"{value:g}")
        below = QRectF(box.left(), box.bottom() + 14, box.width(), 14)
        painter.drawText(
            below, Qt.AlignmentFlag.AlignCenter, f"{self._y_label} over {self._x_label}"
        )

    def _draw_names(self, painter: QPainter, box: QRectF) -> None:
        metrics = painter.fontMetrics()
        right = box.right() - 4
        for index, profile in reversed(list(enumerate(self._profiles))):
            painter.setPen(QColor(INKS[index % len(INKS)]))
            right -= metrics.horizontalAdvance(profile.name)
            painter.drawText(QPointF(right, box.top() + metrics.ascent() + 2), profile.name)
            right -= 8


def _place(
    box: QRectF, limits: tuple[float, float, float], x: float, y: float, in_magnitudes: bool
) -> QPointF:
    share = (y - limits[1]) / (limits[2] - limits[1])
    # Magnitudes grow where it gets fainter.
    down = share if in_magnitudes else 1 - share
    return QPointF(box.left() + x / limits[0] * box.width(), box.top() + down * box.height())
