"""The sky's coordinate lines over the map, with the labels that stand in it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
)

from astromask_gui.rendering.graticule import Graticule, GraticuleLabel
from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES, Tokens
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.item import PixelItem

_LINE_ALPHA, _OUTLINE_ALPHA = 60, 150
_GAP = 6.0
_HALO = 5.0
_KEPT_TEXTS = 400


class GraticuleItem(PixelItem):
    """Draws a `Graticule`; nothing where there is none."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._graticule: Graticule | None = None
        self._with_edges = False
        self._texts: dict[str, tuple[QPainterPath, QPainterPath]] = {}
        self._font = tabular(QFont())
        self._font.setPixelSize(FONT_SIZES[0])
        self._metrics = QFontMetricsF(self._font)

    @property
    def graticule(self) -> Graticule | None:
        """What is drawn."""
        return self._graticule

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def set_graticule(self, graticule: Graticule | None, *, with_edges: bool = False) -> None:
        """Show other lines, or none; `with_edges` also the labels of the map's edges."""
        if graticule is not None or self._graticule is not None:
            self._graticule, self._with_edges = graticule, with_edges
            self.update()

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """Fine lines that leave the points their colours; texts with a halo."""
        drawn = self._graticule
        if drawn is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen(_LINE_ALPHA))
        painter.drawPath(_path(drawn.lines, mapping))
        if drawn.outline is not None:
            painter.setPen(self._pen(_OUTLINE_ALPHA))
            painter.drawPath(_path((drawn.outline,), mapping))
        sides = ("beside", "on", "left", "bottom") if self._with_edges else ("beside", "on")
        inner = [label for label in drawn.labels if label.side in sides]
        for place, text in self._apart(inner, mapping):
            self._paint_text(painter, place, text)

    def _pen(self, alpha: int) -> QPen:
        colour = QColor(self._tokens.text)
        colour.setAlpha(alpha)
        return QPen(colour, 1.0)

    def _apart(
        self, labels: list[GraticuleLabel], mapping: PixelMapping
    ) -> list[tuple[QPointF, str]]:
        """Baselines of the labels' texts, without those that would overlap an earlier one."""
        kept: list[QRectF] = []
        placed = []
        for label in labels:
            box = self._box(label, mapping)
            if not any(box.intersects(other) for other in kept):
                kept.append(box.adjusted(-_GAP, 0, _GAP, 0))
                placed.append((QPointF(box.left(), box.top() + self._metrics.ascent()), label.text))
        return placed

    def _box(self, label: GraticuleLabel, mapping: PixelMapping) -> QRectF:
        x, y = mapping.to_pixels(np.array([[label.x, label.y]]))[0]
        width, height = self._metrics.horizontalAdvance(label.text), self._metrics.height()
        if label.side == "left":
            return QRectF(_GAP, y - height / 2, width, height)
        if label.side == "bottom":
            return QRectF(x - width / 2, mapping.height - height - 1.0, width, height)
        if label.side == "beside":
            return QRectF(max(x - width - _GAP, 0.0), y - height / 2, width, height)
        return QRectF(x + _GAP / 2, y + 1.0, width, height)

    def _paint_text(self, painter: QPainter, place: QPointF, text: str) -> None:
        if text not in self._texts:
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.clear()
            path = QPainterPath()
            path.addText(QPointF(0, 0), self._font, text)
            stroker = QPainterPathStroker()
            stroker.setWidth(_HALO)
            self._texts[text] = path, stroker.createStroke(path)
        shape, halo = self._texts[text]
        painter.save()
        painter.translate(place)
        painter.fillPath(halo, QColor(self._tokens.map_background))
        painter.fillPath(shape, QColor(self._tokens.text))
        painter.restore()


def _path(curves: tuple[np.ndarray, ...], mapping: PixelMapping) -> QPainterPath:
    """The curves in pixels, interrupted where they are NaN."""
    if not curves:
        return QPainterPath()
    gap = np.full((1, 2), np.nan)
    joined = np.concatenate([part for curve in curves for part in (curve, gap)])
    pixels = mapping.to_pixels(joined)
    # Far outside, Qt's integers overflow.
    far = 1e5
    pixels[(np.abs(pixels) > far).any(axis=1)] = np.nan
    path: QPainterPath = pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="finite")
    return path
