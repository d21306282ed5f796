"""The aperture and the Einstein ring on the picture, and how the mouse moves them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from astromask_gui.parts.picture_view import PictureView, on_screen
from astromask_gui.state.measure import Measure, Shape

SKY = (1.5, 2.2)
"""The ring of sky, in units of the aperture."""
_HANDLE = 4.0
_SMALLEST, _FLATTEST = 0.5, 0.1
_APERTURE, _RING = QColor(86, 180, 233), QColor(255, 209, 102)


class ShapeTool:
    """Moves a shape when its inside is dragged, resizes and turns it by the handle on its long
    axis, flattens it by the one on the short axis."""

    def __init__(
        self, picture: PictureView, get: Callable[[], Shape | None], put: Callable[[Shape], None]
    ) -> None:
        self._picture, self._get, self._put = picture, get, put
        self._held = ""
        self._grip = (0.0, 0.0)

    def press(self, x: float, y: float, reach: float) -> bool:
        """Take the mouse over a handle or within the shape."""
        shape, image = self._get(), self._picture.image
        if shape is None or image is None:
            return False
        x, y = x - image.width() / 2, y - image.height() / 2
        for name, place in zip(("long", "short"), handles(shape), strict=True):
            if math.hypot(x - place.x(), y - place.y()) <= 1.5 * reach:
                self._held = name
                return True
        if is_inside(shape, x, y, reach):
            self._held, self._grip = "middle", (x - shape.x, y - shape.y)
            return True
        return False

    def drag(self, x: float, y: float) -> None:
        """Move what is held."""
        shape, image = self._get(), self._picture.image
        if shape is None or image is None:
            return
        x, y = x - image.width() / 2, y - image.height() / 2
        dx, dy = x - shape.x, y - shape.y
        if self._held == "middle":
            self._put(shape.moved(x - self._grip[0], y - self._grip[1]))
        elif self._held == "long":
            radius = max(math.hypot(dx, dy), _SMALLEST)
            # A circle has no direction; turning one would only show when it is flattened.
            angle = math.atan2(dy, dx) if shape.axis_ratio < 1 else shape.angle
            self._put(replace(shape, radius=radius, angle=angle))
        elif self._held == "short":
            across = abs(dy * math.cos(shape.angle) - dx * math.sin(shape.angle))
            ratio = min(max(across / shape.radius, _FLATTEST), 1.0)
            self._put(replace(shape, axis_ratio=1.0 if ratio > 0.97 else ratio))

    def release(self) -> None:
        """Let go."""
        self._held = ""


def handles(shape: Shape) -> tuple[QPointF, QPointF]:
    """The ends of the long and of the short axis."""
    cos, sin = math.cos(shape.angle), math.sin(shape.angle)
    short = shape.radius * shape.axis_ratio
    return (
        QPointF(shape.x + shape.radius * cos, shape.y + shape.radius * sin),
        QPointF(shape.x - short * sin, shape.y + short * cos),
    )


def is_inside(shape: Shape, x: float, y: float, reach: float = 0.0) -> bool:
    """Whether a place is within the shape, or within `reach` of it."""
    dx, dy = x - shape.x, y - shape.y
    cos, sin = math.cos(shape.angle), math.sin(shape.angle)
    along, across = dx * cos + dy * sin, dy * cos - dx * sin
    long, short = shape.radius + reach, shape.radius * shape.axis_ratio + reach
    return math.hypot(along / long, across / short) <= 1


class MeasureShapes:
    """Draws both shapes over a picture; the one whose tool is taken has its handles."""

    def __init__(self, picture: PictureView, measure: Measure, held: Callable[[], str]) -> None:
        self._picture, self._measure, self._held = picture, measure, held
        picture.add_overlay(self._draw)

    def _draw(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        held = self._held()
        if (aperture := self._measure.aperture) is not None:
            _draw_shape(painter, rectangle, scale, aperture, _APERTURE, held == "aperture")
            if held == "aperture":
                for factor in SKY:
                    sky = replace(aperture, radius=aperture.radius * factor)
                    _outline(painter, rectangle, scale, sky, _APERTURE, Qt.PenStyle.DotLine)
        if (ring := self._measure.ring) is not None:
            _draw_shape(painter, rectangle, scale, ring, _RING, held == "ring")


def _draw_shape(
    painter: QPainter, rectangle: QRectF, scale: float, shape: Shape, ink: QColor, is_held: bool
) -> None:
    _outline(painter, rectangle, scale, shape, ink, Qt.PenStyle.SolidLine)
    if not is_held:
        return
    middle = on_screen(rectangle, scale, shape.x, shape.y)
    painter.setPen(QPen(ink, 1.5))
    painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
    painter.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))
    painter.setPen(QPen(QColor(0, 0, 0), 1))
    painter.setBrush(ink)
    long, short = (on_screen(rectangle, scale, end.x(), end.y()) for end in handles(shape))
    painter.drawEllipse(long, _HANDLE, _HANDLE)
    painter.drawRect(QRectF(short.x() - 3, short.y() - 3, 6, 6))


def _outline(
    painter: QPainter,
    rectangle: QRectF,
    scale: float,
    shape: Shape,
    ink: QColor,
    style: Qt.PenStyle,
) -> None:
    painter.save()
    painter.translate(on_screen(rectangle, scale, shape.x, shape.y))
    # Qt turns clockwise.
    painter.rotate(-math.degrees(shape.angle))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    long, short = shape.radius * scale, shape.radius * shape.axis_ratio * scale
    for colour, width in ((QColor(0, 0, 0, 150), 3.0), (ink, 1.5)):
        painter.setPen(QPen(colour, width, style))
        painter.drawEllipse(QPointF(0, 0), long, short)
    painter.restore()
