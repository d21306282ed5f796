"""Nearest point, box and lasso: exact on the index's float32 coordinates, in float64 arithmetic.

`allowed` is a bool mask in row order (the filters' answer) and is honoured point by point, so a
pick never depends on how far the drawing has caught up.
"""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.index import PointIndex
from astromask_gui.raster.jit import chunks, exact_kernel, run_parallel

_NO_MASK = np.ones(0, np.bool_)


@exact_kernel
def _nearest(x, y, rows, allowed, starts, columns, cells, centre, radius):  # type: ignore[no-untyped-def]
    best = 1.0
    best_row = np.int64(-1)
    for line in range(cells[0], cells[1] + 1):
        for i in range(starts[line * columns + cells[2]], starts[line * columns + cells[3] + 1]):
            dx = (x[i] - centre[0]) / radius[0]
            dy = (y[i] - centre[1]) / radius[1]
            distance = dx * dx + dy * dy
            if distance > best:
                continue
            row = np.int64(rows[i])
            # Ties go to the smallest row, so that the answer does not depend on the sort.
            if distance == best and best_row >= 0 and row > best_row:
                continue
            if allowed.size == 0 or allowed[row]:
                best = distance
                best_row = row
    return best_row


@exact_kernel
def _mark_box(x, y, rows, allowed, starts, columns, cells, lines, box, mask):  # type: ignore[no-untyped-def]
    x0, x1, y0, y1 = box
    everything = allowed.size == 0
    for line in range(lines[0], lines[1]):
        inner_line = line > cells[0] and line < cells[1]
        inner_first = starts[line * columns + cells[2] + 1]
        inner_last = starts[line * columns + cells[3]]
        for i in range(starts[line * columns + cells[2]], starts[line * columns + cells[3] + 1]):
            # Only the border cells can hold points outside the box.
            inside = inner_line and i >= inner_first and i < inner_last
            if inside or (x[i] >= x0 and x[i] <= x1 and y[i] >= y0 and y[i] <= y1):
                row = rows[i]
                if everything or allowed[row]:
                    mask[row] = True


@exact_kernel
def _is_inside(px, py, vx, vy, edges, first, last):  # type: ignore[no-untyped-def]
    """Non-zero winding number over the edges listed in edges[first:last]."""
    winding = 0
    for e in range(first, last):
        a = edges[e]
        b = a + 1 if a + 1 < vx.size else 0
        if (vy[a] > py) != (vy[b] > py):
            crossing = (vx[b] - vx[a]) * (py - vy[a]) / (vy[b] - vy[a]) + vx[a]
            if px < crossing:
                winding += 1 if vy[b] > vy[a] else -1
    return winding != 0


@exact_kernel
def _lines_of_edge(ya, yb, y0, cell, size, first, last):  # type: ignore[no-untyped-def]
    """Grid rows, counted from `first`, that an edge can cross; a thousandth of a cell to spare."""
    low = (min(ya, yb) - y0) / cell - 1e-3
    high = (max(ya, yb) - y0) / cell + 1e-3
    low_line = np.int64(min(max(low, 0.0), size - 1.0))
    high_line = np.int64(min(max(high, 0.0), size - 1.0))
    return max(low_line, first) - first, min(high_line, last) - first


@exact_kernel
def _edges_by_line(vy, y0, cell, size, first, last):  # type: ignore[no-untyped-def]
    """(starts, edges): the polygon's edges that each grid row must consider."""
    starts = np.zeros(last - first + 2, np.int64)
    for a in range(vy.size):
        b = a + 1 if a + 1 < vy.size else 0
        low, high = _lines_of_edge(vy[a], vy[b], y0, cell, size, first, last)
        for line in range(low, high + 1):
            starts[line + 1] += 1
    for line in range(last - first + 1):
        starts[line + 1] += starts[line]
    place = starts[:-1].copy()
    edges = np.empty(starts[-1], np.int64)
    for a in range(vy.size):
        b = a + 1 if a + 1 < vy.size else 0
        low, high = _lines_of_edge(vy[a], vy[b], y0, cell, size, first, last)
        for line in range(low, high + 1):
            edges[place[line]] = a
            place[line] += 1
    return starts, edges


@exact_kernel
def _touch_cells(vx, vy, edges, first, last, bottom, grid, left, touched):  # type: ignore[no-untyped-def]
    """Mark the cells of one grid row that an edge passes through, with a margin."""
    top = bottom + grid.cell_height
    for e in range(first, last):
        a = edges[e]
        b = a + 1 if a + 1 < vx.size else 0
        start_x, end_x = vx[a], vx[b]
        rise = vy[b] - vy[a]
        if abs(rise) > 1e-6 * grid.cell_height:
            margin = 1e-3 * grid.cell_height
            t0 = min(max((bottom - margin - vy[a]) / rise, 0.0), 1.0)
            t1 = min(max((top + margin - vy[a]) / rise, 0.0), 1.0)
            run = vx[b] - vx[a]
            start_x, end_x = vx[a] + run * t0, vx[a] + run * t1
        low = (min(start_x, end_x) - grid.x0) / grid.cell_width - left - 1e-2
        high = (max(start_x, end_x) - grid.x0) / grid.cell_width - left + 1e-2
        low_cell = np.int64(min(max(low, 0.0), touched.size * 1.0))
        high_cell = np.int64(min(max(high, -1.0), touched.size - 1.0))
        if high >= 0:
            for cell in range(low_cell, high_cell + 1):
                touched[cell] = True


