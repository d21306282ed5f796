"""The kernels that draw: points into an accumulator, the accumulator into pixels, band by band.

All in one file, because numba compiles a kernel anew only when its own file has changed.

A band is a range of pixel rows, `top` to `bottom`; its accumulator is (rows · W, 4) float32:
weight and weighted red, green, blue of every pixel. It fits a core's own cache, which spares the
main memory two passes over four times the picture's size. The kernels walk the grid cells (first
row, last row, first column, last column) given as `cells`, row by row: one contiguous run of
points for each.
"""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.jit import drawing_kernel
from astromask_gui.raster.machine import add_ink, take_colour, take_next


@drawing_kernel
def _within(value, low, high):  # type: ignore[no-untyped-def]
    return min(max(value, low), high)


@drawing_kernel
def add_points(x, y, codes, table, starts, columns, cells, camera, width, top, bottom, ink):  # type: ignore[no-untyped-def]
    """Each point into the pixel that it falls on."""
    x0, y0 = np.float32(camera.x0), np.float32(camera.y0)
    scale_x, scale_y = np.float32(camera.scale_x), np.float32(camera.scale_y)
    shift_x, shift_y = np.float32(camera.shift_x), np.float32(camera.shift_y)
    right, upper, lower = np.float32(width), np.float32(top), np.float32(bottom)
    one = np.float32(1)
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            py = (y[i] - y0) * scale_y + shift_y
            if not (py >= upper and py < lower):
                continue
            px = (x[i] - x0) * scale_x + shift_x
            if px >= 0 and px < right:
                pixel = np.uintp((np.int64(py) - top) * width + np.int64(px))
                code = codes[i]
                red, green, blue = table[code, 1], table[code, 2], table[code, 3]
                add_ink(ink, pixel, one, table[code, 0], red, green, blue)


@drawing_kernel
def add_discs(  # type: ignore[no-untyped-def]
    x, y, codes, table, starts, columns, cells, camera, width, top, bottom, discs, ink
):
    """Each point as an anti-aliased disc; overlapping ones mix, whatever their order.

    `discs` are (radius, radius of the hole in open ones, the first code of these).
    """
    x0, y0 = np.float32(camera.x0), np.float32(camera.y0)
    scale_x, scale_y = np.float32(camera.scale_x), np.float32(camera.scale_y)
    shift_x, shift_y = np.float32(camera.shift_x), np.float32(camera.shift_y)
    half, one = np.float32(0.5), np.float32(1)
    zero, edge = np.float32(0), np.float32(discs[0]) + half
    # A hole of less than half a pixel is a faint one of that size.
    rim, emptied = np.float32(discs[1]) + half, np.float32(min(2 * discs[1], 1))
    first_open = discs[2] if discs[1] > 0 else np.int64(1 << 16)
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            px = (x[i] - x0) * scale_x + shift_x
            py = (y[i] - y0) * scale_y + shift_y
            if not (px >= -edge and px < width + edge and py >= top - edge and py < bottom + edge):
                continue
            code = codes[i]
            weight, red, green, blue = (
                table[code, 0],
                table[code, 1],
                table[code, 2],
                table[code, 3],
            )
            if weight == 0:
                continue
            is_open = code >= first_open
            # The square that holds the disc, and nothing around it: most discs are small.
            first_line = _within(np.int64(np.ceil(py - edge - half)), top, bottom)
            last_line = _within(np.int64(np.floor(py + edge - half)), top - 1, bottom - 1)
            first = _within(np.int64(np.ceil(px - edge - half)), 0, width)
            last = _within(np.int64(np.floor(px + edge - half)), -1, width - 1)
            for j in range(first_line, last_line + 1):
                dy = np.float32(j) + half - py
                for k in range(first, last + 1):
                    dx = np.float32(k) + half - px
                    distance = np.sqrt(dx * dx + dy * dy)
                    cover = max(min(edge - distance, one), zero)
                    if is_open:
                        cover -= emptied * max(min(rim - distance, one), zero)
                    pixel = np.uintp((j - top) * width + k)
                    add_ink(ink, pixel, cover, weight, red, green, blue)


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
    zero, one, tiny = np.float32(0), np.float32(1), np.float32(1e-3)
    many, low = np.float32(2.5), np.uint32(255)
    upper, lower, wide = np.float32(top), np.float32(bottom), np.float32(width)
    growth_x = np.float32(max(half_cell[0], 1e-3)) - tiny
    growth_y = np.float32(max(half_cell[1], 1e-3)) - tiny
    for row in range(cells[0], cells[1] + 1):
        for i in range(starts[row * columns + cells[2]], starts[row * columns + cells[3] + 1]):
            px = (x[i] - x0) * scale_x + shift_x
            py = (y[i] - y0) * scale_y + shift_y
            if not (py >= upper - one and py < lower + one and px >= -one and px < wide + one):
                continue
            weight, colour = weights[i], colours[i]
            red = weight * np.float32(np.int32((colour >> np.uint32(16)) & low))
            green = weight * np.float32(np.int32((colour >> np.uint32(8)) & low))
            blue = weight * np.float32(np.int32(colour & low))
            # No branches: whether a box crosses a pixel's edge is anybody's guess.
            is_box = np.float32(weight > many)
            half_x, half_y = tiny + growth_x * is_box, tiny + growth_y * is_box
            left, above = np.floor(px - half_x), np.floor(py - half_y)
            to_left = min((left + one - (px - half_x)) / (half_x + half_x), one)
            to_above = min((above + one - (py - half_y)) / (half_y + half_y), one)
            to_right, to_below = one - to_left, one - to_above
            # What falls outside the band is left to the others, or lost.
            to_left *= np.float32(left >= zero and left < wide)
            to_right *= np.float32(left < wide - one)
            to_above *= np.float32(above >= upper and above < lower)
            to_below *= np.float32(above >= upper - one and above < lower - one)
            column, line = np.int64(left), np.int64(above) - top
            next_column = _within(column + 1, 0, width - 1)
            next_line = _within(line + 1, 0, bottom - top - 1) * width
            column = _within(column, 0, width - 1)
            line = _within(line, 0, bottom - top - 1) * width
            a, b = np.uintp(line + column), np.uintp(line + next_column)
            c, d = np.uintp(next_line + column), np.uintp(next_line + next_column)
            add_ink(ink, a, to_above * to_left, weight, red, green, blue)
            add_ink(ink, b, to_above * to_right, weight, red, green, blue)
            add_ink(ink, c, to_below * to_left, weight, red, green, blue)
            add_ink(ink, d, to_below * to_right, weight, red, green, blue)


