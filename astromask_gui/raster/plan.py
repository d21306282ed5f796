"""What a frame will draw: which level, how large the discs, how the screen is divided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from astromask_gui.raster.bands import DISCS, MERGED, POINTS, Bands, Camera, Items
from astromask_gui.raster.counting import count_in_view, rows_in_view
from astromask_gui.raster.frame import (
    LARGEST_RADIUS,
    THUMBNAIL_LIMIT,
    FrameRequest,
    ViewRect,
    disc_radius,
    hole_radius,
)
from astromask_gui.raster.index import PointIndex
from astromask_gui.raster.jit import thread_count
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.styles import DIMMED, GHOST, OPEN

_DISC_FROM = 0.485
"""A disc of this radius spreads exactly one pixel of ink, so nothing jumps at the switch."""
_LEVEL_GAIN = 1.2
_BAND_PIXELS = 24_000
"""So many pixels' ink, 384 kB, stay in a core's own cache."""
_MOST_REPEATED = 100_000
"""So many points may be looked at again, because two bands share their row of the grid."""


@dataclass(frozen=True)
class Plan:
    """What a frame will draw."""

    camera: Camera
    cells: tuple[int, int, int, int]
    level: int | None
    radius: float
    hole: float
    """Radius of the hole in open discs."""
    sparsity: float
    """Radius that discs would have for their share of the screen, in the pixels that tone knows."""
    crowded: bool
    """Points too close for discs of their own: where they share a pixel, states have their say."""
    visible: int
    rows: np.ndarray
    work: int
    """Points or merged points in `cells`."""


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
    scale = request.pixel_ratio / request.reduction
    hole = scale * hole_radius(sparsity / scale)
    if request.for_print:
        per_layout = sparsity / scale
        # The soft edge of a screen's disc holds ink that the sharper one of a print lacks.
        radius = scale * (max(per_layout, _DISC_FROM) ** 2 + 1 / 12) ** 0.5
        crowded = per_layout < _DISC_FROM
        work = _total(index.starts, index.grid.size, cells)
        return Plan(camera, cells, None, radius, hole, per_layout, crowded, visible, rows, work)
    level, work = _choose_level(index, camera, cells)
    radius = sparsity if level is None and sparsity >= _DISC_FROM else 0.0
    return Plan(camera, cells, level, radius, hole, sparsity, radius == 0, visible, rows, work)


def bands_of(index: PointIndex, plan: Plan, request: FrameRequest) -> Bands:
    """Cut the raster into bands, each with the cells that reach it."""
    height, width = request.shape
    row_pixels = -index.grid.cell_height * plan.camera.scale_y
    rows = max(_BAND_PIXELS // width, int(min(1.5, plan.work / _MOST_REPEATED) * row_pixels), 1)
    rows = min(rows, -(-height // (2 * thread_count())))
    tops = np.append(np.arange(0, height, rows), height)
    camera, reach = plan.camera, plan.radius + 2
    y1 = camera.y0 + (tops[:-1] - reach - camera.shift_y) / camera.scale_y
    y0 = camera.y0 + (tops[1:] + reach - camera.shift_y) / camera.scale_y
    first, last, left, right = plan.cells
    cells = np.empty((tops.size - 1, 4), np.int64)
    cells[:, 0] = np.maximum(index.grid.rows_of(y0), first)
    cells[:, 1] = np.minimum(index.grid.rows_of(y1), last)
    cells[:, 2:] = left, right
    return Bands(tops, cells, width)


def items_of(paint: Paint, plan: Plan) -> Items:
    """What the plan draws."""
    index, size = paint.index, paint.index.grid.size
    tables, nothing = paint.tables, (paint.no_weights, paint.no_colours)
    if plan.level is None:
        kind = DISCS if plan.radius else POINTS
        table = tables.points if plan.crowded else tables.discs
        points = (index.x, index.y, paint.codes, table, *nothing, index.starts)
        discs = (plan.radius, plan.hole, DIMMED + OPEN << 8)
        return Items(kind, *points, size, *discs, (0.0, 0.0))
    level, camera = index.levels[plan.level], plan.camera
    ink = (paint.weights[plan.level], paint.colours[plan.level])
    half = (level.cell_width * camera.scale_x / 2, -level.cell_height * camera.scale_y / 2)
    merged = (level.x, level.y, paint.codes, tables.points, *ink, level.starts)
    return Items(MERGED, *merged, size, 0.0, 0.0, 0, half)


def _choose_level(
    index: PointIndex, camera: Camera, cells: tuple[int, int, int, int]
) -> tuple[int | None, int]:
    """(the coarsest level whose cells are at most a pixel if it spares work, items in `cells`)."""
    points = _total(index.starts, index.grid.size, cells)
    for number, level in enumerate(index.levels):
        across = level.cell_width * camera.scale_x
        down = -level.cell_height * camera.scale_y
        if across <= 1 and down <= 1:
            items = _total(level.starts, index.grid.size, cells)
            return (number, items) if items * _LEVEL_GAIN < points else (None, points)
    return None, points


def _total(starts: np.ndarray, columns: int, cells: tuple[int, int, int, int]) -> int:
    """Number of points in `cells`."""
    first, last, left, right = cells
    rows = slice(first * columns, (last + 1) * columns, columns)
    ends = starts[right + 1 :][rows].sum(dtype=np.int64)
    return int(ends - starts[left:][rows].sum(dtype=np.int64))


def _count(paint: Paint, view: ViewRect) -> tuple[int, int, np.ndarray]:
    """(points drawn in `view`, those of them that pass the filters, their rows if few)."""
    index = paint.index
    cells, size = index.grid.cells(view), index.grid.size
    edges = tuple(float(edge) for edge in view)
    points = (index.x, index.y, paint.codes)

    def count(threshold: int, counted: np.ndarray) -> int:
        return int(count_in_view(*points, threshold, index.starts, counted, size, cells, edges))

    visible = count(DIMMED << 8, paint.visible_starts)
    drawn = visible
    if paint.drawn_starts is not paint.visible_starts:
        drawn = count(GHOST << 8, paint.drawn_starts)
    rows = np.empty(visible if visible <= THUMBNAIL_LIMIT else 0, np.uint32)
    if rows.size:
        arrays = (index.x, index.y, index.rows, paint.codes)
        rows_in_view(*arrays, DIMMED << 8, index.starts, size, cells, edges, rows)
    return drawn, visible, rows
