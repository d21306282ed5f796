"""The loss on the hidden patches: a number and a bar for all bands and for each."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.parts.value_text import figures
from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES

_CELL, _HEIGHT, _BAR, _GAP = 46, 22, 3, 7
"""Least width of a cell, its height, height of its bar, and room between two, screen pixels."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LossBars(QWidget):
    """Cells beside each other, in as many lines as they need; the worst band's bar is full."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: list[tuple[str, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        font = tabular(self.font())
        font.setPixelSize(FONT_SIZES[0])
        self.setFont(font)
        self.setToolTip(
            "Mean squared error on the hidden patches, in the model's scaled units: all bands,"
            " then each"
        )

    def set_losses(self, losses: Sequence[tuple[str, float]]) -> None:
        """Show (name, loss) pairs, the first that of all bands."""
        self._losses = list(losses)
        self.setAccessibleName("Loss: " + self.text())
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """ "all 0.300   u 0.100   g 0.200"."""
        return "   ".join(f"{name} {_loss_text(loss)}" for name, loss in self._losses)

    def sizeHint(self) -> QSize:
        return QSize(6 * _CELL, self._lines() * _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_CELL, self._lines() * _HEIGHT)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self.updateGeometry()

    def _columns(self) -> int:
        fitting = max((self.width() + _GAP) // (_CELL + _GAP), 1)
        return min(max(len(self._losses), 1), fitting)

    def _lines(self) -> int:
        return max(-(-len(self._losses) // self._columns()), 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, palette = QPainter(self), self.palette()
        greatest = max((loss for _, loss in self._losses if loss == loss), default=0.0)
        columns = self._columns()
        width = (self.width() - (columns - 1) * _GAP) / columns
        for place, (name, loss) in enumerate(self._losses):
            line, column = divmod(place, columns)
            left, top = column * (width + _GAP), line * _HEIGHT
            words = QRectF(left, top, width, _HEIGHT - _BAR - 4)
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(words, _LEFT, name)
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            painter.drawText(words, _RIGHT, _loss_text(loss))
            bar = QRectF(left, top + _HEIGHT - _BAR - 2, width, _BAR)
            painter.fillRect(bar, palette.color(QPalette.ColorRole.Mid))
            if greatest > 0 and loss == loss:
                bar.setWidth(width * loss / greatest)
                painter.fillRect(bar, palette.color(QPalette.ColorRole.Highlight))


def _loss_text(loss: float) -> str:
    """Three figures, two of a small loss: in a narrow panel a cell has room for no more."""
    return figures(loss, 3 if not loss < 0.1 else 2)
