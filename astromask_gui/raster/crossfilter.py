"""Counts of several columns at once, each over the rows that pass all filters but its own.

After crossfilter.js (Square, 2012): each row knows which filters it fails; when one filter
changes, only the rows that pass it now and didn't, or the other way round, are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from astromask_gui.raster.binning import Bins
from astromask_gui.raster.loading import kernels_are_loaded

Mask = NDArray[np.bool_]
_OTHERS = np.uint32(1)
"""Bit of the filters that are no column's own."""


class CrossFilter:
    """Remembers what was counted last; one thread at a time."""

    def __init__(self) -> None:
        self._bins: dict[str, Bins] = {}
        self._own: dict[str, Mask | None] = {}
        self._others: tuple[Mask, ...] = ()
        self._failing = np.empty(0, np.uint32)
        """(N,) bits of the filters that a row fails: the first for others', then a column each."""
        self._index = np.empty((0, 0), np.uint8)
        """(N, columns) bins, so that those of a row lie together."""
        self._counts = np.empty((0, 256), np.int64)

    def count(
        self, bins: Mapping[str, Bins], own: Mapping[str, Mask], others: Sequence[Mask]
    ) -> dict[str, NDArray[np.int64]]:
        """(256,) counts by column. `own` are the columns' own filters' rows (N,) bool, `others`
        those of all other filters. Masks are told apart by identity: not to be written to."""
        same = list(bins) == list(self._bins) and all(
            bins[name] is self._bins[name] for name in bins
        )
        if not same:
            self._start(bins)
        changed = [name for name in bins if own.get(name) is not self._own.get(name)]
        if not _same(others, self._others):
            self._others = tuple(others)
            self._apply(_OTHERS, np.logical_and.reduce(self._others) if others else None)
        for name in changed:
            self._own[name] = own.get(name)
            bit = np.uint32(2 << list(bins).index(name))
            self._apply(bit, self._own[name])
        return {name: self._counts[place].copy() for place, name in enumerate(bins)}

    def _start(self, bins: Mapping[str, Bins]) -> None:
        self._bins, self._own, self._others = dict(bins), {}, ()
        size = len(next(iter(bins.values())).index) if bins else 0
        self._failing = np.zeros(size, np.uint32)
        self._index = np.empty((size, len(bins)), np.uint8)
        self._counts = np.empty((len(bins), 256), np.int64)
        for place, column in enumerate(bins.values()):
            self._index[:, place] = column.index
            self._counts[place] = column.totals

    def _apply(self, bit: np.uint32, mask: Mask | None) -> None:
        """Have the rows outside `mask` fail a filter, and no others; None passes all."""
        passing = np.ones(len(self._failing), bool) if mask is None else mask
        if kernels_are_loaded():
            from astromask_gui.raster.crossfilter_kernels import move_filter

            move_filter(self._failing, passing, bit, self._index, self._counts)
            return
        before = self._failing
        self._failing = np.where(passing, before & ~bit, before | bit)
        for place, column in enumerate(self._bins.values()):
            own = np.uint32(2 << place)
            if own != bit:
                rows = (self._failing & ~own) == 0
                self._counts[place] = np.bincount(column.index[rows], minlength=256)


def _same(these: Sequence[Mask], those: Sequence[Mask]) -> bool:
    return len(these) == len(those) and all(a is b for a, b in zip(these, those, strict=True))
