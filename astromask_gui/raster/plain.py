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

_MOST_STAMPED = 400_000
"""Pixels of all discs together; where there would be more, points are single pixels."""
_MOST_POINTS = 150_000
"""Of so many a frame takes less than a tenth of a second, beside all that goes on at start-up."""
_OPACITY = 0.9
_LONE, _FULL, _FULL_SHARE = 0.28, 0.97, 0.995
"""Opacity of a single pixel's point, and of the count that this share of the pixels stay below."""


class PlainMap:
    """Draws and picks like `engine.MapEngine`, points one by one; of very many only a sample."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self._x, self._y = np.asarray(x), np.asarray(y)
        self._tables = plain_tables()
        self._colours = np.zeros(self._x.size, np.uint8)
        self._states: np.ndarray | None = None
        self._has_none = ~(np.isfinite(self._x) & np.isfinite(self._y))
        self._placeless = int(np.count_nonzero(self._has_none))

    def set_style(
        self, colours: np.ndarray, states: np.ndarray | None, tables: StyleTables
    ) -> None:
        """Colour indices and states (None: all normal) of every row."""
        self._colours, self._states, self._tables = colours, states, tables
        passed = self._has_none if states is None else self._has_none & (states >= DIMMED)
        self._placeless = int(np.count_nonzero(passed))

    def render(self, request: FrameRequest) -> Frame:
        """A picture with discs, or where there are very many points with dots."""
        began = time.perf_counter()
        rows, px, py = self._shown(request)
        states = np.full(rows.size, NORMAL) if self._states is None else self._states[rows]
        visible = rows[states >= DIMMED]
        share = self._sampling()
        radius = max(disc_radius(rows.size * share, request) / request.reduction, 0.7)
        if rows.size * (2 * _reach(radius) + 1) ** 2 > _MOST_STAMPED:
            radius = 0.0
        codes = states.astype(np.int64) << 8 | self._colours[rows]
        pixels = self._draw(px, py, codes, radius, request)
        few = visible if share == 1 and visible.size <= THUMBNAIL_LIMIT else visible[:0]
        elapsed = (time.perf_counter() - began) * 1e3
        count = int(visible.size) * share
        stats = FrameStats(count, codes.size, 0.0, radius, True, elapsed, self._placeless)
        return Frame(request, pixels, few.astype(np.uint32), stats)

    def render_overview(self, request: FrameRequest) -> Frame:
        """The same as any picture: nothing is carried over from one to the next."""
        return self.render(request)

    def _shown(self, request: FrameRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, columns and lines in pixels) of the points in the view that are drawn."""
        view, (height, width) = request.view, request.shape
        every = slice(None, None, self._sampling())
        x, y = self._x[every], self._y[every]
        inside = (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)
        if self._states is not None:
            inside &= self._states[every] != HIDDEN
        rows = np.flatnonzero(inside) * self._sampling()
        px = (self._x[rows].astype(np.float64) - view.x0) * (width / view.width)
        py = (view.y1 - self._y[rows].astype(np.float64)) * (height / view.height)
        return rows, px, py

    def _sampling(self) -> int:
        """Of so many points one is looked at when drawing."""
        return max(1, self._x.size // _MOST_POINTS)

    def _draw(
        self,
        px: np.ndarray,
        py: np.ndarray,
        codes: np.ndarray,
        radius: float,
        request: FrameRequest,
    ) -> np.ndarray:
        """(H, W) uint32 pixels: a stamp about every point, summed, then blended."""
        height, width = request.shape
        stamps = _stamps(px, py, radius, height, width) if radius else _dots(px, py, height, width)
        place, cover, point = stamps
        amounts = (self._tables.discs if radius else self._tables.points)[codes]
        weight = np.bincount(place, cover * amounts[point, 0], height * width)
        inked = np.flatnonzero(weight)
        colour = np.empty((inked.size, 3))
        for channel in range(3):
            ink = np.bincount(place, cover * amounts[point, channel + 1], height * width)
            colour[:, channel] = ink[inked] / weight[inked]
        alpha = (_disc_opacity if radius else _dot_opacity)(weight[inked])[:, None]
        rgb = np.asarray(request.background) * (1 - alpha) + colour * alpha
        pixels = np.full(height * width, _packed(np.array([request.background]))[0], np.uint32)
        pixels[inked] = _packed(rgb + 0.5)
        return pixels.reshape(height, width)

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


def _reach(radius: float) -> int:
    """Pixels that a disc can touch on either side of its centre's."""
    return int(np.ceil(radius + 0.5))


def _stamps(
    px: np.ndarray, py: np.ndarray, radius: float, height: int, width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(pixel, cover, point): every pixel that every disc covers, and by how much of it."""
    offsets = np.arange(-_reach(radius), _reach(radius) + 1)
    column = np.floor(px).astype(np.int64)[:, None, None] + offsets
    line = np.floor(py).astype(np.int64)[:, None, None] + offsets[:, None]
    distance = np.hypot(column + 0.5 - px[:, None, None], line + 0.5 - py[:, None, None])
    cover = np.clip(radius + 0.5 - distance, 0.0, 1.0)
    column, line = np.broadcast_arrays(column, line)
    hit = (cover > 0) & (column >= 0) & (column < width) & (line >= 0) & (line < height)
    return (line * width + column)[hit], cover[hit], np.nonzero(hit)[0]


def _dots(
    px: np.ndarray, py: np.ndarray, height: int, width: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Like `_stamps`: of each point the pixel that it falls on."""
    column = np.clip(px.astype(np.int64), 0, width - 1)
    line = np.clip(py.astype(np.int64), 0, height - 1)
    return line * width + column, np.ones(px.size), np.arange(px.size)


def _disc_opacity(weight: np.ndarray) -> np.ndarray:
    return np.asarray(_OPACITY * np.minimum(weight, 1.0))


def _dot_opacity(weight: np.ndarray) -> np.ndarray:
    """Logarithmic in the count, as in `tone`."""
    most = max(float(np.quantile(weight, _FULL_SHARE)), 3.0) if weight.size else 3.0
    share = np.log(np.maximum(weight, 1.0)) / np.log(most)
    return np.asarray(_LONE + (_FULL - _LONE) * np.minimum(share, 1.0))


def _packed(rgb: np.ndarray) -> np.ndarray:
    """(n,) uint32 0xffRRGGBB of (n, 3) values below 256."""
    red, green, blue = rgb.astype(np.uint32).T
    return np.asarray(np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue)
