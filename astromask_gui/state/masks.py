"""Masks over a square grid of patches, as (L,) bool in raster order, True = hidden."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def grid_side(length: int) -> int:
    """Patches along a side of a square image with so many patches."""
    return math.isqrt(length)


def centre_mask(side: int) -> Mask:
    """The inner patches of a grid of `side` × `side`: half of each side, at least one patch."""
    inner = np.zeros((side, side), bool)
    margin = min(max(side // 4, 1), (side - 1) // 2)
    inner[margin : side - margin, margin : side - margin] = True
    return inner.ravel()


def under_brush(side: int, place: int, width: int) -> Mask:
    """The patches that a square brush `width` patches wide covers at patch `place`."""
    row, column = divmod(place, side)
    before, after = (width - 1) // 2, width // 2 + 1
    covered = np.zeros((side, side), bool)
    covered[max(row - before, 0) : row + after, max(column - before, 0) : column + after] = True
    return covered.ravel()


def hidden_pixels(mask: Mask, patch: int) -> NDArray[np.bool_]:
    """(H, W) bool of the pixels in hidden patches of `patch` pixels' side."""
    side = grid_side(len(mask))
    return np.kron(mask.reshape(side, side), np.ones((patch, patch), bool)).astype(bool)
