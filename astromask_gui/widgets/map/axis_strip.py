"""The margin beside a map: ticks with their values, and what the axis is called."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES, SPACE, Tokens

_TICK, _MINOR = 5.0, 3.0
_GAP = 4.0
_LEAST_WIDTH = 48
_STEP = 8
"""The left strip grows by so many pixels at a time, and never shrinks while one plane is shown:
a map whose edge moved at every zoom would be restless."""

Mark = tuple[float, str]
"""A tick: its place along the strip in pixels, and its text."""


class AxisStrip(QWidget):
    """Below or left of the map."""

    def __init__(self, side: Literal["bottom", "left"], tokens: Tokens) -> None:
        super().__init__()
        self._side = side
        self._tokens = tokens
        self._marks: tuple[Mark, ...] = ()
        self._minor: tuple[float, ...] = ()
        self._title = ""
        self._note = ""
        self._has_line = False
        self._is_slim = False
        font = tabular(self.font())
        font.setPixelSize(FONT_SIZES[0])
        self.setFont(font)
        self._metrics = QFontMetricsF(font)
        self._line = self._metrics.height()
        grows, fixed = QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed
        self.setSizePolicy(*((grows, fixed) if side == "bottom" else (fixed, grows)))
        if side == "bottom":
            self.set_slim(False)
        else:
            self.start_over()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The ticks shown."""
        return self._marks

    @property
    def title(self) -> str:
        """What the axis is called."""
        return self._title

    @property
    def note(self) -> str:
        """What stands at the strip's end: the values under the mouse."""
        return self._note

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def start_over(self) -> None:
        """Be as narrow as at first, for another plane."""
        if self._side == "left":
            self.setFixedWidth(_LEAST_WIDTH)

    def set_slim(self, slim: bool) -> None:
        """Below the map, have room for the title alone, not for ticks."""
        self._is_slim = slim
        lines = self._line if slim else _TICK + 2 * self._line
        self.setFixedHeight(round(2 * _GAP + lines))

    def set_axis(
        self, title: str, marks: tuple[Mark, ...], minor: tuple[float, ...], *, line: bool
    ) -> None:
        """Show ticks at pixels along the strip; `line` draws the map's edge beside them."""
        self._title, self._marks, self._minor, self._has_line = title, marks, minor, line
        if self._side == "left" and marks:
            widest = max(self._metrics.horizontalAdvance(text) for _, text in marks)
            needed = widest + _TICK + _GAP + self._line + SPACE[0]
            if needed > self.width():
                self.setFixedWidth(-(-int(needed) // _STEP) * _STEP)
        self.update()

    def set_note(self, note: str) -> None:
        """Show the values under the mouse, or nothing."""
        if note != self._note:
            self._note = note
            self.update()

    def minimumSizeHint(self) -> QSize:
        """Along the map it takes what there is."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tokens.map_background))
        if self._side == "bottom":
            self._paint_bottom(painter)
        else:
            self._paint_left(painter)

    def _paint_bottom(self, painter: QPainter) -> None:
        width = float(self.width())
        painter.setPen(QPen(QColor(self._tokens.line), 1))
        if self._has_line:
            painter.drawLine(QPointF(0, 0.5), QPointF(width, 0.5))
        ascent = self._metrics.ascent()
        if self._is_slim:
            self._paint_title(painter, _GAP + ascent)
            return
        painter.setPen(QPen(QColor(self._tokens.muted), 1))
        for x, length in self._ticks():
            painter.drawLine(QPointF(x, 0.5), QPointF(x, length))
        end = -1e9
        for x, text in sorted(self._marks):
            room = self._metrics.horizontalAdvance(text)
            left = min(max(x - room / 2, 2.0), width - room - 2.0)
            if left > end + SPACE[1]:
                painter.drawText(QPointF(left, _TICK + _GAP / 2 + ascent), text)
                end = left + room
        self._paint_title(painter, _TICK + _GAP + self._line + ascent)

    def _paint_title(self, painter: QPainter, baseline: float) -> None:
        """In the middle, or as far left as the note needs; the note comes first."""
        width, advance = float(self.width()), self._metrics.horizontalAdvance
        free = width - SPACE[1]
        if self._note:
            free -= advance(self._note) + SPACE[2]
            painter.setPen(QColor(self._tokens.text))
            painter.drawText(QPointF(width - SPACE[1] - advance(self._note), baseline), self._note)
        text = self._metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, max(free, 0.0))
        left = max(0.0, min((width - advance(text)) / 2, free - advance(text)))
        painter.setPen(QColor(self._tokens.muted))
        painter.drawText(QPointF(left, baseline), text)

    def _paint_left(self, painter: QPainter) -> None:
        width, height = float(self.width()), float(self.height())
        painter.setPen(QPen(QColor(self._tokens.line), 1))
        if self._has_line:
            painter.drawLine(QPointF(width - 0.5, 0), QPointF(width - 0.5, height))
        painter.setPen(QPen(QColor(self._tokens.muted), 1))
        for y, length in self._ticks():
            painter.drawLine(QPointF(width - length, y), QPointF(width - 0.5, y))
        end = -1e9
        for y, text in sorted(self._marks):
            top = min(max(y - self._line / 2, 0.0), height - self._line)
            if top > end:
                right = width - _TICK - _GAP
                box = QRectF(0, top, right, self._line)
                align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(box, align, text)
                end = top + self._line
        painter.translate(self._metrics.ascent() + 2.0, height)
        painter.rotate(-90.0)
        title = self._metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, height)
        left = (height - self._metrics.horizontalAdvance(title)) / 2
        painter.drawText(QPointF(left, 0), title)

    def _ticks(self) -> list[tuple[float, float]]:
        """(place, length) of all of them."""
        major = [(place, _TICK) for place, _ in self._marks]
        return major + [(place, _MINOR) for place in self._minor]
