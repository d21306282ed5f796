"""The same pictures and picks in plain NumPy, for the moments before the kernels are loaded.

Slow for many points, at once for the demo's thousand, and free of numba: importing and loading
that takes half a second, which the first sight of the map need not wait for.
"""

from __future__ import annotations

import time

import numpy as np

from astromask_gui.raster.frame import (
    THUMBNAIL_LIMIT,
    Frame,
    FrameRequest,
    FrameStats,
    ViewRect,
    disc_radius,
)
from astromask_gui.raster.styles import DIMMED, HIDDEN, NORMAL, StyleTables, plain_tables

_MOST_POINTS = 50_000
_LARGEST_STAMP = 6


class PlainMap:
    """Draws and picks like `engine.MapEngine`, points one by one; of very many only a sample."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self._x, self._y = np.asarray(x), np.asarray(y)
        self._tables = plain_tables()
        self._colours = np.zeros(self._x.size, np.uint8)
        self._states: np.ndarray | None = None

    def set_style(
        self, colours: np.ndarray, states: np.ndarray | None, tables: StyleTables
    ) -> None:
        """Colour indices and states (None: all normal) of every row."""
        self._colours, self._states, self._tables = colours, states, tables

    def render(self, request: FrameRequest) -> Frame:
        """A picture with discs of at least a pixel, whatever the crowd."""
        began = time.perf_counter()
        rows, px, py = self._shown(request)
        states = np.full(rows.size, NORMAL) if self._states is None else self._states[rows]
        visible = rows[states >= DIMMED]
        radius = max(disc_radius(rows.size, request) / request.reduction, 0.7)
        step = max(1, rows.size // _MOST_POINTS)
        codes = (states.astype(np.int64) << 8 | self._colours[rows])[::step]
        ink = self._splat(px[::step], py[::step], codes, radius, request.shape)
        pixels = _blend(ink, request.background)
        few = visible if visible.size <= THUMBNAIL_LIMIT else visible[:0]
        elapsed = (time.perf_counter() - began) * 1e3
        stats = FrameStats(int(visible.size), codes.size, 0.0, radius, True, elapsed)
        return Frame(request, pixels, few.astype(np.uint32), stats)

    def _shown(self, request: FrameRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, columns and lines in pixels) of the points in the view that are drawn."""
        view, (height, width) = request.view, request.shape
        inside = (self._x >= view.x0) & (self._x <= view.x1)
        inside &= (self._y >= view.y0) & (self._y <= view.y1)
        if self._states is not None:
            inside &= self._states != HIDDEN
        rows = np.flatnonzero(inside)
        px = (self._x[rows].astype(np.float64) - view.x0) * (width / view.width)
        py = (view.y1 - self._y[rows].astype(np.float64)) * (height / view.height)
        return rows, px, py

    def _splat(
        self,
        px: np.ndarray,
        py: np.ndarray,
        codes: np.ndarray,
        radius: float,
        shape: tuple[int, int],
    ) -> np.ndarray:
        """(H · W, 4) ink: one pass over all points for every pixel of a disc's stamp."""
        height, width = shape
        ink = np.zeros((height * width, 4))
        column, line = np.floor(px).astype(np.int64), np.floor(py).astype(np.int64)
        amounts = self._tables.discs[codes]
        reach = min(int(np.ceil(radius + 0.5)), _LARGEST_STAMP)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                distance = np.hypot(column + dx + 0.5 - px, line + dy + 0.5 - py)
                cover = np.clip(radius + 0.5 - distance, 0, 1)
                k, j = column + dx, line + dy
                hit = (cover > 0) & (k >= 0) & (k < width) & (j >= 0) & (j < height)
                np.add.at(ink, j[hit] * width + k[hit], amounts[hit] * cover[hit, None])
        return ink.reshape(height, width, 4)

    def nearest(
        self, x: float, y: float, radius: tuple[float, float], allowed: np.ndarray | None = None
    ) -> int | None:
        """Row of the nearest allowed point within the ellipse, or None."""
        if self._x.size == 0:
            return None
        dx = (self._x.astype(np.float64) - x) / radius[0]
        dy = (self._y.astype(np.float64) - y) / radius[1]
        distance = dx * dx + dy * dy
        distance[~(distance <= 1)] = np.inf
        if allowed is not None:
            distance[~allowed] = np.inf
        row = int(np.argmin(distance))
        return row if np.isfinite(distance[row]) else None

    def in_box(self, box: ViewRect, allowed: np.ndarray | None = None) -> np.ndarray:
        """Mask of the allowed rows in a box."""
        mask: np.ndarray = (
            (self._x >= box.x0) & (self._x <= box.x1) & (self._y >= box.y0) & (self._y <= box.y1)
        )
        if allowed is not None:
            mask &= allowed
        return mask

    def in_lasso(self, vertices: np.ndarray, allowed: np.ndarray | None = None) -> np.ndarray:
        """Mask of the allowed rows that a closed polygon of (V, 2) vertices winds around."""
        points = np.asarray(vertices, np.float64).reshape(-1, 2)
        points = points[np.isfinite(points).all(axis=1)]
        x, y = self._x.astype(np.float64), self._y.astype(np.float64)
        winding = np.zeros(x.size, np.int64)
        if points.shape[0] >= 3:
            following = np.roll(points, -1, axis=0)
            for (ax, ay), (bx, by) in zip(points, following, strict=True):
                if ay == by:
                    continue
                crosses = ((ay > y) != (by > y)) & np.isfinite(x) & np.isfinite(y)
                with np.errstate(invalid="ignore", over="ignore"):
                    left = x < (bx - ax) * (y - ay) / (by - ay) + ax
                winding += (crosses & left) * (1 if by > ay else -1)
        mask = np.asarray(winding != 0)
        if allowed is not None:
            mask &= allowed
        return mask


def _blend(ink: np.ndarray, background: tuple[int, int, int]) -> np.ndarray:
    """(H, W) uint32 pixels."""
    weight = ink[..., :1]
    alpha = 0.95 * np.minimum(weight, 1)
    colour = ink[..., 1:] / np.maximum(weight, 1e-9)
    rgb = np.asarray(background) * (1 - alpha) + colour * alpha
    red, green, blue = np.moveaxis((rgb + 0.5).astype(np.uint32), -1, 0)
    return np.asarray(np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue)
