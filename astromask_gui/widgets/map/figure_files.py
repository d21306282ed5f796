"""A figure of the map as PNG, PDF or SVG, and as a preview. All of it for a background thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PyQt6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PyQt6.QtSvg import QSvgGenerator

from astromask_gui.rendering.figure_image import embed_in_pdf, embed_in_svg
from astromask_gui.rendering.figure_layout import CM, POINT
from astromask_gui.state.exports import FigureOptions, MadeFile
from astromask_gui.widgets.map.figure import (
    Figure,
    borrowed_image,
    pixel_box,
    rgb,
    work_out,
)
from astromask_gui.widgets.map.figure_marks import add_many_selected
from astromask_gui.widgets.map.figure_paint import FigurePainter
from astromask_gui.widgets.map.figure_scene import MapScene

_UNITS_PER_INCH = round(72 * POINT)
_CREATOR = "AstroMASK"


def make_figure(scene: MapScene, options: FigureOptions) -> MadeFile:
    """The file's content. Raises `CantBeMade`."""
    figure = _worked_out(scene, options, options.dpi)
    page = figure.layout.page
    size = f"{page.width / CM:.1f} × {page.height / CM:.1f} cm"
    data = _WRITERS[options.format](figure)
    return MadeFile(data, f"{size}, {options.dpi} dots per inch")


def draw_preview(scene: MapScene, options: FigureOptions, size: tuple[int, int]) -> QImage:
    """The same figure within `size` (width, height) pixels. Raises `CantBeMade`."""
    coarse = work_out(scene, options, 30)
    page = coarse.layout.page
    dpi = min(size[0] / page.width, size[1] / page.height) * _UNITS_PER_INCH
    pixels = _painted(_worked_out(scene, options, dpi), dpi)
    # A picture of its own, for the array goes with this function.
    return borrowed_image(pixels).copy()


def _worked_out(scene: MapScene, options: FigureOptions, dpi: float) -> Figure:
    figure = work_out(scene, options, dpi)
    add_many_selected(figure)
    return figure


def _png(figure: Figure) -> bytes:
    pixels = _painted(figure, figure.options.dpi)
    image = borrowed_image(pixels)
    per_metre = round(figure.options.dpi / 0.0254)
    image.setDotsPerMeterX(per_metre)
    image.setDotsPerMeterY(per_metre)
    image.setText("Software", _CREATOR)
    return _encoded(image)


def _pdf(figure: Figure) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setResolution(_UNITS_PER_INCH)
    writer.setCreator(_CREATOR)
    writer.setTitle(figure.options.title or figure.scene.projection)
    page = figure.layout.page
    size = QSizeF(page.width / POINT, page.height / POINT)
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(size, QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(), QPageLayout.Unit.Point)
    painter = QPainter(writer)
    FigurePainter(painter, figure).paint(_stand_in())
    painter.end()
    return embed_in_pdf(buffer.data().data(), figure.points)


def _svg(figure: Figure) -> bytes:
    buffer = _buffer()
    writer = QSvgGenerator()
    writer.setOutputDevice(buffer)
    writer.setResolution(_UNITS_PER_INCH)
    page = figure.layout.page
    size = QSize(round(page.width), round(page.height))
    writer.setSize(size)
    writer.setViewBox(QRectF(0, 0, size.width(), size.height()))
    writer.setTitle(figure.options.title or figure.scene.projection)
    writer.setDescription(_CREATOR)
    painter = QPainter(writer)
    FigurePainter(painter, figure).paint(_stand_in())
    painter.end()
    return embed_in_svg(buffer.data().data(), _encoded(borrowed_image(figure.points)))


_WRITERS: dict[str, Callable[[Figure], bytes]] = {"png": _png, "pdf": _pdf, "svg": _svg}


def _painted(figure: Figure, dpi: float) -> np.ndarray:
    """(H, W) uint32 of the whole figure. numpy puts in the points: it lets other threads run."""
    _, _, width, height = pixel_box(figure.layout.page, dpi)
    red, green, blue = rgb(figure.look.background)
    page = np.full((height, width), 0xFF << 24 | red << 16 | green << 8 | blue, np.uint32)
    left, top, across, down = pixel_box(figure.layout.plot, dpi)
    page[top : top + down, left : left + across] = figure.points
    image = borrowed_image(page)
    painter = QPainter(image)
    painter.scale(dpi / _UNITS_PER_INCH, dpi / _UNITS_PER_INCH)
    FigurePainter(painter, figure).paint(None)
    painter.end()
    return page


def _stand_in() -> QImage:
    """One pixel that `figure_image` replaces."""
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    return image


def _encoded(image: QImage) -> bytes:
    buffer = _buffer()
    image.save(buffer, "PNG")
    return buffer.data().data()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
