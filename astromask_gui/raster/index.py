"""All that drawing and picking need to know of the points' positions; colours live in `paint`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.grid import Grid, fit_grid
from astromask_gui.raster.jit import run_parallel
from astromask_gui.raster.levels import Level, build_levels
from astromask_gui.raster.order import cell_starts, gather_points, point_keys, sort_keys

_ENOUGH = 2000
"""So many points tell about where all are, for a grid of a single cell."""


@dataclass(frozen=True)
class PointIndex:
    """Finite points in drawing order, with their origin subtracted. Immutable: threads share it."""

    count: int
    """Rows of the catalogue, those without a position included."""
    origin: tuple[float, float]
    """What to add to `x` and `y` for map coordinates; (0, 0) unless float32 would lose digits."""
    x: np.ndarray
    """(n,) float32."""
    y: np.ndarray
    rows: np.ndarray
    """(n,) uint32: the catalogue row of each."""
    grid: Grid
    starts: np.ndarray
    """(cells + 1,) int32: where each coarse cell's points begin."""
    levels: tuple[Level, ...]
    """Coarsest first."""
    is_sorted: bool

    def inside(self, view: ViewRect) -> ViewRect:
        """`view` in the index's own coordinates."""
        x, y = self.origin
        return ViewRect(view.x0 - x, view.x1 - x, view.y0 - y, view.y1 - y)


def _prepare(
    x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[float, float]]:
    """(x, y, rows or None if all are finite, origin) as float32 without NaN and infinities."""
    (x, x_origin, x_finite), (y, y_origin, y_finite) = run_parallel(_shrink, [(x,), (y,)])
    origin = (x_origin, y_origin)
    if x_finite.all() and y_finite.all():
        return x, y, None, origin
    rows = np.flatnonzero(x_finite & y_finite).astype(np.uint32)
    return x[rows], y[rows], rows, origin


def _shrink(values: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Writable float32 values, what was subtracted where their offset dwarfs their spread, and
    which of them are finite."""
    values = np.asarray(values)
    origin = 0.0
    if values.dtype != np.float32:
        values = values.astype(np.float64)
        sample = values[:: max(1, values.size // 200_000)]
        sample = sample[np.isfinite(sample)]
        if sample.size:
            low, middle, high = np.quantile(sample, [0.01, 0.5, 0.99])
            if abs(middle) > 64 * (high - low) > 0:
                origin = float(middle)
                values = values - origin
    with np.errstate(over="ignore"):
        narrow = np.require(values, np.float32, ["C", "W"])
    return narrow, origin, np.isfinite(narrow)


def unsorted_index(x: np.ndarray, y: np.ndarray) -> PointIndex:
    """The points as they come, in one cell: exact, at once, and as slow as brute force."""
    count = x.size
    x, y, rows, origin = _prepare(x, y)
    if rows is None:
        rows = np.arange(x.size, dtype=np.uint32)
    few = slice(None, None, max(1, x.size // _ENOUGH))
    bounds = fit_grid(x[few], y[few]).bounds()
    grid = Grid(bounds.x0, bounds.y0, bounds.width, bounds.height, 0)
    starts = np.array([0, x.size], np.int32)
    return PointIndex(count, origin, x, y, rows, grid, starts, (), is_sorted=False)


def build_index(x: np.ndarray, y: np.ndarray) -> PointIndex:
    """Sort (N,) coordinates of any float dtype and merge them into levels.

    Points with NaN or infinite coordinates are left out: they have no place on the map.
    """
    count = x.size
    x, y, rows, origin = _prepare(x, y)
    grid = fit_grid(x, y)
    keys, order = sort_keys(point_keys(x, y, grid))
    x, y = gather_points(x, y, order)
    starts = cell_starts(keys, grid)
    levels = build_levels(x, y, keys, starts, grid)
    sorted_rows = order if rows is None else rows[order]
    return PointIndex(count, origin, x, y, sorted_rows, grid, starts, tuple(levels), is_sorted=True)
