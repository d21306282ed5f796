"""A figure of what a map shows: its plan and the picture of its points, worked out in a thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PyQt6.QtGui import QFont, QFontMetricsF, QImage, QPainter

from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.raster.loading import load_kernels
from astromask_gui.rendering.colouring import MISSING, Colours
from astromask_gui.rendering.figure_axes import plot_axes
from astromask_gui.rendering.figure_layout import (
    CM,
    POINT,
    Box,
    FigureLayout,
    FigureParts,
    fitting_view,
    lay_out,
)
from astromask_gui.state.exports import CantBeMade, FigureOptions
from astromask_gui.theme import Tokens, tokens
from astromask_gui.widgets.map.figure_keys import colour_bar, figure_keys
from astromask_gui.widgets.map.figure_scene import MapScene
from astromask_gui.widgets.map.frames import MapStyle
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.thumbnails import paint_pictures

MOST_PIXELS = 80_000_000
PRINT_SAFE_MAP = "cividis"


@dataclass(frozen=True)
class FigureLook:
    """Colours of all that is no point."""

    style: str
    background: str
    text: str
    muted: str
    tokens: Tokens


@dataclass(frozen=True)
class Figure:
    """Everything that is painted."""

    layout: FigureLayout
    look: FigureLook
    view: ViewRect
    """On the layout's plot."""
    per_pixel: float
    """Units of the layout that a pixel of the screen's map takes."""
    points: np.ndarray
    """(h, w) uint32 0xffRRGGBB: what lies on the plot, galaxies' pictures included."""
    radius: float
    """Of the points, in pixels of the screen's map."""
    bar_colours: np.ndarray
    """(255, 3) uint8 from low to high."""
    scene: MapScene
    options: FigureOptions

    @property
    def mapping(self) -> PixelMapping:
        """Between the map and the screen's pixels that the plot stands for."""
        plot = self.layout.plot
        return PixelMapping(self.view, plot.width / self.per_pixel, plot.height / self.per_pixel)


def figure_look(paper: bool, style: str) -> FigureLook:
    """Black on white, or as on the screen."""
    if paper:
        return FigureLook("light", "#ffffff", "#000000", "#404040", tokens("light"))
    look = tokens(style)
    return FigureLook(style, look.map_background, look.text, look.muted, look)


def figure_font(text: float) -> QFont:
    """The figure's font at a size in units; hints would tie it to a screen's pixels."""
    font = QFont()
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(max(1, round(text)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def work_out(scene: MapScene, options: FigureOptions, dpi: float) -> Figure:
    """Plan the figure and draw its points; takes a while, so call it in a thread.

    Raises `CantBeMade` where the map has no room or the picture would be too large.
    """
    look = figure_look(options.paper, scene.style)
    other_map = PRINT_SAFE_MAP if options.print_safe else None
    colours = scene.colours(look.style, other_map)
    parts = _parts(scene, options, colours, look)
    with_ticks = options.axes == "ticks" or (options.axes == "automatic" and bool(scene.axes))

    def axes_on(box: Box) -> object:
        view = fitting_view(scene.view, scene.size, box)
        size = (box.width, box.height)
        text, angles = parts.text, scene.angles
        return plot_axes(
            scene.axes, scene.projection, view, size, text, ticks=with_ticks, angles=angles
        )

    metrics = QFontMetricsF(figure_font(parts.text))
    layout = lay_out(parts, axes_on, metrics.horizontalAdvance)  # type: ignore[arg-type]
    view = fitting_view(scene.view, scene.size, layout.plot)
    per_pixel = layout.plot.width * (scene.view.width / scene.size[0]) / view.width
    frame = _draw_points(scene, colours, look, layout, view, per_pixel, dpi)
    radius = frame.stats.radius / frame.request.pixel_ratio
    table = colours.table[:MISSING, :3]
    figure = Figure(layout, look, view, per_pixel, frame.image, radius, table, scene, options)
    if options.thumbnails and scene.pictures.images:
        _add_pictures(figure, colours, frame.request.pixel_ratio)
    return figure


def pixel_box(box: Box, dpi: float) -> tuple[int, int, int, int]:
    """(left, top, width, height) of a box in whole pixels."""
    scale = dpi / (72 * POINT)
    left, top = round(box.x * scale), round(box.y * scale)
    return left, top, round(box.right * scale) - left, round(box.bottom * scale) - top


def _draw_points(
    scene: MapScene,
    colours: Colours,
    look: FigureLook,
    layout: FigureLayout,
    view: ViewRect,
    per_pixel: float,
    dpi: float,
) -> Frame:
    _, _, width, height = pixel_box(layout.plot, dpi)
    if width * height > MOST_PIXELS:
        raise CantBeMade(
            f"A picture of {width:,} × {height:,} pixels is too large; choose a smaller figure or"
            f" fewer dots per inch."
        )
    load_kernels()
    from astromask_gui.raster.still import index_of, render_still

    ground = rgb(look.background)
    masks = (scene.visible, scene.selected)
    style = MapStyle(colours, ground, *masks, ghosts=scene.ghosts, hollow=scene.placed)
    ratio = width * per_pixel / layout.plot.width
    request = FrameRequest(view, width, height, ground, ratio, for_print=True)
    index = index_of(scene.points, scene.coordinates)
    return render_still(index, style.source(len(scene.coordinates))(), request)


def _add_pictures(figure: Figure, colours: Colours, ratio: float) -> None:
    """Over the points, as on the screen: one smooth picture looks the same in every viewer."""
    image = borrowed_image(figure.points)
    painter = QPainter(image)
    painter.scale(ratio, ratio)
    scene = figure.scene
    table = (colours.index, colours.table)
    paint_pictures(painter, scene.pictures, scene.coordinates, figure.mapping, table)
    painter.end()


def borrowed_image(pixels: np.ndarray) -> QImage:
    """A QImage on the array's own memory: it lives no longer than the array does."""
    height, width = pixels.shape
    data = pg.Qt.sip.voidptr(pixels.ctypes.data)
    return QImage(data, width, height, 4 * width, QImage.Format.Format_RGB32)


def _parts(
    scene: MapScene, options: FigureOptions, colours: Colours, look: FigureLook
) -> FigureParts:
    height = None if options.height_cm is None else options.height_cm * CM
    legend = options.legend
    return FigureParts(
        options.width_cm * CM,
        height,
        scene.size[1] / scene.size[0],
        options.text_pt * POINT,
        options.axes != "none",
        options.title.strip(),
        figure_keys(scene, colours, look.tokens, marks=options.marks) if legend else (),
        colour_bar(scene, colours) if legend else None,
    )


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0–255, of "#rrggbb"."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
