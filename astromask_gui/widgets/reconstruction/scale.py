"""The colour bar of what lies over the input, with its ends and its words."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.parts.picture_view import to_image
from astromask_gui.rendering.heat import heat_table
from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES

_HEIGHT, _BAR, _ROOM = 16, 6, 6

_SURPRISE_TIP = (
    ".\nSurprise: how far the galaxy's error lies above that of galaxies of like contrast, in"
    " units of\ntheir scatter. Colour the map by it, or list the strangest beside the neighbours."
)
_MSE_TIP = ".\nMSE: mean squared error of a patch while it is hidden, in the model's scaled units"


class HeatScale(QWidget):
    """A line: lower end, bar, upper end, what it is; the words are cut where room is short."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends, self.words = ("0", "1"), ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = tabular(self.font())
        font.setPixelSize(FONT_SIZES[0])
        self.setFont(font)

    def set_scale(self, ends: tuple[str, str], words: str) -> None:
        """Say what the colours mean."""
        if (ends, words) != (self.ends, self.words):
            self.ends, self.words = ends, words
            tips = [(words, True), (_MSE_TIP, "MSE" in words),
                    (_SURPRISE_TIP, words.startswith("surprise"))]  # fmt: skip
            self.setToolTip("".join(tip for tip, applies in tips if applies))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        low, high = self.ends
        bar_width = min(max(self.width() // 6, 40), 160)
        left = 0.0
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, 80, _HEIGHT), middle, low)
        left += metrics.horizontalAdvance(low) + _ROOM
        bar = QRectF(left, (_HEIGHT - _BAR) / 2, bar_width, _BAR)
        painter.drawImage(bar, to_image(heat_table()[None]))
        left += bar_width + _ROOM
        painter.drawText(QRectF(left, 0, 80, _HEIGHT), middle, high)
        left += metrics.horizontalAdvance(high) + 2 * _ROOM
        room = max(self.width() - left, 0)
        words = metrics.elidedText(self.words, Qt.TextElideMode.ElideRight, int(room))
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(QRectF(left, 0, room, _HEIGHT), middle, words)
