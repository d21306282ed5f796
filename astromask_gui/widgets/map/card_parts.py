"""What a card is made of: the galaxy's picture, and lines of names and values."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.style import tabular
from astromask_gui.widgets.map.card_facts import Line

SIDE = 96
"""Of the picture: two screen pixels a thumbnail's pixel."""
_LINE = 19
_SWATCH, _INDENT = 8, 13
_GAP = 8
_BADGE = 16


class CardPicture(QWidget):
    """A thumbnail pixel by pixel on black; a plain square while it is awaited."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SIDE, SIDE)
        self._image: QImage | None = None
        self._grade: str | None = None

    @property
    def image(self) -> QImage | None:
        """What is shown."""
        return self._image

    def set_image(self, image: QImage | None) -> None:
        """Show a picture, or the square that stands for one."""
        self._image = image
        self.update()

    def set_grade(self, grade: str | None) -> None:
        """Show a grade in the picture's corner."""
        if grade != self._grade:
            self._grade = grade
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self._image is None:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Mid))
        else:
            painter.drawImage(self.rect(), self._image)
        if self._grade is not None:
            badge = QRectF(SIDE - _BADGE - 2, 2, _BADGE, _BADGE)
            painter.fillRect(badge, QColor(GRADE_COLOURS[self._grade]))
            painter.setPen(QColor("#101216"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self._grade)


class CardLines(QWidget):
    """Names on the left, values on the right, figures below each other."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self.setFont(tabular(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other values."""
        if tuple(lines) != self._lines:
            if len(lines) != len(self._lines):
                self.updateGeometry()
            self._lines = tuple(lines)
            self.setAccessibleName("; ".join(f"{line.name} {line.value}" for line in lines))
            self.update()

    def hint_at(self, y: float) -> str:
        """The whole line at a height, where it is shortened; empty where it isn't."""
        place = int(y // _LINE)
        if not 0 <= place < len(self._lines):
            return ""
        line = self._lines[place]
        fits = _fitting(line, self.fontMetrics(), self._room(line)) == (line.name, line.value)
        return "" if fits else f"{line.name}: {line.value}"

    def _room(self, line: Line) -> float:
        return self.width() - (0 if line.colour is None else _INDENT)

    def sizeHint(self) -> QSize:
        return QSize(120, _LINE * len(self._lines))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics = self.palette(), self.fontMetrics()
        muted = palette.color(QPalette.ColorRole.PlaceholderText)
        text = palette.color(QPalette.ColorRole.Text)
        for place, line in enumerate(self._lines):
            box = QRectF(0, place * _LINE, self.width(), _LINE)
            if line.colour is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(line.colour))
                top = box.center().y() - _SWATCH / 2
                painter.drawEllipse(QRectF(0, top, _SWATCH, _SWATCH))
                box.setLeft(_INDENT)
            name, value = _fitting(line, metrics, self._room(line))
            painter.setPen(muted)
            painter.drawText(box, _LEFT, name)
            painter.setPen(text)
            painter.drawText(box, _RIGHT, value)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _fitting(line: Line, metrics: QFontMetrics, width: float) -> tuple[str, str]:
    """Name and value, shortened so that both fit: the value has the right of way, yet leaves a
    third to the name."""
    room = width - _GAP
    name_width = metrics.horizontalAdvance(line.name)
    value_room = max(room - name_width, room * 2 / 3)
    value = metrics.elidedText(line.value, Qt.TextElideMode.ElideRight, int(value_room))
    name_room = room - metrics.horizontalAdvance(value)
    return metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, int(name_room) + 1), value
