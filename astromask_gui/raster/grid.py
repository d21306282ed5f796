"""The coarse grid that orders the points, and which of its cells a rectangle touches.

A point belongs to cell floor((x − x0) · scale), clamped into the grid, in float64 everywhere.
That is monotone in x, so a rectangle's corners bound the cells of every point inside it exactly,
also for points far outside the grid, which live in its edge cells.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astromask_gui.raster.frame import ViewRect

KEY_BITS = 16
"""Bits per axis of a point's key: the coarse cell's, then the finer ones inside the cell."""
_OUTER_SHARE = 0.0005
_SAMPLE = 200_000
_MANY = 30_000
"""So many points are looked at for a fit, which the window's thread waits for."""


class Grid(NamedTuple):
    """Geometry of the coarse grid, `size` cells a side; cells need not be square."""

    x0: float
    y0: float
    cell_width: float
    cell_height: float
    bits: int

    @property
    def size(self) -> int:
        """Cells along each axis, a power of two."""
        return 1 << self.bits

    @property
    def fine_bits(self) -> int:
        """Bits per axis inside a coarse cell."""
        return KEY_BITS - self.bits

    def bounds(self) -> ViewRect:
        """What the grid covers."""
        return ViewRect(
            self.x0,
            self.x0 + self.size * self.cell_width,
            self.y0,
            self.y0 + self.size * self.cell_height,
        )

    def cells(self, view: ViewRect) -> tuple[int, int, int, int]:
        """(first row, last row, first column, last column) of the cells that `view` touches."""
        columns = cell_of(np.array([view.x0, view.x1]), self.x0, self.cell_width, self.size)
        rows = self.rows_of(np.array([view.y0, view.y1]))
        return int(rows[0]), int(rows[1]), int(columns[0]), int(columns[1])

    def rows_of(self, y: np.ndarray) -> np.ndarray:
        """(n,) int64 row of cells of each position."""
        return cell_of(y, self.y0, self.cell_height, self.size)


def cell_of(values: np.ndarray, origin: float, cell: float, size: int) -> np.ndarray:
    """Clamped cell numbers (int64) of float64 values along one axis."""
    with np.errstate(over="ignore"):
        position = (np.asarray(values, np.float64) - origin) * (1.0 / cell)
    return np.clip(position, 0, size - 1).astype(np.int64)


def fit_grid(x: np.ndarray, y: np.ndarray) -> Grid:
    """Grid over the central 99.9 % of finite points, about one cell a point but at most 1024²."""
    bits = int(np.clip(round(np.log2(max(x.size, 1)) / 2), 4, 10))
    x0, width = _axis(x, bits)
    y0, height = _axis(y, bits)
    return Grid(x0, y0, width, height, bits)


def _axis(values: np.ndarray, bits: int) -> tuple[float, float]:
    """(origin, cell width) of one axis; a width that float32 can resolve even if all are equal."""
    if values.size == 0:
        return 0.0, 1.0
    sample = values[:: max(1, values.size // _SAMPLE)].astype(np.float64)
    low, high = np.quantile(sample, [_OUTER_SHARE, 1 - _OUTER_SHARE])
    extent = max((high - low) * 1.02, abs(low) * 1e-5, 1e-30)
    return float((low + high - extent) / 2), float(extent / (1 << bits))


def natural_view(x: np.ndarray, y: np.ndarray) -> ViewRect:
    """What "fit" shows: every finite point, unless a few lie so far out that the rest would shrink.

    Takes coordinates of any dtype with NaN and infinities; returns the unit square for no points.
    Of millions of points a sample decides.
    """
    step = max(1, x.size // _MANY)
    x, y = x[::step], y[::step]
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return ViewRect(0.0, 1.0, 0.0, 1.0)
    return ViewRect(*_natural_range(x[finite]), *_natural_range(y[finite]))


def _natural_range(values: np.ndarray) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    sample = values[:: max(1, values.size // _SAMPLE)].astype(np.float64)
    inner_low, inner_high = np.quantile(sample, [0.005, 0.995])
    inner = inner_high - inner_low
    if high - low > 3 * inner and inner > 0:
        low, high = max(low, inner_low - 0.1 * inner), min(high, inner_high + 0.1 * inner)
    if high <= low:
        margin = max(abs(low) * 1e-3, 0.5)
        low, high = low - margin, high + margin
    return float(low), float(high)
