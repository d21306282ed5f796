"""Colour and state of every point and merged point, renewed without touching positions."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.index import PointIndex
from astromask_gui.raster.jit import chunks, drawing_kernel, run_parallel, thread_count
from astromask_gui.raster.levels import balanced_cells
from astromask_gui.raster.styles import DIMMED, GHOST, NORMAL, StyleTables


@drawing_kernel
def _fill_plain_codes(rows, colours, first, last, codes):  # type: ignore[no-untyped-def]
    """codes = NORMAL × 256 + colour in sorted order."""
    plain = np.uint16(NORMAL << 8)
    for i in range(first, last):
        codes[i] = plain | np.uint16(colours[rows[i]])


@drawing_kernel
def _join(colours, states, first, last, joined):  # type: ignore[no-untyped-def]
    """State × 256 + colour by row."""
    for row in range(first, last):
        joined[row] = np.uint16(states[row]) << np.uint16(8) | np.uint16(colours[row])


@drawing_kernel
def _fill_codes(rows, joined, first, last, codes):  # type: ignore[no-untyped-def]
    """The same in sorted order: rows lie anywhere, so each is to be looked up once."""
    for i in range(first, last):
        codes[i] = joined[rows[i]]


@drawing_kernel
def _pack(weight, red, green, blue):  # type: ignore[no-untyped-def]
    if weight <= 0:
        return np.uint32(0)
    scale = 1.0 / weight
    r = np.uint32(red * scale + 0.5)
    g = np.uint32(green * scale + 0.5)
    b = np.uint32(blue * scale + 0.5)
    return (r << np.uint32(16)) | (g << np.uint32(8)) | b


@drawing_kernel
def _sum_points(members, codes, table, first, last, weights, colours):  # type: ignore[no-untyped-def]
    """Ink of merged points straight from the points."""
    for item in range(first, last):
        weight = 0.0
        red = 0.0
        green = 0.0
        blue = 0.0
        for i in range(members[item], members[item + 1]):
            code = codes[i]
            weight += table[code, 0]
            red += table[code, 1]
            green += table[code, 2]
            blue += table[code, 3]
        weights[item] = weight
        colours[item] = _pack(weight, red, green, blue)


@drawing_kernel
def _sum_items(members, fine_weights, fine_colours, first, last, weights, colours):  # type: ignore[no-untyped-def]
    """Ink of merged points from the next finer level's."""
    for item in range(first, last):
        weight = 0.0
        red = 0.0
        green = 0.0
        blue = 0.0
        for i in range(members[item], members[item + 1]):
            share = np.float64(fine_weights[i])
            colour = fine_colours[i]
            weight += share
            red += share * ((colour >> np.uint32(16)) & np.uint32(255))
            green += share * ((colour >> np.uint32(8)) & np.uint32(255))
            blue += share * (colour & np.uint32(255))
        weights[item] = weight
        colours[item] = _pack(weight, red, green, blue)


@drawing_kernel
def _fill_counted_starts(codes, starts, threshold, first, last, counted):  # type: ignore[no-untyped-def]
    """Counts within the cells `first` to `last` alone; returns their sum."""
    total = 0
    for cell in range(first, last):
        counted[cell] = total
        for i in range(starts[cell], starts[cell + 1]):
            if codes[i] >= threshold:
                total += 1
    return total


class Paint:
    """Ink for one index. `apply` works in place: no frame may be drawn meanwhile."""

    def __init__(self, index: PointIndex, tables: StyleTables) -> None:
        self.index = index
        self.tables = tables
        self.codes = np.full(index.x.size, NORMAL << 8, np.uint16)
        """(n,) uint16 state × 256 + colour index, in the index's order."""
        self.weights = [np.empty(level.size, np.float32) for level in index.levels]
        self.colours = [np.empty(level.size, np.uint32) for level in index.levels]
        self.no_weights = np.empty(0, np.float32)
        self.no_colours = np.empty(0, np.uint32)
        self.drawn_starts = index.starts
        """Like `index.starts`, counting only the points that are drawn."""
        self.visible_starts = index.starts
        """The same for those that pass the filters; another array only where there are ghosts."""
        self.placeless = index.count - index.x.size
        """Rows that pass the filters and have no place."""

    def apply(self, colours: np.ndarray, states: np.ndarray | None, tables: StyleTables) -> None:
        """Take over (N,) uint8 colour indices and states in row order (None: all normal)."""
        index = self.index
        self.tables = tables
        parts = chunks(index.x.size, 2 * thread_count())
        if states is None:
            calls = [(index.rows, colours, a, b, self.codes) for a, b in parts]
            run_parallel(_fill_plain_codes, calls)
        else:
            joined = np.empty(index.count, np.uint16)
            calls = [(colours, states, a, b, joined) for a, b in chunks(index.count)]
            run_parallel(_join, calls)
            calls = [(index.rows, joined, a, b, self.codes) for a, b in parts]
            run_parallel(_fill_codes, calls)
        self._sum_levels()
        self._count_drawn(states)

    def _sum_levels(self) -> None:
        """Finest level from the points, each coarser one from the one before."""
        parts = 2 * thread_count()
        for number in range(len(self.index.levels) - 1, -1, -1):
            members = self.index.levels[number].first
            weights, colours = self.weights[number], self.colours[number]
            pieces = chunks(weights.size, parts)
            if number == len(self.index.levels) - 1:
                table = self.tables.points
                calls = [(members, self.codes, table, a, b, weights, colours) for a, b in pieces]
                run_parallel(_sum_points, calls)
            else:
                fine = (self.weights[number + 1], self.colours[number + 1])
                run_parallel(
                    _sum_items, [(members, *fine, a, b, weights, colours) for a, b in pieces]
                )

    def _count_drawn(self, states: np.ndarray | None) -> None:
        lowest = NORMAL if states is None or not states.size else int(states.min())
        index, starts = self.index, self.index.starts
        self.drawn_starts = self._count_from(GHOST) if lowest < GHOST else starts
        ghosts = lowest < DIMMED and bool(np.any(states == GHOST))
        self.visible_starts = self._count_from(DIMMED) if ghosts else self.drawn_starts
        passed = index.count
        if states is not None and lowest < DIMMED:
            passed = int(np.count_nonzero(states >= DIMMED))
        self.placeless = passed - int(self.visible_starts[-1])

    def _count_from(self, state: int) -> np.ndarray:
        """Like `index.starts`, counting only points of at least this state."""
        starts, parts = self.index.starts, balanced_cells(self.index.starts, 2 * thread_count())
        counted = np.empty_like(starts)
        calls = [(self.codes, starts, state << 8, a, b, counted) for a, b in parts]
        before = 0
        for (first, last), total in zip(
            parts, run_parallel(_fill_counted_starts, calls), strict=True
        ):
            counted[first:last] += before
            before += total
        counted[-1] = before
        return counted
