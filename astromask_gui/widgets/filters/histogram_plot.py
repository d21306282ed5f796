"""The histogram of a column of numbers, on which a range is brushed."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.parts.value_text import number_text
from astromask_gui.rendering.histogram_axis import Axis, Brush, Part, dragged, heights, part_at
from astromask_gui.state.histograms import Histogram
from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES, Tokens
from astromask_gui.widgets.filters.histogram_words import bin_at, bin_text, brush_text

_PLOT, _TEXT = 42, 16
_MARGIN = 4.0
_DIMMED = 0.45
_CLICK = 3.0
"""Pixels that a click may move."""
_CURSORS = {
    "low": Qt.CursorShape.SizeHorCursor,
    "high": Qt.CursorShape.SizeHorCursor,
    "whole": Qt.CursorShape.OpenHandCursor,
    "new": Qt.CursorShape.CrossCursor,
}


class HistogramPlot(QWidget):
    """All rows faint, those that pass the other filters bright, and the brush over them."""

    brushed = pyqtSignal(float, float, bool)
    """Lower and upper value, and whether the gesture is done."""
    cleared = pyqtSignal()
    menu_wanted = pyqtSignal(QPoint)

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._histogram: Histogram | None = None
        self._unit = ""
        self._brush: Brush | None = None
        self._is_on = True
        self._drag: tuple[Part, float, Brush | None] | None = None
        """What is dragged, from which pixel, and the brush there was."""
        self._has_moved = False
        self._has_keys = False
        """Whether the keyboard, not the mouse, came here."""
        self.setFixedHeight(_PLOT + _TEXT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """Bars and the axis's ends."""
        return QSize(200, _PLOT + _TEXT)

    def minimumSizeHint(self) -> QSize:
        """Narrow panels squeeze it."""
        return QSize(80, _PLOT + _TEXT)

    @property
    def brush(self) -> Brush | None:
        """The range that is brushed."""
        return self._brush

    def axis(self) -> Axis:
        """The axis, whose first pixel is `_MARGIN` from the left."""
        histogram = self._histogram
        edges = histogram.edges if histogram is not None and histogram.edges else (0.0, 1.0)
        logarithmic = histogram is not None and histogram.spec.logarithmic
        return Axis(edges[0], edges[-1], self.width() - 2 * _MARGIN, logarithmic)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def set_histogram(self, histogram: Histogram | None, unit: str) -> None:
        """Show other counts."""
        self._histogram, self._unit = histogram, unit
        self.update()

    def set_brush(self, brush: Brush | None, is_on: bool = True) -> None:
        """Show what is filtered; under a hand that drags, the brush stays."""
        if self._drag is None and (brush, is_on) != (self._brush, self._is_on):
            self._brush, self._is_on = brush, is_on
            self.update()

    # -- mouse ---------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take an edge, the brush, or begin a new one."""
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and self._has_bars():
            pixel = event.position().x() - _MARGIN
            self._drag = (part_at(self.axis(), self._brush, pixel), pixel, self._brush)
            self._has_moved = False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag, or tell what lies under the mouse."""
        assert event is not None
        pixel = event.position().x() - _MARGIN
        if self._drag is None:
            self.setCursor(_CURSORS[part_at(self.axis(), self._brush, pixel)])
            place = bin_at(self._histogram, pixel, self.axis().width)
            self.setToolTip(bin_text(self._histogram, place, self._unit))
            return
        part, start, before = self._drag
        self._has_moved = self._has_moved or abs(pixel - start) >= _CLICK
        if self._has_moved:
            self._set_and_say(dragged(self.axis(), part, before, start, pixel), done=False)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """The gesture is done; a click alone changes nothing."""
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or self._drag is None:
            return
        self._drag = None
        if self._has_moved and self._brush is not None:
            self._set_and_say(self._brush, done=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Clear the brush."""
        self._clear()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        self.menu_wanted.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        assert event is not None
        self._has_keys = event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._has_keys = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows move the brush by a bin, with Shift its upper end, with Alt its lower one."""
        assert event is not None
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if step is not None and self._has_bars():
            part: Part = "whole"
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                part = "high"
            elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
                part = "low"
            self._move_by_key(part, step)
        elif key == Qt.Key.Key_Delete and self._brush is not None:
            self._clear()
        elif key == Qt.Key.Key_Escape and self._drag is not None:
            self._take_back()
        else:
            super().keyPressEvent(event)

    def _move_by_key(self, part: Part, step: int) -> None:
        axis, histogram = self.axis(), self._histogram
        assert histogram is not None
        bin_width = axis.width / max(len(histogram.edges) - 1, 1)
        if self._brush is None:
            middle = (axis.value_at(axis.width / 4), axis.value_at(axis.width * 3 / 4))
            self._set_and_say(middle, done=True)
        else:
            self._set_and_say(dragged(axis, part, self._brush, 0.0, step * bin_width), done=True)

    def _take_back(self) -> None:
        assert self._drag is not None
        before, self._drag = self._drag[2], None
        if before is None:
            self._clear()
        else:
            self._set_and_say(before, done=True)

    def _clear(self) -> None:
        self._drag, self._brush = None, None
        self.update()
        self.cleared.emit()

    def _set_and_say(self, brush: Brush, *, done: bool) -> None:
        self._brush, self._is_on = brush, True
        self.update()
        self.brushed.emit(*brush, done)

    def _has_bars(self) -> bool:
        return self._histogram is not None and bool(self._histogram.edges)

    # -- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Bars, brush, ends of the axis."""
        painter = QPainter(self)
        histogram = self._histogram
        if histogram is not None and histogram.total is not None and histogram.edges:
            self._paint_bars(painter, histogram)
            self._paint_brush(painter)
            self._paint_texts(painter, histogram)
        if self._has_keys:
            painter.setPen(QColor(self._tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, _PLOT + 1))

    def _paint_bars(self, painter: QPainter, histogram: Histogram) -> None:
        total = histogram.total
        assert total is not None
        passing = histogram.passing if histogram.passing is not None else np.zeros_like(total)
        everyone, some = heights(total, passing, histogram.spec.log_counts)
        axis, look = self.axis(), self._tokens
        lefts, widths = _columns(axis.width, len(total))
        low, high = self._brush_pixels(axis)
        middles = (np.arange(len(total)) + 0.5) * axis.width / len(total)
        inside = (middles >= low) & (middles <= high) | (not self._is_on)
        painter.setPen(Qt.PenStyle.NoPen)
        outside = QColor(look.muted)
        outside.setAlphaF(_DIMMED)
        for shares, shown, colour in (
            (everyone, total > 0, QColor(look.line)),
            (some, (passing > 0) & inside, QColor(look.accent)),
            (some, (passing > 0) & ~inside, outside),
        ):
            # One galaxy among many is still to be seen.
            tops = np.maximum(np.round(shares * (_PLOT - 3)), 1).astype(int)
            painter.setBrush(colour)
            bars = [
                QRect(lefts[place], _PLOT - int(tops[place]), widths[place], int(tops[place]))
                for place in np.flatnonzero(shown)
            ]
            if bars:
                painter.drawRects(*bars)
        painter.fillRect(QRectF(_MARGIN, _PLOT, axis.width, 1), QColor(look.line))

    def _brush_pixels(self, axis: Axis) -> tuple[float, float]:
        if self._brush is None:
            return -math.inf, math.inf
        return axis.pixel_of(self._brush[0]), axis.pixel_of(self._brush[1])

    def _paint_brush(self, painter: QPainter) -> None:
        if self._brush is None:
            return
        low, high = self._brush_pixels(self.axis())
        colour = QColor(self._tokens.accent if self._is_on else self._tokens.muted)
        area = QRectF(_MARGIN + low, 1, max(high - low, 1.0), _PLOT - 1)
        wash = QColor(colour)
        wash.setAlphaF(0.14)
        painter.fillRect(area, wash)
        for edge in (area.left(), area.right()):
            painter.fillRect(QRectF(edge - 0.75, 1, 1.5, _PLOT - 1), colour)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            grip = QRectF(0, 0, 5, 14)
            grip.moveCenter(QPointF(edge, _PLOT / 2))
            painter.drawRoundedRect(grip, 2, 2)

    def _paint_texts(self, painter: QPainter, histogram: Histogram) -> None:
        font = tabular(self.font())
        font.setPixelSize(FONT_SIZES[0])
        painter.setFont(font)
        area = QRectF(_MARGIN, _PLOT + 1, self.width() - 2 * _MARGIN, _TEXT - 1)
        below, above = histogram.beyond
        low = ("‹ " if below else "") + number_text(histogram.edges[0])
        high = number_text(histogram.edges[-1]) + (" ›" if above else "")
        painter.setPen(QColor(self._tokens.muted))
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | centre, low)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | centre, high)
        if self._brush is None:
            return
        metrics = painter.fontMetrics()
        room = area.adjusted(
            metrics.horizontalAdvance(low) + 6, 0, -metrics.horizontalAdvance(high) - 6, 0
        )
        painter.setPen(QColor(self._tokens.text if self._is_on else self._tokens.muted))
        words = metrics.elidedText(
            brush_text(self._brush), Qt.TextElideMode.ElideRight, round(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | centre, words)


def _columns(width: float, count: int) -> tuple[list[int], list[int]]:
    """Left edges and widths of bars on whole pixels, with a gap where there is room for one."""
    edges = np.round(_MARGIN + np.arange(count + 1) * width / count).astype(int)
    gap = 1 if width >= 4 * count else 0
    return edges[:-1].tolist(), np.maximum(np.diff(edges) - gap, 1).tolist()
