"""From accumulated ink to pixels: logarithmic in the count, steady from frame to frame."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.jit import drawing_kernel

_STEPS_PER_ROOT = 64
"""The tables are indexed by √n · 64: fine for single points, still small for 65,536 of them."""
_TABLE_SIZE = 256 * _STEPS_PER_ROOT
HISTOGRAM_SIZE = _TABLE_SIZE // 4
_REFERENCE_SHARE = 0.995
_SMOOTHING = 0.5
_SMALLEST_REFERENCE = 3.0
_FULL = 0.97
_CROWDED, _SPARSE = 0.10, 2.0
"""Disc radii, in pixels, between which a lone point's opacity rises."""
_LONE_CROWDED, _LONE_SPARSE = 0.28, 0.90


@drawing_kernel
def tone_band(ink, first, last, table, background, pixels, histogram):  # type: ignore[no-untyped-def]
    """Blend pixels `first` to `last` over the background, clear their ink, count their counts."""
    red0 = np.float32(background[0])
    green0 = np.float32(background[1])
    blue0 = np.float32(background[2])
    half, one, zero = np.float32(0.5), np.float32(1), np.float32(0)
    opaque = np.uint32(0xFF000000)
    empty = (
        opaque
        | (np.uint32(background[0]) << np.uint32(16))
        | (np.uint32(background[1]) << np.uint32(8))
        | np.uint32(background[2])
    )
    histogram[:] = 0
    top = table.size - 1
    for i in range(first, last):
        count = ink[i, 0]
        if count <= zero:
            pixels[i] = empty
            continue
        step = min(np.int64(np.sqrt(count) * np.float32(64)), top)
        histogram[step >> 2] += 1
        alpha = table[step]
        keep = one - alpha
        scale = alpha / count
        red = np.uint32(ink[i, 1] * scale + red0 * keep + half)
        green = np.uint32(ink[i, 2] * scale + green0 * keep + half)
        blue = np.uint32(ink[i, 3] * scale + blue0 * keep + half)
        pixels[i] = opaque | (red << np.uint32(16)) | (green << np.uint32(8)) | blue
        for channel in range(4):
            ink[i, channel] = zero


class Tone:
    """Opacity as a function of count; remembers the counts of the views drawn so far."""

    def __init__(self) -> None:
        self._reference: dict[int, float] = {}

    def table(self, sparsity_radius: float, reduction: int) -> np.ndarray:
        """(16384,) float32 opacity by √count · 64.

        `sparsity_radius` is the radius that discs would have for their share of the screen: small
        where the view is crowded. A lone point gains opacity as it grows towards a disc.
        """
        reference = self._reference.get(reduction) or self._guess(reduction)
        growth = np.log(max(sparsity_radius, 1e-9) / _CROWDED) / np.log(_SPARSE / _CROWDED)
        sparse = float(np.clip(growth, 0.0, 1.0))
        lone = _LONE_CROWDED * (_LONE_SPARSE / _LONE_CROWDED) ** sparse
        counts = (np.arange(_TABLE_SIZE, dtype=np.float32) / _STEPS_PER_ROOT) ** 2
        with np.errstate(divide="ignore"):
            share = np.clip(np.log(counts) / np.float32(np.log(reference)), 0.0, 1.0)
        rising = lone + (_FULL - lone) * share
        opacity: np.ndarray = np.where(counts < 1, counts * lone, rising).astype(np.float32)
        return opacity

    def _guess(self, reduction: int) -> float:
        """For the first frame of a resolution: the other resolution's counts, by area."""
        for other, reference in self._reference.items():
            return max(reference * (reduction / other) ** 2, _SMALLEST_REFERENCE)
        return 50.0

    def learn(self, histogram: np.ndarray, reduction: int) -> bool:
        """Move towards the count that 99.5 % of the inked pixels stay below; True once there."""
        total = histogram.sum()
        if total == 0:
            return True
        reached = np.cumsum(histogram)
        rank = _REFERENCE_SHARE * total
        step = int(np.searchsorted(reached, rank))
        before = reached[step - 1] if step else 0
        inside = (rank - before) / max(histogram[step], 1)
        target = max(((step + inside) * 4 / _STEPS_PER_ROOT) ** 2, _SMALLEST_REFERENCE)
        current = self._reference.get(reduction)
        self._reference[reduction] = (
            target if current is None else current * (target / current) ** _SMOOTHING
        )
        return current is not None and bool(abs(np.log(target / current)) < 0.02)

    def forget(self) -> None:
        """Start afresh: other points, another filter."""
        self._reference.clear()
