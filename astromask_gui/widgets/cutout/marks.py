"""What is drawn over a cutout: the model's crop, the scale bar, the compass."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from astromask_gui.parts.picture_view import PictureView
from astromask_gui.state.cutout import CutoutState
from astromask_gui.state.display import Display

_SCALE_LENGTHS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
"""Lengths of the scale bar, arcsec."""
_MARGIN = 10.0
_ARROW = 22.0
"""Length of the compass's arrows, screen pixels."""
_INK, _SHADE = QColor(255, 255, 255, 220), QColor(0, 0, 0, 150)


def scale_length(pixel_scale: float, width: float) -> float:
    """Length of the scale bar in arcsec: the largest round one within a third of `width` pixels."""
    widest = pixel_scale * width / 3
    return max((n for n in _SCALE_LENGTHS if n <= widest), default=_SCALE_LENGTHS[0])


class CutoutMarks:
    """Draws over a picture of a whole cutout, and keeps to the part that is on screen."""

    def __init__(self, picture: PictureView, display: Display, cutout: CutoutState) -> None:
        self._picture, self._display, self._cutout = picture, display, cutout
        picture.add_overlay(self._draw_crop)
        picture.add_overlay(self._draw_scale)
        picture.add_overlay(self._draw_compass)
        cutout.grid_changed.connect(picture.update)

    def _draw_crop(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        image, crop = self._picture.image, self._display.survey.crop
        if image is None or crop is None or crop >= max(image.width(), image.height()):
            return
        side = crop * scale
        box = QRectF(0, 0, side, side)
        box.moveCenter(rectangle.center())
        painter.setPen(QPen(QColor(255, 255, 255, 150), 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)

    def _draw_scale(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        pixel_scale = self._display.survey.pixel_scale
        if pixel_scale is None:
            return
        shown = rectangle.intersected(QRectF(self._picture.rect()))
        arcsec = scale_length(pixel_scale, shown.width() / scale)
        length = arcsec / pixel_scale * scale
        corner = shown.bottomLeft() + QPointF(_MARGIN, -_MARGIN)
        ends = corner, corner + QPointF(length, 0)
        text = f"{arcsec:g}″"
        # Readable on bright sky too: some stretches have it.
        height = painter.fontMetrics().height()
        width = max(length, painter.fontMetrics().horizontalAdvance(text)) + 10
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_SHADE)
        painter.drawRoundedRect(
            QRectF(corner.x() - 5, corner.y() - height - 4, width, height + 9), 3, 3
        )
        painter.setPen(QPen(_INK, 1.5))
        painter.drawLine(*ends)
        painter.drawText(corner + QPointF(0, -5), text)

    def _draw_compass(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        grid = self._cutout.grid
        if grid is None or not grid.stated:
            return
        shown = rectangle.intersected(QRectF(self._picture.rect()))
        arrows = [QPointF(right, -up) * _ARROW for right, up in grid.directions()]
        # Its corner is where both arrows and their letters have room.
        reach = _ARROW + 14
        origin = QPointF(shown.right() - reach, shown.bottom() - reach)
        for arrow, letter in zip(arrows, "NE", strict=True):
            for colour, width in ((_SHADE, 3.5), (_INK, 1.5)):
                painter.setPen(QPen(colour, width))
                painter.drawLine(origin, origin + arrow)
            box = QRectF(0, 0, 16, 16)
            box.moveCenter(origin + arrow * (1 + 9 / _ARROW))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
