"""The picture of a cutout as a file of its own: enlarged, with scale bar, compass and name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QBuffer, QIODevice, QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter, QPen

from astromask_gui.state.exports import CantBeMade, MadeFile
from astromask_gui.widgets.cutout.marks import scale_length

MAGNIFICATIONS = (1, 2, 4, 8, 16)
LARGEST_SIDE = 8000
"""Pixels of a picture at most."""
_INK, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 160)


@dataclass(frozen=True)
class CutoutScene:
    """What the viewer shows, as it was when it was asked for."""

    image: QImage
    """One pixel a pixel of the cutout."""
    name: str
    part: QRect
    """What of it is in view."""
    pixel_scale: float | None = None
    """Arcsec per pixel; None where it is not known."""
    compass: Sequence[tuple[float, float]] = ()
    """Where north and east are: right and up, of length 1; empty where it is not known."""


@dataclass(frozen=True)
class PictureOptions:
    """How the picture is made."""

    magnification: int = 4
    only_part: bool = False
    scale_bar: bool = True
    compass: bool = True
    name: bool = False


def size_of(scene: CutoutScene, options: PictureOptions) -> tuple[int, int]:
    """Width and height in pixels."""
    size = (scene.part if options.only_part else scene.image.rect()).size()
    return size.width() * options.magnification, size.height() * options.magnification


def draw_picture(scene: CutoutScene, options: PictureOptions) -> QImage:
    """The picture. Raises `CantBeMade` where it would be too large."""
    width, height = size_of(scene, options)
    if max(width, height) > LARGEST_SIDE:
        raise CantBeMade(
            f"The picture would have {width:,} × {height:,} pixels; at most {LARGEST_SIDE:,} a"
            " side can be written. Choose a smaller magnification."
        )
    part = scene.image.copy(scene.part) if options.only_part else scene.image
    # Pixels stay squares: an enlargement that smooths would show what was not measured.
    image = part.scaled(width, height).convertToFormat(QImage.Format.Format_RGB32)
    unit = max(min(width, height) / 32, 8.0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(painter.font())
    font.setPixelSize(round(unit))
    painter.setFont(font)
    if options.scale_bar and scene.pixel_scale is not None:
        _draw_bar(painter, image, scene.pixel_scale / options.magnification, unit)
    if options.compass and scene.compass:
        _draw_compass(painter, image, scene.compass, unit)
    if options.name:
        box = QRectF(image.rect()).adjusted(unit / 2, unit / 3, -unit / 2, 0)
        _write(painter, box, Qt.AlignmentFlag.AlignLeft, scene.name)
    painter.end()
    return image


def make_picture(scene: CutoutScene, options: PictureOptions) -> MadeFile:
    """The picture as a PNG file. Raises `CantBeMade`."""
    image, buffer = draw_picture(scene, options), QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):
        raise CantBeMade("The picture can't be written as PNG here.")
    words = f"{image.width()} × {image.height()} pixels"
    return MadeFile(bytes(buffer.data().data()), words)


def _draw_bar(painter: QPainter, image: QImage, arcsec_per_pixel: float, unit: float) -> None:
    arcsec = scale_length(arcsec_per_pixel, image.width())
    corner = QPointF(unit, image.height() - unit)
    _draw_line(painter, corner, corner + QPointF(arcsec / arcsec_per_pixel, 0), unit)
    box = QRectF(corner.x(), corner.y() - 1.7 * unit, image.width(), 1.4 * unit)
    _write(painter, box, Qt.AlignmentFlag.AlignLeft, f"{arcsec:g}″")


def _draw_compass(
    painter: QPainter, image: QImage, compass: Sequence[tuple[float, float]], unit: float
) -> None:
    length, reach = 2.5 * unit, 4.5 * unit
    origin = QPointF(image.width() - reach, image.height() - reach)
    for (right, up), letter in zip(compass, "NE", strict=True):
        arrow = QPointF(right, -up) * length
        _draw_line(painter, origin, origin + arrow, unit)
        box = QRectF(0, 0, 2 * unit, 2 * unit)
        box.moveCenter(origin + arrow * 1.4)
        _write(painter, box, Qt.AlignmentFlag.AlignCenter, letter)


def _draw_line(painter: QPainter, start: QPointF, end: QPointF, unit: float) -> None:
    for colour, width in ((_SHADE, unit / 4 + 2), (_INK, max(unit / 8, 1))):
        # Flat ends: the bar is as long as it says.
        cap = Qt.PenCapStyle.FlatCap
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, cap))
        painter.drawLine(start, end)


def _write(painter: QPainter, box: QRectF, place: Qt.AlignmentFlag, text: str) -> None:
    painter.setPen(_SHADE)
    painter.drawText(box.translated(1, 1), place, text)
    painter.setPen(_INK)
    painter.drawText(box, place, text)
