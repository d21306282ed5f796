"""How crowded the map is at each point: a Gaussian-smoothed count, the same at every zoom.

A kernel density estimate on a grid whose cells are a fraction of the smoothing length: points are
shared out among the four cells about them, the grid is smoothed, and read between its cells.
The smoothing length shrinks with the number of points as in Silverman 1986, § 4.3.2, in the plane:
σ ∝ N^(−1/6). It is taken shorter than that rule's, for maps have many peaks.
"""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.jit import chunks, exact_kernel, run_parallel

_LENGTH = 0.06
"""Smoothing length of a single point, as a share of the map's extent."""
_CELLS = 2.5
"""Cells of the grid in a smoothing length."""
_REACH = 3.5
"""Smoothing lengths that a point's weight reaches."""
_INNER = (0.0005, 0.9995)
_SAMPLE = 100_000


@exact_kernel
def _share_out(places, origin, per_cell, first, last, counts):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        column, line = (places[i, 0] - origin[0]) * per_cell, (places[i, 1] - origin[1]) * per_cell
        # Also false for NaN.
        if not (
            column >= 0
            and line >= 0
            and column < counts.shape[1] - 1
            and line < counts.shape[0] - 1
        ):
            continue
        k, j = np.int64(column), np.int64(line)
        right, below = column - k, line - j
        counts[j, k] += (1 - right) * (1 - below)
        counts[j, k + 1] += right * (1 - below)
        counts[j + 1, k] += (1 - right) * below
        counts[j + 1, k + 1] += right * below


@exact_kernel
def _smooth_lines(counts, weights, first, last, out):  # type: ignore[no-untyped-def]
    """Along columns, of the lines `first` to `last`."""
    reach = weights.size // 2
    for j in range(first, last):
        for k in range(counts.shape[1]):
            out[j, k] = 0.0
        for step in range(weights.size):
            source = j + step - reach
            if source >= 0 and source < counts.shape[0]:
                for k in range(counts.shape[1]):
                    out[j, k] += weights[step] * counts[source, k]


@exact_kernel
def _read(places, origin, per_cell, smooth, first, last, out):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        column, line = (places[i, 0] - origin[0]) * per_cell, (places[i, 1] - origin[1]) * per_cell
        if not (np.isfinite(column) and np.isfinite(line)):
            out[i] = np.nan
        elif (
            column >= 0
            and line >= 0
            and column < smooth.shape[1] - 1
            and line < smooth.shape[0] - 1
        ):
            k, j = np.int64(column), np.int64(line)
            right, below = column - k, line - j
            upper = smooth[j, k] * (1 - right) + smooth[j, k + 1] * right
            lower = smooth[j + 1, k] * (1 - right) + smooth[j + 1, k + 1] * right
            # A point is never less than alone; sharing it out blurs it a little.
            out[i] = max(upper * (1 - below) + lower * below, 1.0)
        else:
            out[i] = 1.0


def density(places: np.ndarray) -> np.ndarray:
    """(N,) float32 sums over all points of exp(−d² / 2σ²), the point itself included: about how
    many lie close by. NaN where a place is not finite; 1 far outside of the map's bulk.

    `places` are (N, 2) of any float type, read-only or not.
    """
    places = np.ascontiguousarray(places, np.float64 if places.dtype == np.float64 else np.float32)
    places = places.view()
    # For the kernels a read-only array is of another type: so all are.
    places.flags.writeable = False
    count = len(places)
    out = np.empty(count, np.float32)
    geometry = _geometry(places)
    if geometry is None:
        out[:] = np.where(np.isfinite(places).all(axis=1), 1, np.nan)
        return out
    origin, per_cell, shape = geometry
    smooth = _smoothed(_counted(places, origin, per_cell, shape))
    parts = chunks(count)
    run_parallel(_read, [(places, origin, per_cell, smooth, a, b, out) for a, b in parts])
    return out


def _geometry(places: np.ndarray) -> tuple[tuple[float, float], float, tuple[int, int]] | None:
    """(origin, cells per unit, (lines, columns)) of the grid; None where there is no extent."""
    sample = places[:: max(1, len(places) // _SAMPLE)].astype(np.float64)
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        return None
    low, high = np.quantile(sample, _INNER, axis=0)
    extent = float((high - low).max())
    if not extent > 1e-30:
        # All at one place: a grid about it, of any size.
        extent = max(float(np.abs(low).max()) * 1e-3, 1e-20)
    per_cell = _CELLS / (_LENGTH * extent * len(places) ** (-1 / 6))
    margin = (_REACH * _CELLS + 1) / per_cell
    columns, lines = np.ceil((high - low + 2 * margin) * per_cell).astype(int) + 1
    origin = (float(low[0] - margin), float(low[1] - margin))
    return origin, float(per_cell), (int(lines), int(columns))


def _counted(
    places: np.ndarray, origin: tuple[float, float], per_cell: float, shape: tuple[int, int]
) -> np.ndarray:
    parts = chunks(len(places))
    counts = np.zeros((len(parts), *shape))
    calls = [(places, origin, per_cell, a, b, counts[n]) for n, (a, b) in enumerate(parts)]
    run_parallel(_share_out, calls)
    total: np.ndarray = counts.sum(axis=0)
    return total


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Convolved with exp(−d² / 2σ²) along both axes."""
    reach = int(np.ceil(_REACH * _CELLS))
    weights = np.exp(-((np.arange(-reach, reach + 1) / _CELLS) ** 2) / 2)
    for _ in range(2):
        out = np.empty_like(counts)
        calls = [(counts, weights, a, b, out) for a, b in chunks(len(counts))]
        run_parallel(_smooth_lines, calls)
        counts = np.ascontiguousarray(out.T)
    return counts
