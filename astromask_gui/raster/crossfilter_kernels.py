"""The one loop of a cross-filter: rows that change sides take their counts along."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.jit import exact_kernel


@exact_kernel
def move_filter(failing, passing, bit, bins, counts):  # type: ignore[no-untyped-def]
    """Set `bit` of `failing` (N,) uint32 where a row is not `passing`, clear it elsewhere, and
    keep `counts` (columns, 256) right: column c counts rows that fail nothing but bit 2 << c."""
    columns = bins.shape[1]
    for row in range(failing.size):
        before = failing[row]
        after = before & ~bit if passing[row] else before | bit
        if after == before:
            continue
        failing[row] = after
        for column in range(columns):
            others = ~(np.uint32(2) << np.uint32(column))
            counted = np.int64((after & others) == 0) - np.int64((before & others) == 0)
            counts[column, bins[row, column]] += counted


@exact_kernel
def mark_range(values, low, high, mask):  # type: ignore[no-untyped-def]
    """Write to `mask` (N,) bool where low ≤ value ≤ high, compared in float64."""
    for row in range(values.size):
        value = np.float64(values[row])
        mask[row] = value >= low and value <= high
