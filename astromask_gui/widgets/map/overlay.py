"""What is drawn over the points: marks of single galaxies, and the outline being drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from astromask_gui.theme import Tokens
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.item import PixelItem

MOST_MARKS = 2000
"""Larger selections stand out by the brightness of their points alone."""
_FEW = 200
_REACH = 60
"""Marks are drawn up to so many pixels beyond the window's edge."""
_KEPT_RINGS = 64
SMALLEST_RADIUS = 1.5
"""Of a point that a ring is drawn about, in pixels."""
MARK_LOOKS = {
    "neighbours": (1.8, 2.5),
    "query": (3.0, 4.5),
    "active": (2.4, 5.0),
    "hovered": (1.6, 4.0),
}
"""Width of a ring and its distance from the point, in pixels."""


@dataclass(frozen=True)
class Marks:
    """Which rows are marked. Arrays hold row numbers."""

    active: int | None = None
    hovered: int | None = None
    selected: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint32))
    neighbours: np.ndarray = field(default_factory=lambda: np.empty(0, np.uint32))
    query: int | None = None
    query_position: tuple[float, float] | None = None
    """Place of a query from outside the survey."""

    def in_order_of_importance(self) -> np.ndarray:
        """(n,) int64: all marked rows, the one that matters most first, without repeats."""
        single = [row for row in (self.active, self.query) if row is not None]
        rows = np.concatenate([np.array(single, np.int64), self.neighbours, self.selected])
        _, first = np.unique(rows, return_index=True)
        return rows[np.sort(first)].astype(np.int64)


@dataclass(frozen=True)
class Outline:
    """A box or lasso on its way, in pixels."""

    shape: Literal["box", "lasso"]
    points: tuple[QPointF, ...]


