"""A galaxy's tile as every list of galaxies draws it: picture on black, marks, grade, caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QStaticText

from astromask_gui.parts.tile_grid import CAPTION_HEIGHT
from astromask_gui.rendering.colouring import GRADE_COLOURS
from astromask_gui.style import tabular
from astromask_gui.theme import tokens

_BADGE = 16
_ON_BADGE = QColor("#101216")
_MOST_CAPTIONS = 4000


@dataclass(frozen=True)
class TileMarks:
    """What is to be seen of a galaxy beside its pixels."""

    is_active: bool = False
    is_hovered: bool = False
    is_selected: bool = False
    grade: str | None = None


class Tile(NamedTuple):
    """One tile: where its picture is, and what is on and below it."""

    x: int
    y: int
    image: QImage | None
    caption: str = ""
    marks: TileMarks | None = None


@dataclass(frozen=True)
class _Caption:
    """A text that has been laid out, and where it begins below a tile."""

    text: QStaticText
    right: int
    down: int


class TilePainter:
    """Draws tiles in one style and font; made anew for others."""

    def __init__(self, style: str, font: QFont) -> None:
        look = tokens(style)
        self.font = tabular(QFont(font))
        self._metrics = QFontMetrics(self.font)
        self._captions: dict[tuple[str, int], _Caption] = {}
        self._muted, self._skeleton = QPen(QColor(look.muted)), QColor(look.raised)
        # On black the light style's own colours would be too dark.
        dark = tokens("dark")
        self._active = QPen(QColor(dark.accent), 2)
        self._selected = QPen(QColor(dark.selection), 2)
        self._hovered = QPen(QColor(dark.text), 1)
        for pen in (self._active, self._selected):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)

    def draw(self, painter: QPainter, tiles: Sequence[Tile], side: int) -> None:
        """Tiles with pictures of so many pixels a side; skeletons where there is none yet.

        All pictures, then all captions, then all marks: changing pens takes its time.
        """
        painter.setFont(self.font)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        ratio = _ratio_of(painter)
        skeletons = [QRect(tile.x, tile.y, side, side) for tile in tiles if tile.image is None]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._skeleton)
        if skeletons:
            painter.drawRects(*skeletons)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tile in tiles:
            if tile.image is None:
                continue
            if ratio == 1 and tile.image.width() == side:
                painter.drawImage(tile.x, tile.y, tile.image)
            else:
                painter.drawImage(QRect(tile.x, tile.y, side, side), tile.image)
        painter.setPen(self._muted)
        for tile in tiles:
            if tile.caption:
                known = self._captions.get((tile.caption, side))
                laid_out = known or self._lay_out(tile.caption, side)
                x, y = tile.x + laid_out.right, tile.y + side + laid_out.down
                painter.drawStaticText(x, y, laid_out.text)
        for tile in tiles:
            if tile.marks is not None:
                box = QRect(tile.x, tile.y, side, side)
                self._draw_marks(painter, box, tile.marks)

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

    def _lay_out(self, caption: str, side: int) -> _Caption:
        if len(self._captions) > _MOST_CAPTIONS:
            self._captions.clear()
        # Only so much of it can be seen; a text may have a million characters.
        short = caption[:200].replace("\n", " ")
        text = QStaticText(self._metrics.elidedText(short, Qt.TextElideMode.ElideMiddle, side))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.prepare(font=self.font)
        right = (side - round(text.size().width())) // 2
        down = (CAPTION_HEIGHT - self._metrics.height()) // 2 + 1
        made = self._captions[caption, side] = _Caption(text, right, down)
        return made


def _ratio_of(painter: QPainter) -> float:
    device = painter.device()
    return 1.0 if device is None else device.devicePixelRatioF()
