"""Sets of rows in little memory, for steps that may be taken back and sets that were deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

_BITS_PER_ROW = 32
"""A row's number takes as much as so many rows' bits."""


@dataclass(frozen=True)
class PackedMask:
    """A set of rows: its few members, its few gaps, or one bit a row, whichever is least."""

    kind: Literal["members", "gaps", "bits"]
    size: int
    data: NDArray[np.uint32] | NDArray[np.uint8]

    @classmethod
    def of(cls, mask: NDArray[np.bool_], count: int | None = None) -> PackedMask:
        """Pack (N,) bool; `count` is the number of members, where it is known."""
        size = len(mask)
        count = int(np.count_nonzero(mask)) if count is None else count
        if count * _BITS_PER_ROW < size:
            return cls("members", size, np.flatnonzero(mask).astype(np.uint32))
        if (size - count) * _BITS_PER_ROW < size:
            return cls("gaps", size, np.flatnonzero(~mask).astype(np.uint32))
        return cls("bits", size, np.packbits(mask))

    def unpack(self, size: int | None = None) -> NDArray[np.bool_]:
        """The set again, (N,) bool; of `size` rows where the catalogue has grown."""
        mask = np.zeros(self.size if size is None else size, bool)
        own = mask[: self.size]
        if self.kind == "bits":
            own[:] = np.unpackbits(np.asarray(self.data, np.uint8), count=self.size)
        else:
            own[:] = self.kind == "gaps"
            own[self.data] = self.kind == "members"
        return mask
