"""A picture of the map for paper: drawn once, in the caller's thread, beside the screen's."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import Frame, FrameRequest
from astromask_gui.raster.index import PointIndex, unsorted_index
from astromask_gui.raster.jit import run_in_turn
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.renderer import Renderer
from astromask_gui.raster.worker import PointMap, Style

_MOST_ROUNDS = 4
"""Drawings until the brightness is that of the picture itself: two, unless very few points are
seen."""


def index_of(points: PointMap | None, coordinates: np.ndarray) -> PointIndex:
    """The index that the screen uses, or, while that is still being made, one of (N, 2) places."""
    if isinstance(points, MapEngine):
        return points.index
    return unsorted_index(coordinates[:, 0], coordinates[:, 1])


def render_still(index: PointIndex, style: Style, request: FrameRequest) -> Frame:
    """The exact picture of `request` in a style of its own. Frames for the screen go on meanwhile:
    neither their colours nor their threads are used."""
    paint = Paint(index, style.tables)
    colours = np.require(style.colours, np.uint8, ["C", "W"])
    paint.apply(colours, style.states, style.tables)
    renderer = Renderer(run_in_turn)
    frame = renderer.render(paint, request)
    for _ in range(_MOST_ROUNDS - 1):
        if frame.stats.settled:
            break
        frame = renderer.render(paint, request)
    return frame
