"""Rings and frames of single galaxies on a figure, as lines that stay sharp at any size."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from astromask_gui.rendering.figure_layout import LINE
from astromask_gui.widgets.map.figure import Figure, borrowed_image
from astromask_gui.widgets.map.overlay import (
    MARK_LOOKS,
    SMALLEST_RADIUS,
    diamond,
    halo,
    look_of_selected,
    uncovered,
)

MOST_LINES = 500
"""More rings than this are pixels as the points are: Qt packs a page's lines in one go, and no
other thread runs meanwhile."""


def add_many_selected(figure: Figure) -> None:
    """Rings of a large selection onto the picture of the points."""
    if not figure.options.marks or len(figure.scene.marks.selected) <= MOST_LINES:
        return
    image = borrowed_image(figure.points)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    plot = figure.layout.plot
    painter.scale(figure.points.shape[1] / plot.width, figure.points.shape[0] / plot.height)
    painter.translate(-plot.x, -plot.y)
    _Painting(painter, figure).selected()
    painter.end()


def paint_marks(painter: QPainter, figure: Figure) -> None:
    """Many faint marks first, the one that matters most last; only those on the plot."""
    marks, look = figure.scene.marks, figure.look.tokens
    painting = _Painting(painter, figure)
    if len(marks.selected) <= MOST_LINES:
        painting.selected()
    width, gap = MARK_LOOKS["neighbours"]
    painting.rows(marks.neighbours, look.query, width, gap)
    for row, name, colour in (
        (marks.query, "query", look.query),
        (marks.active, "active", look.accent),
    ):
        if row is not None:
            painting.rows(np.array([row]), colour, *MARK_LOOKS[name])
    if marks.query_position is not None:
        painting.diamond(marks.query_position)


class _Painting:
    """Marks in the figure's units, though sized as on the screen."""

    def __init__(self, painter: QPainter, figure: Figure) -> None:
        self._painter, self._figure = painter, figure
        pictures = figure.scene.pictures
        self._sides = pictures.sides() if figure.options.thumbnails else {}
        self._coordinates = figure.scene.coordinates
        self._unit = figure.per_pixel
        self._radius = max(figure.radius, SMALLEST_RADIUS)

    def selected(self) -> None:
        """All of the selection."""
        rows, colour = self._figure.scene.marks.selected, self._figure.look.tokens.selection
        self.rows(rows, colour, *look_of_selected(len(rows)))

    def rows(self, rows: np.ndarray, colour: str, width: float, gap: float) -> None:
        """Rings about points, frames about pictures."""
        mapping = self._figure.mapping
        rows = uncovered(rows, self._coordinates, self._sides, mapping)
        if not rows.size:
            return
        for row, (x, y) in zip(rows, mapping.to_pixels(self._coordinates[rows]), strict=True):
            # Not every painter can clip: a mark belongs to the map while its middle does.
            if 0 <= x <= mapping.width and 0 <= y <= mapping.height:
                self._mark(self._place(x, y), self._sides.get(int(row)), colour, width, gap)

    def diamond(self, position: tuple[float, float]) -> None:
        """A galaxy that is not part of the survey."""
        mapping, look = self._figure.mapping, self._figure.look
        x, y = mapping.to_pixels(np.array([position]))[0]
        if not (0 <= x <= mapping.width and 0 <= y <= mapping.height):
            return
        shape = diamond(self._place(x, y), self._unit)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(halo(look.background), 4 * self._unit))
        self._painter.drawPolygon(shape)
        self._painter.setBrush(QColor(look.tokens.query))
        self._painter.setPen(QPen(QColor(look.text), max(1.2 * self._unit, LINE)))
        self._painter.drawPolygon(shape)

    def _place(self, x: float, y: float) -> QPointF:
        plot = self._figure.layout.plot
        return QPointF(plot.x + x * self._unit, plot.y + y * self._unit)

    def _mark(
        self, place: QPointF, side: float | None, colour: str, width: float, gap: float
    ) -> None:
        painter, unit = self._painter, self._unit
        line = max(width * unit, LINE)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if side is not None:
            half = side * unit / 2 + line / 2
            painter.setPen(QPen(QColor(colour), line))
            frame = QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half)
            painter.drawRoundedRect(frame, 3 * unit, 3 * unit)
            return
        radius = (self._radius + gap) * unit
        if width > 1:
            painter.setPen(QPen(halo(self._figure.look.background), line + 2 * unit))
            painter.drawEllipse(place, radius, radius)
        painter.setPen(QPen(QColor(colour), line))
        painter.drawEllipse(place, radius, radius)