@drawing_kernel
def tone_band(ink, first, last, table, background, pixels, histogram):  # type: ignore[no-untyped-def]
    """Blend a band over the background into `pixels[first:last]`, clear its ink, count counts."""
    red = np.float32(background[0])
    green = np.float32(background[1])
    blue = np.float32(background[2])
    half, one, zero = np.float32(0.5), np.float32(1), np.float32(0)
    empty = (
        np.uint32(0xFF000000)
        | (np.uint32(background[0]) << np.uint32(16))
        | (np.uint32(background[1]) << np.uint32(8))
        | np.uint32(background[2])
    )
    top, size = np.float32(table.size - 1), last - first
    for group in range(0, size, 8):
        # Most of a sparse view is told empty eight pixels at a time: counts are never negative.
        if group + 8 <= size:
            together = zero
            for i in range(group, group + 8):
                together += ink[np.uintp(i), 0]
            if together == zero:
                for i in range(group, group + 8):
                    pixels[np.uintp(first + i)] = empty
                continue
        for i in range(group, min(group + 8, size)):
            place = np.uintp(i)
            count = ink[place, 0]
            if count == zero:
                pixels[np.uintp(first + i)] = empty
                continue
            # By way of a signed number, which takes one instruction.
            step = np.uintp(np.int64(min(np.sqrt(count) * np.float32(64), top)))
            histogram[step >> np.uintp(2)] += 1
            alpha = table[step]
            keep = one - alpha
            ground = red * keep + half, green * keep + half, blue * keep + half
            pixels[np.uintp(first + i)] = take_colour(ink, place, alpha / count, *ground)


@drawing_kernel
def _splat(items, bands, camera, number, ink):  # type: ignore[no-untyped-def]
    x, y, codes, table = items.x, items.y, items.codes, items.table
    grid = (items.starts, items.columns)
    row = bands.cells[number]
    cells = (row[0], row[1], row[2], row[3])
    band = (bands.width, bands.tops[number], bands.tops[number + 1])
    if items.kind == 2:
        weights, colours, half_cell = items.weights, items.colours, items.half_cell
        add_merged(x, y, weights, colours, *grid, cells, camera, *band, half_cell, ink)
    elif items.kind == 1:
        discs = (items.radius, items.hole, items.first_open)
        add_discs(x, y, codes, table, *grid, cells, camera, *band, discs, ink)
    else:
        add_points(x, y, codes, table, *grid, cells, camera, *band, ink)


@drawing_kernel
def draw_bands(items, bands, camera, taken, ink, table, background, pixels, histogram):  # type: ignore[no-untyped-def]
    """Draw bands until all are `taken`; `ink` is zero before and after."""
    histogram[:] = 0
    number = take_next(taken)
    while number < bands.tops.size - 1:
        _splat(items, bands, camera, number, ink)
        first, last = bands.tops[number] * bands.width, bands.tops[number + 1] * bands.width
        tone_band(ink, first, last, table, background, pixels, histogram)
        number = take_next(taken)


@drawing_kernel
def splat_band(items, bands, camera, number, ink):  # type: ignore[no-untyped-def]
    """Only add a band's ink."""
    _splat(items, bands, camera, number, ink)
