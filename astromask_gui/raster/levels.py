"""Levels of detail: neighbouring points merged into one, cell by cell.

At level l a coarse cell is split into 2^l × 2^l cells, and the points of each become one item:
their mean position, and later their summed ink. Sorted points with an equal key prefix are
neighbours in memory, so a level is a division of the points into runs, and a coarser level a
division of the next finer one's items.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from astromask_gui.raster.grid import Grid
from astromask_gui.raster.jit import exact_kernel, run_parallel, thread_count

_WORTHWHILE_SHARE = 0.6
"""A level with more items than this share of the points saves too little."""
_SMALLEST_COUNT = 20_000
"""So few points are drawn one by one faster than a level would be built."""


@dataclass(frozen=True)
class Level:
    """Merged points at one cell size, ordered like the points."""

    cell_width: float
    cell_height: float
    x: np.ndarray
    """(M,) float32 mean position."""
    y: np.ndarray
    first: np.ndarray
    """(M + 1,) uint32: where each item's members begin in the next finer level, or the points."""
    starts: np.ndarray
    """(size² + 1,) int32: where each coarse cell's items begin."""

    @property
    def size(self) -> int:
        """Number of items M."""
        return self.x.size


@exact_kernel
def _highest_difference(difference, fine_bits):  # type: ignore[no-untyped-def]
    """Level at which two neighbours of a cell part; fine_bits + 1 if they never do."""
    for level in range(1, fine_bits + 1):
        if difference >> np.uint32(2 * (fine_bits - level)):
            return level
    return fine_bits + 1


@exact_kernel
def _fill_splits(x, y, keys, starts, bits, bounds, cell_first, cell_last, splits, counts):  # type: ignore[no-untyped-def]
    """splits[i] = the coarsest level at which point i begins an item; counts of each by level.

    Points outside the grid were clamped into its edge cells and lie anywhere: each stays alone.
    """
    fine_bits = 16 - bits
    x0, x1, y0, y1 = bounds
    for cell in range(cell_first, cell_last):
        previous_alone = True
        for i in range(starts[cell], starts[cell + 1]):
            alone = x[i] < x0 or x[i] >= x1 or y[i] < y0 or y[i] >= y1
            if alone or previous_alone:
                split = 0
            else:
                split = _highest_difference(keys[i] ^ keys[i - 1], fine_bits)
            previous_alone = alone
            splits[i] = split
            counts[split] += 1


@exact_kernel
def _merge(  # type: ignore[no-untyped-def]
    level, fine_x, fine_y, fine_count, fine_split, fine_starts, cell_first, cell_last, place, out
):
    """Items of one level out of the finer one's (or the points', then fine_count is empty)."""
    x, y, count, split, first, starts = out
    single = fine_count.size == 0
    for cell in range(cell_first, cell_last):
        starts[cell] = place
        i = np.int64(fine_starts[cell])
        end = np.int64(fine_starts[cell + 1])
        while i < end:
            first[place] = i
            split[place] = fine_split[i]
            sum_x = 0.0
            sum_y = 0.0
            total = np.int64(0)
            while True:
                members = np.int64(1) if single else np.int64(fine_count[i])
                sum_x += fine_x[i] * members
                sum_y += fine_y[i] * members
                total += members
                i += 1
                if i >= end or fine_split[i] <= level:
                    break
            x[place] = sum_x / total
            y[place] = sum_y / total
            count[place] = total
            place += 1


def build_levels(
    x: np.ndarray, y: np.ndarray, keys: np.ndarray, starts: np.ndarray, grid: Grid
) -> list[Level]:
    """Levels from the coarsest to the finest worthwhile one; none for few points."""
    if x.size < _SMALLEST_COUNT:
        return []
    pieces = balanced_cells(starts, 4 * thread_count())
    splits = np.empty(x.size, np.uint8)
    counts = np.zeros((len(pieces), grid.fine_bits + 2), np.int64)
    bounds = tuple(float(edge) for edge in grid.bounds())
    run_parallel(
        _fill_splits,
        [
            (x, y, keys, starts, grid.bits, bounds, a, b, splits, counts[piece])
            for piece, (a, b) in enumerate(pieces)
        ],
    )
    sizes = np.cumsum(counts, axis=1)
    worthwhile = sizes.sum(axis=0)[:-1] <= _WORTHWHILE_SHARE * x.size
    finest = int(np.flatnonzero(worthwhile)[-1]) if worthwhile.any() else -1
    finer = (x, y, np.empty(0, np.uint32), splits, starts)
    levels: list[Level] = []
    for number in range(finest, -1, -1):
        level, finer = _build_level(number, grid, pieces, sizes[:, number], finer)
        levels.insert(0, level)
    return levels


_Finer = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _build_level(
    number: int, grid: Grid, pieces: list[tuple[int, int]], sizes: np.ndarray, finer: _Finer
) -> tuple[Level, _Finer]:
    fine_x, fine_y, fine_count, fine_split, fine_starts = finer
    size = int(sizes.sum())
    x, y = np.empty(size, np.float32), np.empty(size, np.float32)
    count, split = np.empty(size, np.uint32), np.empty(size, np.uint8)
    first, starts = np.empty(size + 1, np.uint32), np.empty_like(fine_starts)
    out = (x, y, count, split, first, starts)
    places = np.cumsum(sizes) - sizes
    run_parallel(
        _merge,
        [
            (number, fine_x, fine_y, fine_count, fine_split, fine_starts, a, b, int(place), out)
            for (a, b), place in zip(pieces, places, strict=True)
        ],
    )
    starts[-1] = size
    first[-1] = fine_x.size
    scale = 1 << number
    level = Level(grid.cell_width / scale, grid.cell_height / scale, x, y, first, starts)
    return level, (x, y, count, split, starts)


def balanced_cells(starts: np.ndarray, parts: int) -> list[tuple[int, int]]:
    """Cut the cells into at most `parts` ranges that hold about equally many points."""
    cuts = np.searchsorted(starts, np.linspace(0, starts[-1], parts + 1)[1:-1])
    edges = np.unique(np.concatenate([[0], cuts, [starts.size - 1]]))
    return [(int(a), int(b)) for a, b in pairwise(edges)]
