"""What a frame will draw: which level, how large the discs, how the screen is divided."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from astromask_gui.raster.frame import (
    LARGEST_RADIUS,
    THUMBNAIL_LIMIT,
    FrameRequest,
    ViewRect,
    disc_radius,
)
from astromask_gui.raster.index import PointIndex
from astromask_gui.raster.jit import thread_count
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.splat import Camera, count_in_view
from astromask_gui.raster.styles import DIMMED, GHOST

_DISC_FROM = 0.485
"""A disc of this radius spreads exactly one pixel of ink, so nothing jumps at the switch."""
_LEVEL_GAIN = 1.2
_EXACT_COUNT = 500_000
_FEW_CELLS = 16


@dataclass(frozen=True)
class Plan:
    """What a frame will draw."""

    camera: Camera
    cells: tuple[int, int, int, int]
    level: int | None
    radius: float
    sparsity: float
    """Radius that discs would have for their share of the screen, in the pixels that tone knows."""
    crowded: bool
    """Points too close for discs of their own: where they share a pixel, states have their say."""
    visible: int
    rows: np.ndarray
    work: np.ndarray
    """Points or items by grid row, from the first row of `cells` on."""


def make_plan(paint: Paint, request: FrameRequest) -> Plan:
    """Decide how `request` is drawn."""
    index = paint.index
    view = index.inside(request.view)
    height, width = request.shape
    camera = Camera.over(view, width, height)
    margin = (LARGEST_RADIUS + 1) * request.pixel_ratio
    across, down = margin / camera.scale_x, margin / -camera.scale_y
    cells = index.grid.cells(
        ViewRect(view.x0 - across, view.x1 + across, view.y0 - down, view.y1 + down)
    )
    drawn, visible, rows = _count(paint, view)
    sparsity = disc_radius(drawn, request) / request.reduction
    work = _row_sums(index.starts, index.grid.size, cells)
    if request.for_print:
        scale = request.pixel_ratio / request.reduction
        per_layout = sparsity / scale
        # The soft edge of a screen's disc holds ink that the sharper one of a print lacks.
        radius = scale * (max(per_layout, _DISC_FROM) ** 2 + 1 / 12) ** 0.5
        crowded = per_layout < _DISC_FROM
        return Plan(camera, cells, None, radius, per_layout, crowded, visible, rows, work)
    level = _choose_level(index, camera, cells, int(work.sum()))
    if level is not None:
        work = _row_sums(index.levels[level].starts, index.grid.size, cells)
    radius = sparsity if level is None and sparsity >= _DISC_FROM else 0.0
    return Plan(camera, cells, level, radius, sparsity, radius == 0, visible, rows, work)


def bands_of(index: PointIndex, plan: Plan, request: FrameRequest) -> list[tuple[int, int]]:
    """Cut the raster into (top, bottom) bands of about equal work."""
    height, width = request.shape
    grid, (first, last, _, _) = index.grid, plan.cells
    # Many small bands even out the work, but few grid rows would be walked by each of them.
    per_thread = 3 if last - first > 4 * thread_count() else 1
    count = min(per_thread * thread_count(), height)
    edges = grid.y0 + np.arange(first, last + 2) * grid.cell_height
    lines = (edges - plan.camera.y0) * plan.camera.scale_y + plan.camera.shift_y
    lines = np.clip(lines, 0, height)[::-1]
    lines[0], lines[-1] = 0, height
    # Toning costs about as much for a pixel as splatting does for a tenth of a point.
    load = plan.work[::-1] + np.diff(lines) * width * 0.1
    done = np.concatenate([[0.0], np.cumsum(load)])
    cuts = np.interp(np.linspace(0, done[-1], count + 1), done, lines)
    tops = np.round(cuts).astype(int)
    return [(int(a), int(b)) for a, b in pairwise(tops) if b > a]


def cells_of_band(
    index: PointIndex, plan: Plan, top: int, bottom: int
) -> tuple[int, int, int, int]:
    """The plan's cells, less the grid rows that don't reach the band."""
    camera, (first, last, left, right) = plan.camera, plan.cells
    reach = plan.radius + 2
    y1 = camera.y0 + (top - reach - camera.shift_y) / camera.scale_y
    y0 = camera.y0 + (bottom + reach - camera.shift_y) / camera.scale_y
    low, high, _, _ = index.grid.cells(ViewRect(0.0, 0.0, y0, y1))
    return max(first, low), min(last, high), left, right


def _row_sums(starts: np.ndarray, columns: int, cells: tuple[int, int, int, int]) -> np.ndarray:
    """(rows,) int64 number of points in each grid row of `cells`."""
    first, last, left, right = cells
    rows = np.arange(first, last + 1, dtype=np.int64) * columns
    sums: np.ndarray = starts[rows + right + 1].astype(np.int64) - starts[rows + left]
    return sums


def _choose_level(
    index: PointIndex, camera: Camera, cells: tuple[int, int, int, int], points: int
) -> int | None:
    """The coarsest level whose cells are at most a pixel, if it spares work."""
    for number, level in enumerate(index.levels):
        across = level.cell_width * camera.scale_x
        down = -level.cell_height * camera.scale_y
        if across <= 1 and down <= 1:
            items = int(_row_sums(level.starts, index.grid.size, cells).sum())
            return number if items * _LEVEL_GAIN < points else None
    return None


def _count(paint: Paint, view: ViewRect) -> tuple[int, int, np.ndarray]:
    """(points drawn in `view`, those of them that pass the filters, their rows if few)."""
    index = paint.index
    grid = index.grid
    cells = grid.cells(view)
    candidates = int(_row_sums(paint.drawn_starts, grid.size, cells).sum())
    span = min(cells[1] - cells[0], cells[3] - cells[2])
    found = np.empty(THUMBNAIL_LIMIT, np.uint32)
    if candidates > _EXACT_COUNT and span >= _FEW_CELLS:
        estimate = int(candidates * _covered_share(grid.bounds(), view, cells, grid.size))
        return estimate, estimate, found[:0]
    arrays = (index.x, index.y, index.rows, paint.codes)
    edges = tuple(float(edge) for edge in view)
    thresholds = (GHOST << 8, DIMMED << 8)
    drawn, visible = count_in_view(
        *arrays, thresholds, index.starts, grid.size, cells, edges, found
    )
    return int(drawn), int(visible), found[: visible if visible <= THUMBNAIL_LIMIT else 0]


def _covered_share(
    bounds: ViewRect, view: ViewRect, cells: tuple[int, int, int, int], size: int
) -> float:
    """Share of the cells' area that lies in `view`."""
    shown_x = min(view.x1, bounds.x1) - max(view.x0, bounds.x0)
    shown_y = min(view.y1, bounds.y1) - max(view.y0, bounds.y0)
    whole_x = (cells[3] - cells[2] + 1) * bounds.width / size
    whole_y = (cells[1] - cells[0] + 1) * bounds.height / size
    return float(np.clip(shown_x / whole_x, 0, 1) * np.clip(shown_y / whole_y, 0, 1))