@exact_kernel
def _mark_lasso(  # type: ignore[no-untyped-def]
    x, y, rows, allowed, starts, grid, cells, lines, vx, vy, edge_starts, edges, mask
):
    """Cells that no edge touches are decided once, at their centre; the others point by point."""
    size = np.int64(1) << np.int64(grid.bits)
    everything = allowed.size == 0
    left, right = cells[2], cells[3]
    touched = np.empty(right - left + 1, np.bool_)
    for line in range(lines[0], lines[1]):
        first, last = edge_starts[line - cells[0]], edge_starts[line - cells[0] + 1]
        # Outer cells also hold the points beyond the grid.
        outer_line = line == 0 or line == size - 1
        touched[:] = outer_line
        if not outer_line:
            bottom = grid.y0 + line * grid.cell_height
            _touch_cells(vx, vy, edges, first, last, bottom, grid, left, touched)
        centre_y = grid.y0 + (line + 0.5) * grid.cell_height
        known = False
        inside = False
        for cell in range(left, right + 1):
            begin, end = starts[line * size + cell], starts[line * size + cell + 1]
            mixed = touched[cell - left] or cell == 0 or cell == size - 1
            if mixed:
                known = False
            elif not known and begin < end:
                # Neighbours without an edge between them are on the same side.
                centre_x = grid.x0 + (cell + 0.5) * grid.cell_width
                inside = _is_inside(centre_x, centre_y, vx, vy, edges, first, last)
                known = True
            if not mixed and not inside:
                continue
            for i in range(begin, end):
                row = rows[i]
                if not (everything or allowed[row]):
                    continue
                if not mixed or _is_inside(x[i], y[i], vx, vy, edges, first, last):
                    mask[row] = True


def nearest(
    index: PointIndex,
    x: float,
    y: float,
    radius: tuple[float, float],
    allowed: np.ndarray | None = None,
) -> int | None:
    """Row of the point nearest to (x, y) within an ellipse of `radius` (x and y), or None.

    Distances are measured in radii, so that a radius in pixels gives the nearest on the screen.
    """
    view = index.inside(ViewRect(x, x, y, y))
    centre = (view.x0, view.y0)
    reach = (float(radius[0]), float(radius[1]))
    around = ViewRect(
        view.x0 - reach[0], view.x1 + reach[0], view.y0 - reach[1], view.y1 + reach[1]
    )
    cells = index.grid.cells(around)
    mask = _NO_MASK if allowed is None else allowed
    arrays = (index.x, index.y, index.rows, mask, index.starts)
    row = _nearest(*arrays, index.grid.size, cells, centre, reach)
    return None if row < 0 else int(row)


def in_box(index: PointIndex, box: ViewRect, allowed: np.ndarray | None = None) -> np.ndarray:
    """(N,) bool mask in row order of the points in `box`, its edges included."""
    mask = np.zeros(index.count, np.bool_)
    inner = index.inside(box)
    if not (inner.x0 <= inner.x1 and inner.y0 <= inner.y1):
        return mask
    cells = index.grid.cells(inner)
    arrays = (
        index.x,
        index.y,
        index.rows,
        _NO_MASK if allowed is None else allowed,
        index.starts,
        index.grid.size,
        cells,
    )
    edges = tuple(float(edge) for edge in inner)
    run_parallel(_mark_box, [(*arrays, lines, edges, mask) for lines in _line_ranges(cells)])
    return mask


def in_lasso(
    index: PointIndex, vertices: np.ndarray, allowed: np.ndarray | None = None
) -> np.ndarray:
    """(N,) bool mask in row order of the points inside a closed polygon of (V, 2) vertices.

    A point is inside where the outline winds around it, so loops and crossings of a freehand
    outline stay selected. Vertices that are not finite are left out.
    """
    mask = np.zeros(index.count, np.bool_)
    points = np.asarray(vertices, np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)] - index.origin
    if points.shape[0] < 3:
        return mask
    vx, vy = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    grid = index.grid
    cells = grid.cells(ViewRect(vx.min(), vx.max(), vy.min(), vy.max()))
    edge_starts, edges = _edges_by_line(
        vy, grid.y0, grid.cell_height, grid.size, cells[0], cells[1]
    )
    shared = (
        index.x,
        index.y,
        index.rows,
        _NO_MASK if allowed is None else allowed,
        index.starts,
        grid,
        cells,
    )
    outline = (vx, vy, edge_starts, edges, mask)
    run_parallel(_mark_lasso, [(*shared, lines, *outline) for lines in _line_ranges(cells)])
    return mask


def _line_ranges(cells: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Divide the grid rows of `cells` among the threads."""
    first, last = cells[0], cells[1]
    return [(first + a, first + b) for a, b in chunks(last - first + 1)]
