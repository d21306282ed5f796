"""Paints a figure of the map with any painter: of a picture, a PDF page or an SVG drawing."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QBrush, QColor, QImage, QLinearGradient, QPainter, QPen, QPolygonF

from astromask_gui.rendering.figure_curves import clipped
from astromask_gui.rendering.figure_layout import LINE, MINOR_TICK, TICK, Box, PlacedBar
from astromask_gui.rendering.figure_legend import PlacedKey
from astromask_gui.widgets.map.figure import Figure, figure_font
from astromask_gui.widgets.map.figure_marks import paint_marks

_STOPS = 33
"""Of the colour bar's gradient."""
_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_FAR = 20_000.0


class FigurePainter:
    """Paints one `Figure` in the layout's units."""

    def __init__(self, painter: QPainter, figure: Figure) -> None:
        self._painter = painter
        self._figure = figure
        self._layout = figure.layout
        self._text = QColor(figure.look.text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(figure_font(figure.layout.text))

    def paint(self, points: QImage | None) -> None:
        """Everything; `points` is None where their picture is on the page already."""
        layout, figure = self._layout, self._figure
        if points is not None:
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.fillRect(_rect(layout.page), QColor(figure.look.background))
            self._painter.drawImage(_rect(layout.plot), points)
        if layout.frame:
            self._paint_curves()
        if figure.options.marks:
            paint_marks(self._painter, figure)
        if layout.frame:
            self._paint_frame()
            self._paint_x_ticks()
            self._paint_y_ticks()
            self._paint_inner_labels()
        self._paint_title()
        for key in layout.keys:
            self._paint_key(key)
        if layout.bar is not None:
            self._paint_bar(layout.bar)

    def _write(self, text: str, x: float, y: float, align: Qt.AlignmentFlag = _CENTRE) -> None:
        """A text whose middle, left end or right end is at (x, y)."""
        if not text:
            return
        left = x - (_FAR if align == _RIGHT else 0 if align == _LEFT else _FAR / 2)
        metrics = self._painter.fontMetrics()
        # Placed by hand on its baseline: flags of drawText round to whole pixels in some engines.
        width = metrics.horizontalAdvance(text)
        start = left if align == _LEFT else left + (_FAR - width) / (1 if align == _RIGHT else 2)
        self._painter.drawText(QPointF(start, y + metrics.capHeight() / 2), text)

    def _pen(self, width: float = LINE, colour: QColor | None = None) -> None:
        pen = QPen(colour or self._text, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    def _places(self, places: np.ndarray) -> np.ndarray:
        """(n, 2) page positions of (n, 2) map coordinates."""
        plot = self._layout.plot
        pixels = self._figure.mapping.to_pixels(places) * self._figure.per_pixel
        positions: np.ndarray = pixels + np.array([plot.x, plot.y])
        return positions

    def _paint_curves(self) -> None:
        colour = QColor(self._figure.look.muted)
        colour.setAlphaF(0.55)
        self._pen(0.6 * LINE, colour)
        plot = self._layout.plot
        for curve in self._layout.axes.curves:
            for piece in clipped(self._places(curve), (plot.x, plot.y), (plot.right, plot.bottom)):
                self._painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in piece]))

    def _paint_frame(self) -> None:
        self._pen()
        self._painter.drawRect(_rect(self._layout.plot))

    def _paint_x_ticks(self) -> None:
        layout, ticks = self._layout, self._layout.axes.x
        plot, text = layout.plot, layout.text
        y0 = self._figure.view.y0
        self._pen()
        for places, length in ((ticks.places, TICK), (ticks.minor, MINOR_TICK)):
            for place in places:
                x = self._places(np.array([[place, y0]]))[0, 0]
                self._painter.drawLine(QPointF(x, plot.bottom), QPointF(x, plot.bottom + length))
        line = plot.bottom + TICK + text * 0.8
        for place, words in zip(ticks.places, ticks.texts, strict=True):
            x = self._places(np.array([[place, y0]]))[0, 0]
            self._write(words, x, line)
        self._write(layout.axes.x_label, plot.x + plot.width / 2, layout.x_label_y)
        self._write(ticks.offset, plot.right, layout.x_label_y, _RIGHT)

    def _paint_y_ticks(self) -> None:
        layout, ticks = self._layout, self._layout.axes.y
        plot, text = layout.plot, layout.text
        x0 = self._figure.view.x0
        self._pen()
        for places, length in ((ticks.places, TICK), (ticks.minor, MINOR_TICK)):
            for place in places:
                y = self._places(np.array([[x0, place]]))[0, 1]
                self._painter.drawLine(QPointF(plot.x - length, y), QPointF(plot.x, y))
        for place, words in zip(ticks.places, ticks.texts, strict=True):
            y = self._places(np.array([[x0, place]]))[0, 1]
            self._write(words, plot.x - TICK - text * 0.25, y, _RIGHT)
        self._write(ticks.offset, plot.x, plot.y - text * 0.8, _LEFT)
        self._write_turned(layout.axes.y_label, layout.y_label_x, plot.y + plot.height / 2)

    def _write_turned(self, text: str, x: float, y: float) -> None:
        self._painter.save()
        self._painter.translate(x, y)
        self._painter.rotate(-90)
        self._write(text, 0, 0)
        self._painter.restore()

    def _paint_inner_labels(self) -> None:
        """Each on a ground of its own, those left out that would lie on another or off the map."""
        ground = QColor(self._figure.look.background)
        ground.setAlphaF(0.8)
        text, plot = self._layout.text, _rect(self._layout.plot)
        taken: list[QRectF] = []
        for label in self._layout.axes.inner:
            x, y = self._places(np.array([[label.x, label.y]]))[0]
            width = self._painter.fontMetrics().horizontalAdvance(label.text) + 0.3 * text
            middle = x - 0.25 * text - width / 2 if label.side == "beside" else x
            place = QRectF(middle - width / 2, y - 0.55 * text, width, 1.1 * text)
            if plot.contains(place) and not any(place.intersects(other) for other in taken):
                taken.append(place)
                self._painter.fillRect(place, ground)
                self._pen()
                self._write(label.text, middle, y)

    def _paint_title(self) -> None:
        layout = self._layout
        if layout.title:
            font = figure_font(layout.text * 1.2)
            self._pen()
            self._painter.setFont(font)
            self._write(layout.title, layout.plot.x + layout.plot.width / 2, layout.text * 1.1)
            self._painter.setFont(figure_font(layout.text))

    def _paint_key(self, placed: PlacedKey) -> None:
        key, side = placed.key, self._layout.text * 0.72
        swatch = QRectF(placed.x, placed.y - side / 2, side, side)
        colour = QColor(key.colour) if key.colour else self._text
        if key.kind == "swatch":
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(colour)
            self._painter.drawRect(swatch)
        elif key.kind == "ring":
            self._pen(side * 0.16, colour)
            inset = side * 0.08
            self._painter.drawEllipse(swatch.adjusted(inset, inset, -inset, -inset))
        elif key.kind == "open":
            self._pen(side * 0.2, colour)
            inset = side * 0.2
            self._painter.drawEllipse(swatch.adjusted(inset, inset, -inset, -inset))
        self._pen()
        self._write(key.label, placed.label_x, placed.y, _LEFT)
        self._pen(LINE, QColor(self._figure.look.muted))
        self._write(key.count, placed.count_right, placed.y, _RIGHT)

    def _paint_bar(self, bar: PlacedBar) -> None:
        box = bar.box
        tip = box.width * 0.9
        low = box.bottom - (tip if bar.beyond[0] else 0)
        high = box.y + (tip if bar.beyond[1] else 0)
        gradient = QLinearGradient(QPointF(0, low), QPointF(0, high))
        table = self._figure.bar_colours
        for number in range(_STOPS):
            share = number / (_STOPS - 1)
            red, green, blue = (int(value) for value in table[round(share * (len(table) - 1))])
            gradient.setColorAt(share, QColor(red, green, blue))
        self._pen()
        self._painter.setBrush(QBrush(gradient))
        self._painter.drawPolygon(_bar_outline(box, low, high))
        self._pen()
        for places, length in ((bar.ticks.places, TICK), (bar.ticks.minor, MINOR_TICK)):
            for share in places:
                y = low + share * (high - low)
                self._painter.drawLine(QPointF(box.right, y), QPointF(box.right + length, y))
        start = box.right + TICK + self._layout.text * 0.25
        for share, words in zip(bar.ticks.places, bar.ticks.texts, strict=True):
            self._write(words, start, low + share * (high - low), _LEFT)
        label = f"{bar.label}  {bar.ticks.offset}".strip()
        self._write_turned(label, bar.label_x, box.y + box.height / 2)


def _bar_outline(box: Box, low: float, high: float) -> QPolygonF:
    """A bar, with tips where values lie beyond its ends."""
    middle = box.x + box.width / 2
    corners = (
        [(box.x, high), (middle, box.y), (box.right, high)]
        if high > box.y
        else [
            (box.x, box.y),
            (box.right, box.y),
        ]
    )
    if low < box.bottom:
        corners += [(box.right, low), (middle, box.bottom), (box.x, low)]
    else:
        corners += [(box.right, box.bottom), (box.x, box.bottom)]
    return QPolygonF([QPointF(x, y) for x, y in corners])


def _rect(box: Box) -> QRectF:
    return QRectF(*box)
