"""Sorting points by coarse cell, row by row, and in Morton order inside each cell.

A key has 32 bits: the cell's row, its column, then the interleaved bits of the finer position.
Points of one row of a viewport then lie in one contiguous run, and points with equal key prefix
lie together at every finer level.
"""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.grid import Grid
from astromask_gui.raster.jit import chunks, exact_kernel, run_parallel

_DIGIT = 11


@exact_kernel
def _spread(value):  # type: ignore[no-untyped-def]
    """Move the lower 16 bits to the even places."""
    v = np.uint32(value)
    v = (v | (v << np.uint32(8))) & np.uint32(0x00FF00FF)
    v = (v | (v << np.uint32(4))) & np.uint32(0x0F0F0F0F)
    v = (v | (v << np.uint32(2))) & np.uint32(0x33333333)
    return (v | (v << np.uint32(1))) & np.uint32(0x55555555)


@exact_kernel
def _axis_key(value, origin, scale, coarse_size, fine_scale, fine_max):  # type: ignore[no-untyped-def]
    """(coarse cell, position inside it) along one axis, both clamped. Mirrors `grid.cell_of`."""
    position = (np.float64(value) - origin) * scale
    position = min(max(position, 0.0), coarse_size)
    coarse = np.uint32(min(position, coarse_size - 1.0))
    fine = np.uint32(min((position - coarse) * fine_scale, fine_max))
    return coarse, fine


@exact_kernel
def _fill_keys(x, y, grid, first, last, keys):  # type: ignore[no-untyped-def]
    size = float(1 << grid.bits)
    fine_bits = 16 - grid.bits
    fine_scale = float(1 << fine_bits)
    fine_max = fine_scale - 1.0
    scale_x = 1.0 / grid.cell_width
    scale_y = 1.0 / grid.cell_height
    for i in range(first, last):
        column, fine_x = _axis_key(x[i], grid.x0, scale_x, size, fine_scale, fine_max)
        row, fine_y = _axis_key(y[i], grid.y0, scale_y, size, fine_scale, fine_max)
        cell = (row << np.uint32(grid.bits)) | column
        morton = _spread(fine_x) | (_spread(fine_y) << np.uint32(1))
        keys[i] = (cell << np.uint32(2 * fine_bits)) | morton


@exact_kernel
def _radix_pass(keys, order, shift, keys_out, order_out):  # type: ignore[no-untyped-def]
    """One stable counting pass over an 11-bit digit."""
    mask = np.uint32((1 << 11) - 1)
    shift = np.uint32(shift)
    place = np.zeros((1 << 11) + 1, np.int64)
    for i in range(keys.size):
        place[((keys[i] >> shift) & mask) + 1] += 1
    for digit in range(1 << 11):
        place[digit + 1] += place[digit]
    for i in range(keys.size):
        digit = (keys[i] >> shift) & mask
        target = place[digit]
        place[digit] = target + 1
        keys_out[target] = keys[i]
        order_out[target] = order[i]


@exact_kernel
def _gather(x, y, order, first, last, x_out, y_out):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        j = order[i]
        x_out[i] = x[j]
        y_out[i] = y[j]


@exact_kernel
def _fill_starts(keys, shift, starts):  # type: ignore[no-untyped-def]
    cell = 0
    for i in range(keys.size):
        here = np.int64(keys[i] >> np.uint32(shift))
        while cell <= here:
            starts[cell] = i
            cell += 1
    while cell < starts.size:
        starts[cell] = keys.size
        cell += 1


def point_keys(x: np.ndarray, y: np.ndarray, grid: Grid) -> np.ndarray:
    """(N,) uint32 keys of finite float32 coordinates."""
    keys = np.empty(x.size, np.uint32)
    run_parallel(_fill_keys, [(x, y, grid, a, b, keys) for a, b in chunks(x.size)])
    return keys


def sort_keys(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(sorted keys, order) by a stable radix sort, both uint32; `keys` is used as scratch space."""
    order = np.arange(keys.size, dtype=np.uint32)
    spare_keys, spare_order = np.empty_like(keys), np.empty_like(order)
    for shift in (0, _DIGIT, 2 * _DIGIT):
        _radix_pass(keys, order, shift, spare_keys, spare_order)
        keys, spare_keys = spare_keys, keys
        order, spare_order = spare_order, order
    return keys, order


def gather_points(x: np.ndarray, y: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates in sorted order."""
    sorted_x, sorted_y = np.empty_like(x), np.empty_like(y)
    calls = [(x, y, order, a, b, sorted_x, sorted_y) for a, b in chunks(x.size)]
    run_parallel(_gather, calls)
    return sorted_x, sorted_y


def cell_starts(sorted_keys: np.ndarray, grid: Grid) -> np.ndarray:
    """(size² + 1,) int32: where each coarse cell's points begin."""
    starts = np.empty(grid.size * grid.size + 1, np.int32)
    _fill_starts(sorted_keys, 2 * grid.fine_bits, starts)
    return starts