class OverlayItem(PixelItem):
    """Draws `Marks` at their places and an `Outline` at the mouse."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._coordinates: np.ndarray | None = None
        self._marks = Marks()
        self._outline: Outline | None = None
        self._radius = 3.0
        self._sides: dict[int, float] = {}
        self._rings: dict[tuple[str, str, float, float, float], QPixmap] = {}

    @property
    def marks(self) -> Marks:
        """What is marked now."""
        return self._marks

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another style."""
        self._tokens = tokens
        self.update()

    def set_coordinates(self, coordinates: np.ndarray | None) -> None:
        """(N, 2) places of all rows."""
        self._coordinates = coordinates
        self.update()

    def set_marks(self, marks: Marks) -> None:
        """Mark other rows."""
        self._marks = marks
        self.update()

    def set_outline(self, outline: Outline | None) -> None:
        """Show a box or lasso on its way, or none."""
        self._outline = outline
        self.update()

    def set_sizes(self, radius: float, sides: dict[int, float]) -> None:
        """Radius of the points, and sides of the pictures that stand for some rows, in pixels."""
        self._radius, self._sides = radius, sides
        self.update()

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """Many faint marks first, the one that matters most last."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks, tokens = self._marks, self._tokens
        if self._coordinates is not None:
            width, gap = look_of_selected(len(marks.selected))
            selected = uncovered(marks.selected, self._coordinates, self._sides, mapping)
            self._paint_rows(painter, mapping, selected, tokens.selection, width, gap)
            neighbours = uncovered(marks.neighbours, self._coordinates, self._sides, mapping)
            look = MARK_LOOKS["neighbours"]
            self._paint_rows(painter, mapping, neighbours, tokens.query, *look)
            self._paint_row(painter, mapping, marks.query, tokens.query, "query")
            self._paint_row(painter, mapping, marks.active, tokens.accent, "active")
            self._paint_row(painter, mapping, marks.hovered, tokens.text, "hovered")
        if marks.query_position is not None:
            place = mapping.to_pixels(np.array([marks.query_position]))[0]
            self._paint_diamond(painter, QPointF(*place))
        if self._outline is not None:
            self._paint_outline(painter, self._outline)

    def _paint_row(
        self,
        painter: QPainter,
        mapping: PixelMapping,
        row: int | None,
        colour: str,
        look: str,
    ) -> None:
        if row is not None:
            self._paint_rows(painter, mapping, np.array([row]), colour, *MARK_LOOKS[look])

    def _paint_rows(
        self,
        painter: QPainter,
        mapping: PixelMapping,
        rows: np.ndarray,
        colour: str,
        width: float,
        gap: float,
    ) -> None:
        """Rings about points, frames about pictures."""
        assert self._coordinates is not None
        rows = rows[rows < len(self._coordinates)]
        if not rows.size:
            return
        pixels = mapping.to_pixels(self._coordinates[rows])
        inside = _is_in_view(pixels, mapping)
        ring = self._ring(colour, width, self._radius + gap, painter)
        half = ring.width() / ring.devicePixelRatio() / 2
        for row, (x, y) in zip(rows[inside], pixels[inside], strict=True):
            side = self._sides.get(int(row))
            if side is None:
                painter.drawPixmap(QPointF(x - half, y - half), ring)
            else:
                reach = (side + width) / 2
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRoundedRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), 3, 3)

    def _ring(self, colour: str, width: float, radius: float, painter: QPainter) -> QPixmap:
        """A ring with a dark halo that keeps it apart from the crowd; drawn once, stamped often."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        key = (colour, self._tokens.map_background, width, round(radius, 1), ratio)
        if key not in self._rings:
            if len(self._rings) > _KEPT_RINGS:
                self._rings.clear()
            self._rings[key] = _draw_ring(*key)
        return self._rings[key]

    def _paint_diamond(self, painter: QPainter, place: QPointF) -> None:
        """Mark of a galaxy that is not part of the survey."""
        shape = diamond(place, 1.0)
        painter.setPen(QPen(halo(self._tokens.map_background), 4))
        painter.drawPolygon(shape)
        painter.setBrush(QColor(self._tokens.query))
        painter.setPen(QPen(QColor(self._tokens.text), 1.2))
        painter.drawPolygon(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_outline(self, painter: QPainter, outline: Outline) -> None:
        colour = QColor(self._tokens.selection)
        painter.setPen(QPen(colour, 1.4, Qt.PenStyle.DashLine))
        colour.setAlpha(28)
        painter.setBrush(colour)
        if outline.shape == "box":
            painter.drawRect(QRectF(outline.points[0], outline.points[-1]).normalized())
        else:
            painter.drawPolygon(QPolygonF(list(outline.points)), Qt.FillRule.WindingFill)


def diamond(place: QPointF, unit: float) -> QPolygonF:
    """The shape that marks a galaxy from outside the survey; `unit` is the size of a pixel."""
    half = 8.0 * unit
    corners = [(0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0)]
    return QPolygonF([place + QPointF(dx, dy) for dx, dy in corners])


def look_of_selected(count: int) -> tuple[float, float]:
    """Width and distance of so many rings: many would hide the colours of what they mark."""
    return (1.6, 1.5) if count <= _FEW else (1.0, 0.5)


def uncovered(
    rows: np.ndarray, coordinates: np.ndarray, sides: dict[int, float], mapping: PixelMapping
) -> np.ndarray:
    """Those of `rows` that don't lie under another galaxy's picture: a ring on that would seem to
    mark something in it. `sides` of the pictures, in pixels."""
    rows = rows[rows < len(coordinates)]
    if not sides or not rows.size:
        return rows
    places = mapping.to_pixels(coordinates[rows])
    in_view = _is_in_view(places, mapping)
    rows, places = rows[in_view], places[in_view]
    pictured = np.array(list(sides))
    pictures = mapping.to_pixels(coordinates[pictured])
    apart = np.abs(places[:, None] - pictures[None]).max(axis=2).min(axis=1)
    covered = apart <= max(sides.values()) / 2
    bare: np.ndarray = rows[~covered | np.isin(rows, pictured)]
    return bare


def _is_in_view(pixels: np.ndarray, mapping: PixelMapping) -> np.ndarray:
    """(n,) bool: positions (n, 2) in the window or near its edge."""
    inside = (pixels > -_REACH).all(axis=1)
    inside &= (pixels < (mapping.width + _REACH, mapping.height + _REACH)).all(axis=1)
    return np.asarray(inside)


def _draw_ring(colour: str, background: str, width: float, radius: float, ratio: float) -> QPixmap:
    side = 2 * (radius + width + 2)
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    centre = QPointF(side / 2, side / 2)
    pens = [QPen(halo(background), width + 2), QPen(QColor(colour), width)]
    for pen in pens if width > 1 else pens[1:]:
        painter.setPen(pen)
        painter.drawEllipse(centre, radius, radius)
    painter.end()
    return pixmap


def halo(background: str) -> QColor:
    """What keeps a mark apart from the crowd around it."""
    colour = QColor(background)
    colour.setAlpha(150)
    return colour
