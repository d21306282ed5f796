"""Values to colour indices, a value at a time on all cores: NumPy's passes over blocks take many
times as long for millions."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.jit import chunks, exact_kernel, run_parallel


@exact_kernel
def _scale(values, low, high, scale, logarithmic, missing, first, last, index, beyond):  # type: ignore[no-untyped-def]
    """`beyond` counts the values below and above."""
    top = float(missing - 1)
    for i in range(first, last):
        value = np.float64(values[i])
        if not np.isfinite(value) or (logarithmic and value <= 0):
            index[i] = missing
            continue
        if logarithmic:
            # Logarithms of float32 are faster, and exact enough for 255 steps.
            ratio = np.float32(min(max(value / low, 1e-37), 1e38))
            place = np.log(ratio) * scale
        else:
            place = (value - low) * scale
        beyond[0] += value < low
        beyond[1] += value > high
        index[i] = np.uint8(np.int64(min(max(place, 0.0), top) + 0.5))


@exact_kernel
def _count_codes(codes, first, last, counts):  # type: ignore[no-untyped-def]
    """Code −1 is counted last."""
    for i in range(first, last):
        code = codes[i]
        counts[code if code >= 0 else counts.size - 1] += 1


@exact_kernel
def _map_codes(codes, places, first, last, index):  # type: ignore[no-untyped-def]
    for i in range(first, last):
        code = codes[i]
        index[i] = places[code if code >= 0 else places.size - 1]


def count_codes(codes: np.ndarray, size: int) -> np.ndarray:
    """(size,) int64: how many of (N,) int16 `codes` are 0, 1, …; −1 is left out."""
    parts = chunks(codes.size)
    counts = np.zeros((len(parts), size + 1), np.int64)
    codes = _frozen(codes, np.int16)
    calls = [(codes, a, b, counts[part]) for part, (a, b) in enumerate(parts)]
    run_parallel(_count_codes, calls)
    total: np.ndarray = counts.sum(axis=0)[:-1]
    return total


def mapped_codes(codes: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(N,) uint8 `places[codes]` of int16 codes; the last place serves code −1."""
    index = np.empty(codes.size, np.uint8)
    codes = _frozen(codes, np.int16)
    run_parallel(_map_codes, [(codes, places, a, b, index) for a, b in chunks(codes.size)])
    return index


def _frozen(values: np.ndarray, kind: type[np.generic]) -> np.ndarray:
    """A read-only view: for a kernel that is a type of its own, so all values are."""
    view = np.ascontiguousarray(values, kind).view()
    view.flags.writeable = False
    return view


def scaled_index(
    values: np.ndarray, limits: tuple[float, float], scale: float, logarithmic: bool, missing: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """((N,) uint8: (value − low) · scale rounded, within 0 and missing − 1; how many values lie
    below and above the limits).

    With a logarithmic scale log(value / low) takes the difference's place. What is not finite,
    or has no logarithm, becomes `missing`. Takes values of any number type, read-only or not.
    """
    values = _frozen(values, np.float32 if values.dtype == np.float32 else np.float64)
    index = np.empty(values.size, np.uint8)
    parts = chunks(values.size)
    beyond = np.zeros((len(parts), 2), np.int64)
    low, high = (float(limit) for limit in limits)
    run_parallel(
        _scale,
        [
            (values, low, high, scale, logarithmic, missing, first, last, index, beyond[part])
            for part, (first, last) in enumerate(parts)
        ],
    )
    below, above = (int(count) for count in beyond.sum(axis=0))
    return index, (below, above)
