"""The picture by which other programs show this one: a tilted galaxy on black."""

from __future__ import annotations

from PyQt6.QtCore import QBuffer, QIODevice, QPointF
from PyQt6.QtGui import QColor, QImage, QPainter, QRadialGradient

_SIDE = 48


def make_icon() -> bytes:
    """A PNG file."""
    image = QImage(_SIDE, _SIDE, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0))
    light = QRadialGradient(QPointF(0, 0), _SIDE / 2)
    for share, colour in ((0.0, "#fff4d6"), (0.18, "#ffd166"), (0.5, "#5b9dff"), (1.0, "#000000")):
        light.setColorAt(share, QColor(colour))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(_SIDE / 2, _SIDE / 2)
    painter.rotate(-35)
    painter.scale(1.0, 0.42)
    painter.setPen(QColor(0, 0, 0, 0))
    painter.setBrush(light)
    painter.drawEllipse(QPointF(0, 0), _SIDE / 2, _SIDE / 2)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
