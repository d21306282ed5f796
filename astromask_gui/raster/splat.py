"""Kernels that add points to the accumulator, one screen band each.

The accumulator is (H · W, 4) float32: weight and weighted red, green, blue of every pixel. A band
is a range of pixel rows; a kernel writes only to its own, so that bands run in parallel. All of
them walk the grid cells (first row, last row, first column, last column) given as `cells`, row by
row: one contiguous run of points for each.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.jit import drawing_kernel


class Camera(NamedTuple):
    """From map to pixels: column = (x − x0) · scale_x + shift_x, the same for rows from the top.

    x0 and y0 are representable in float32 and the shift takes what is left: a difference of two
    float32 nearby is exact, so points stay in place at any zoom.
    """

    x0: float
    y0: float
    scale_x: float
    scale_y: float
    shift_x: float
    shift_y: float

    @classmethod
    def over(cls, view: ViewRect, width: int, height: int) -> Camera:
        """The camera that shows `view` on a raster, y upwards."""
        scale_x, scale_y = width / view.width, -height / view.height
        x0, y0 = float(np.float32(view.x0)), float(np.float32(view.y1))
        return cls(x0, y0, scale_x, scale_y, (x0 - view.x0) * scale_x, (y0 - view.y1) * scale_y)


@drawing_kernel
def add_points(x, y, codes, table, starts, columns, cells, camera, width, top, bottom, ink):  # type: ignore[no-untyped-def]
    """Each point into the pixel that it falls on."""
    x0, y0 = np.float32(camera.x0), np.float32(camera.y0)
    scale_x, scale_y = np.float32(camera.scale_x), np.float32(camera.scale_y)
    shift_x, shift_y = np.float32(camera.shift_x), np.float32(camera.shift_y)
    right, upper, lower = np.float32(width), np.float32(top), np.float32(bottom)
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            px = (x[i] - x0) * scale_x + shift_x
            py = (y[i] - y0) * scale_y + shift_y
            if px >= 0 and px < right and py >= upper and py < lower:
                pixel = np.int64(py) * width + np.int64(px)
                code = codes[i]
                for channel in range(4):
                    ink[pixel, channel] += table[code, channel]


@drawing_kernel
def add_discs(  # type: ignore[no-untyped-def]
    x, y, codes, table, starts, columns, cells, camera, width, top, bottom, radius, ink
):
    """Each point as an anti-aliased disc; overlapping ones mix, whatever their order."""
    x0, y0 = np.float32(camera.x0), np.float32(camera.y0)
    scale_x, scale_y = np.float32(camera.scale_x), np.float32(camera.scale_y)
    shift_x, shift_y = np.float32(camera.shift_x), np.float32(camera.shift_y)
    half, one = np.float32(0.5), np.float32(1)
    edge = np.float32(radius) + half
    reach = np.int64(np.ceil(edge))
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            px = (x[i] - x0) * scale_x + shift_x
            py = (y[i] - y0) * scale_y + shift_y
            if not (px >= -edge and px < width + edge and py >= top - edge and py < bottom + edge):
                continue
            code = codes[i]
            if table[code, 0] == 0:
                continue
            column, line = np.int64(np.floor(px)), np.int64(np.floor(py))
            for j in range(line - reach, line + reach + 1):
                if j < top or j >= bottom:
                    continue
                dy = np.float32(j) + half - py
                for k in range(column - reach, column + reach + 1):
                    if k < 0 or k >= width:
                        continue
                    dx = np.float32(k) + half - px
                    cover = edge - np.sqrt(dx * dx + dy * dy)
                    if cover > 0:
                        cover = min(cover, one)
                        for channel in range(4):
                            ink[j * width + k, channel] += cover * table[code, channel]


@drawing_kernel
def add_merged(  # type: ignore[no-untyped-def]
    x, y, weights, colours, starts, columns, cells, camera, width, top, bottom, half_cell, ink
):
    """Merged points: one or two as a pixel, more as a box of the cell's size shared by area.

    A cell is at most a pixel wide, so a box touches at most 2 × 2 pixels. Without the sharing, the
    cells' grid and the pixels' would beat against each other (moiré).
    """
    x0, y0 = np.float32(camera.x0), np.float32(camera.y0)
    scale_x, scale_y = np.float32(camera.scale_x), np.float32(camera.scale_y)
    shift_x, shift_y = np.float32(camera.shift_x), np.float32(camera.shift_y)
    one = np.float32(1)
    half_x = np.float32(max(half_cell[0], 1e-3))
    half_y = np.float32(max(half_cell[1], 1e-3))
    per_x = one / (half_x + half_x)
    per_y = one / (half_y + half_y)
    low = np.uint32(255)
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            px = (x[i] - x0) * scale_x + shift_x
            py = (y[i] - y0) * scale_y + shift_y
            if not (px >= -one and px < width + one and py >= top - one and py < bottom + one):
                continue
            weight = weights[i]
            if weight == 0:
                continue
            colour = colours[i]
            red = np.float32((colour >> np.uint32(16)) & low)
            green = np.float32((colour >> np.uint32(8)) & low)
            blue = np.float32(colour & low)
            left, above = np.int64(np.floor(px)), np.int64(np.floor(py))
            right, below = left, above
            share_x, share_y = one, one
            if weight > 2.5:
                left = np.int64(np.floor(px - half_x))
                right = np.int64(np.floor(px + half_x))
                above = np.int64(np.floor(py - half_y))
                below = np.int64(np.floor(py + half_y))
                if right > left:
                    share_x = (np.float32(right) - (px - half_x)) * per_x
                if below > above:
                    share_y = (np.float32(below) - (py - half_y)) * per_y
            for j in range(above, below + 1):
                if j < top or j >= bottom:
                    continue
                line_weight = weight * (share_y if j == above else one - share_y)
                for k in range(left, right + 1):
                    if k < 0 or k >= width:
                        continue
                    part = line_weight * (share_x if k == left else one - share_x)
                    pixel = j * width + k
                    ink[pixel, 0] += part
                    ink[pixel, 1] += part * red
                    ink[pixel, 2] += part * green
                    ink[pixel, 3] += part * blue


@drawing_kernel
def count_in_view(x, y, rows, codes, thresholds, starts, columns, cells, view, found):  # type: ignore[no-untyped-def]
    """Numbers of points in `view` (x0, x1, y0, y1) with a code from either of two thresholds on.

    The rows of the first ones beyond the second threshold are written to `found`, while it lasts.
    """
    drawn = 0
    visible = 0
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            inside = x[i] >= view[0] and x[i] <= view[1] and y[i] >= view[2] and y[i] <= view[3]
            if inside and codes[i] >= thresholds[0]:
                drawn += 1
                if codes[i] >= thresholds[1]:
                    if visible < found.size:
                        found[visible] = rows[i]
                    visible += 1
    return drawn, visible
