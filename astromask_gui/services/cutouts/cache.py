"""Cutouts kept in memory by row, up to a bound."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)
Pixels = tuple[NDArray[np.float32], NDArray[np.bool_]]
"""(B, H, W) pixels and (B,) missing bands of one cutout."""


class PixelCache:
    """The cutouts used last, in `bound` bytes at most."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._bytes = 0
        self._kept: OrderedDict[int, Pixels] = OrderedDict()

    def __contains__(self, row: int) -> bool:
        return row in self._kept

    def get(self, row: int) -> Pixels | None:
        """The cutout of a row, which becomes the one used last."""
        if row not in self._kept:
            return None
        self._kept.move_to_end(row)
        return self._kept[row]

    def put(self, row: int, pixels: NDArray[np.float32], missing: NDArray[np.bool_]) -> None:
        """Keep a cutout; those not used for longest give way."""
        if row in self._kept:
            return
        self._kept[row] = (_alone(pixels), _alone(missing))
        self._bytes += pixels.nbytes
        self._shrink()

    def set_bound(self, bound: int) -> None:
        """Keep so many bytes at most from now on."""
        self._bound = bound
        self._shrink()

    @property
    def bytes(self) -> int:
        """What the cutouts take."""
        return self._bytes

    def clear(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._bytes = 0

    def _shrink(self) -> None:
        while self._bytes > self._bound and len(self._kept) > 1:
            _, (oldest, _) = self._kept.popitem(last=False)
            self._bytes -= oldest.nbytes


def _alone(array: NDArray[T]) -> NDArray[T]:
    """The array; a copy where it would keep the whole batch that it was read with."""
    batch = array.base
    is_all = batch is None or (isinstance(batch, np.ndarray) and batch.nbytes == array.nbytes)
    return array if is_all else array.copy()
