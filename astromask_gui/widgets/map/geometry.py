"""Rectangles of the map's plane: fitting them to a window, zooming about a point, panning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QPointF

from astromask_gui.raster.frame import ViewRect

FIT_MARGIN = 1.06


@dataclass(frozen=True)
class PixelMapping:
    """Between a view and the layout pixels of the window that shows it, y downwards."""

    view: ViewRect
    width: float
    height: float

    def to_pixels(self, points: np.ndarray) -> np.ndarray:
        """(n, 2) float64 pixels of (n, 2) map coordinates."""
        view = self.view
        pixels = np.empty(points.shape, np.float64)
        pixels[:, 0] = (points[:, 0] - view.x0) * (self.width / view.width)
        pixels[:, 1] = (view.y1 - points[:, 1].astype(np.float64)) * (self.height / view.height)
        return pixels

    def to_map(self, position: QPointF) -> tuple[float, float]:
        """Map coordinates of a pixel position."""
        view = self.view
        x = view.x0 + position.x() * view.width / self.width
        y = view.y1 - position.y() * view.height / self.height
        return x, y

    def units(self, pixels: float) -> tuple[float, float]:
        """Extents in map units, in x and y, of so many pixels."""
        return pixels * self.view.width / self.width, pixels * self.view.height / self.height


def with_aspect(view: ViewRect, width: float, height: float) -> ViewRect:
    """The smallest rectangle about the same centre that holds `view`, with the window's aspect."""
    if width <= 0 or height <= 0:
        return view
    scale = max(view.width / width, view.height / height)
    x, y = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
    half_x, half_y = scale * width / 2, scale * height / 2
    return ViewRect(x - half_x, x + half_x, y - half_y, y + half_y)


def zoomed(view: ViewRect, factor: float, x: float, y: float) -> ViewRect:
    """The view magnified `factor` times, with the point (x, y) staying where it is."""
    return ViewRect(
        x - (x - view.x0) / factor,
        x + (view.x1 - x) / factor,
        y - (y - view.y0) / factor,
        y + (view.y1 - y) / factor,
    )


def shifted(view: ViewRect, dx: float, dy: float) -> ViewRect:
    """The view moved by (dx, dy) map units."""
    return ViewRect(view.x0 + dx, view.x1 + dx, view.y0 + dy, view.y1 + dy)


def centred(view: ViewRect, x: float, y: float) -> ViewRect:
    """The view moved so that (x, y) is its centre."""
    return shifted(view, x - (view.x0 + view.x1) / 2, y - (view.y0 + view.y1) / 2)


def between(start: ViewRect, end: ViewRect, share: float) -> ViewRect:
    """A view on the way from one to another: sizes change by equal factors, not by equal steps."""
    if share >= 1:
        return end
    scale = (end.width / start.width) ** share
    width, height = start.width * scale, start.height * (end.height / start.height) ** share
    change = end.width - start.width
    # Where the size changes, the centre follows it, so that a zoom about a point stays about it.
    moved = (width - start.width) / change if abs(change) > 1e-9 * start.width else share
    x = (start.x0 + start.x1) / 2 * (1 - moved) + (end.x0 + end.x1) / 2 * moved
    y = (start.y0 + start.y1) / 2 * (1 - moved) + (end.y0 + end.y1) / 2 * moved
    return ViewRect(x - width / 2, x + width / 2, y - height / 2, y + height / 2)


def is_valid(view: ViewRect) -> bool:
    """Whether a view can be shown: finite, with an extent that float64 resolves."""
    if not np.isfinite(view).all() or view.width <= 0 or view.height <= 0:
        return False
    far = max(abs(edge) for edge in view)
    return min(view.width, view.height) > 1e-12 * far and max(view.width, view.height) < 1e30
