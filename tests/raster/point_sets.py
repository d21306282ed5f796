"""Points that are kind and unkind to a map, and the plain answers to compare with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from astromask_gui.raster.frame import FrameRequest, ViewRect
from astromask_gui.raster.styles import StyleTables, style_tables

Points = tuple[np.ndarray, np.ndarray]
BACKGROUND = (16, 18, 22)


def clusters(count: int, seed: int = 0) -> Points:
    """Like a UMAP: blobs of very different density."""
    rng = np.random.default_rng(seed)
    centres, spread = rng.normal(0, 6, (30, 2)), rng.uniform(0.05, 1.2, 30)
    which = rng.integers(0, 30, count)
    xy = centres[which] + rng.normal(size=(count, 2)) * spread[which, None]
    x, y = xy.astype(np.float32).T
    return x.copy(), y.copy()


def _all_equal() -> Points:
    return np.full(5000, 3.25, np.float32), np.full(5000, -7.5, np.float32)


def _duplicates() -> Points:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 12, (2, 40_000)).astype(np.float32)
    return x, y


def _not_finite() -> Points:
    x, y = clusters(30_000, 2)
    x[::7], y[::11], x[::13], y[5::17] = np.nan, np.inf, -np.inf, np.nan
    return x, y


def _outliers() -> Points:
    x, y = clusters(30_000, 3)
    x[:3], y[:3] = (1e9, -1e9, 1e30), (1e9, 0, -1e30)
    return x, y


def _line() -> Points:
    return np.linspace(-1, 1, 25_000, dtype=np.float32), np.zeros(25_000, np.float32)


def _uniform() -> Points:
    rng = np.random.default_rng(4)
    x, y = rng.uniform(-1, 1, (2, 50_000)).astype(np.float32)
    return x, y


def _uneven_axes() -> Points:
    rng = np.random.default_rng(5)
    return rng.normal(0, 1e4, 30_000), rng.normal(0, 1e-4, 30_000)


SETS: dict[str, Callable[[], Points]] = {
    "clusters": lambda: clusters(60_000),
    "uniform": _uniform,
    "duplicates": _duplicates,
    "all equal": _all_equal,
    "not finite": _not_finite,
    "far outliers": _outliers,
    "a line": _line,
    "uneven axes": _uneven_axes,
    "one point": lambda: (np.array([2.5], np.float32), np.array([1.5], np.float32)),
    "no point": lambda: (np.zeros(0, np.float32), np.zeros(0, np.float32)),
    "nothing finite": lambda: (np.full(9, np.nan), np.full(9, np.inf)),
}


def rainbow_tables(background: tuple[int, int, int] = BACKGROUND) -> StyleTables:
    """Tables over 256 fixed colours."""
    palette = np.random.default_rng(9).integers(40, 255, (256, 3)).astype(np.uint8)
    return style_tables(palette, background)


def view_around(x: np.ndarray, y: np.ndarray, aspect: float = 4 / 3) -> ViewRect:
    """A rectangle of the given aspect over the finite points."""
    from astromask_gui.raster.grid import natural_view

    natural = natural_view(x, y)
    height = max(natural.height, natural.width / aspect) * 1.05
    cx, cy = (natural.x0 + natural.x1) / 2, (natural.y0 + natural.y1) / 2
    half_x, half_y = height * aspect / 2, height / 2
    return ViewRect(cx - half_x, cx + half_x, cy - half_y, cy + half_y)


def exact_ink(
    x: np.ndarray, y: np.ndarray, amounts: np.ndarray, request: FrameRequest
) -> np.ndarray:
    """(H, W, 4) sums of each point's (n, 4) ink in the pixel that it falls on, in float64."""
    view, (height, width) = request.view, request.shape
    with np.errstate(invalid="ignore"):
        column = np.floor((x.astype(np.float64) - view.x0) * (width / view.width))
        line = np.floor((view.y1 - y.astype(np.float64)) * (height / view.height))
        inside = (column >= 0) & (column < width) & (line >= 0) & (line < height)
    pixel = line[inside].astype(np.int64) * width + column[inside].astype(np.int64)
    ink = np.zeros((height * width, 4))
    np.add.at(ink, pixel, amounts[inside].astype(np.float64))
    return ink.reshape(height, width, 4)


def winds_around(vertices: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N,) bool by the non-zero winding number, edge by edge."""
    winding = np.zeros(x.size, np.int64)
    x, y = x.astype(np.float64), y.astype(np.float64)
    following = np.roll(vertices, -1, axis=0)
    with np.errstate(invalid="ignore", over="ignore"):
        for (ax, ay), (bx, by) in zip(vertices, following, strict=True):
            if ay != by:
                crosses = (ay > y) != (by > y)
                left = x < (bx - ax) * (y - ay) / (by - ay) + ax
                winding += (crosses & left) * (1 if by > ay else -1)
    return (winding != 0) & np.isfinite(x) & np.isfinite(y)
