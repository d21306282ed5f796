"""A galaxy's tile as every list of galaxies draws it: picture on black, marks, grade, caption."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QBrush, QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from astromask_gui.parts.tile_grid import CAPTION_HEIGHT
from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.style import tabular
from astromask_gui.theme import tokens

_BADGE = 16
_ON_BADGE = QColor("#101216")
_BLACK = QColor(0, 0, 0)
_MOST_ELIDED = 4000


@dataclass(frozen=True)
class TileMarks:
    """What is to be seen of a galaxy beside its pixels."""

    is_active: bool = False
    is_hovered: bool = False
    is_selected: bool = False
    grade: str | None = None


class TilePainter:
    """Draws tiles in one style and font; made anew for others."""

    def __init__(self, style: str, font: QFont) -> None:
        look = tokens(style)
        self.font = tabular(QFont(font))
        self._metrics = QFontMetrics(self.font)
        self._elided: dict[tuple[str, int], str] = {}
        self._muted, self._skeleton = QColor(look.muted), QBrush(QColor(look.raised))
        # On black the light style's own colours would be too dark.
        dark = tokens("dark")
        self._active = QPen(QColor(dark.accent), 2)
        self._selected = QPen(QColor(dark.selection), 2)
        self._hovered = QPen(QColor(dark.text), 1)
        for pen in (self._active, self._selected):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)

    def begin(self, painter: QPainter) -> None:
        """Set the painter up; once for all tiles."""
        painter.setFont(self.font)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)

    def draw(
        self,
        painter: QPainter,
        box: QRect,
        image: QImage | None,
        caption: str = "",
        marks: TileMarks | None = None,
    ) -> None:
        """A tile with its picture in `box`; without an image its place is held by a skeleton."""
        if image is None:
            painter.fillRect(box, self._skeleton)
        else:
            painter.drawImage(box, image)
        if marks is not None:
            self._draw_marks(painter, box, marks)
        if caption:
            painter.setPen(self._muted)
            below = QRect(box.x(), box.bottom() + 1, box.width(), CAPTION_HEIGHT)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._fitted(caption, box))

    def _draw_marks(self, painter: QPainter, box: QRect, marks: TileMarks) -> None:
        # The pens are two pixels wide, half of them on either side of the line.
        if marks.is_active:
            painter.setPen(self._active)
            painter.drawRect(box.adjusted(1, 1, -1, -1))
        if marks.is_selected:
            inset = 3 if marks.is_active else 1
            painter.setPen(self._selected)
            painter.drawRect(box.adjusted(inset, inset, -inset, -inset))
        if marks.is_hovered and not marks.is_active:
            painter.setPen(self._hovered)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if marks.grade is not None:
            badge = QRect(box.right() - _BADGE - 3, box.y() + 4, _BADGE, _BADGE)
            painter.fillRect(badge, QColor(GRADE_COLOURS[marks.grade]))
            painter.setPen(_ON_BADGE)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, marks.grade)

    def _fitted(self, caption: str, box: QRect) -> str:
        key = (caption, box.width())
        text = self._elided.get(key)
        if text is None:
            if len(self._elided) > _MOST_ELIDED:
                self._elided.clear()
            middle = Qt.TextElideMode.ElideMiddle
            # Only so much of it can be seen; a text may have a million characters.
            short = caption[:200].replace("\n", " ")
            text = self._elided[key] = self._metrics.elidedText(short, middle, box.width())
        return text
