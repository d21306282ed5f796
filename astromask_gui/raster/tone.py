"""From accumulated ink to pixels: logarithmic in the count, steady from frame to frame."""

from __future__ import annotations

import numpy as np

_STEPS_PER_ROOT = 64
"""The tables are indexed by √n · 64: fine for single points, still small for 65,536 of them."""
_TABLE_SIZE = 256 * _STEPS_PER_ROOT
HISTOGRAM_SIZE = _TABLE_SIZE // 4
_REFERENCE_SHARE = 0.995
_SMOOTHING = 0.5
_SMALLEST_REFERENCE = 3.0
_FULL = 0.97
_CROWDED, _SPARSE = 0.10, 1.3
"""Disc radii, in pixels, between which a lone point's opacity rises."""
_LONE_CROWDED, _LONE_SPARSE = 0.28, 0.90


_COUNTS = (np.arange(_TABLE_SIZE, dtype=np.float32) / _STEPS_PER_ROOT) ** 2
_LOG_COUNTS = np.log(np.maximum(_COUNTS, 1))


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
        share = np.minimum(_LOG_COUNTS / np.float32(np.log(reference)), np.float32(1))
        opacity: np.ndarray = np.float32(lone) + np.float32(_FULL - lone) * share
        opacity[:_STEPS_PER_ROOT] = _COUNTS[:_STEPS_PER_ROOT] * np.float32(lone)
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
