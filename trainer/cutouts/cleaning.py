"""Pixels as they are stored → pixels that can be computed with, and which bands are missing."""

from __future__ import annotations

import numpy as np

MISSING_ONE_IN = 20
"""A band of which at least one pixel in 20 is NaN is missing, as in the UNIONS cutouts."""


def clean(pixels: np.ndarray, lost: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Replace NaN and infinities by `lost`, 0 or NaN, and find the missing bands.

    `pixels` (n, B, H, W) of any number type → (n, B, H, W) float32, and `missing` (n, B) bool.
    A band is missing where it is all zero or where at least 5 % of it was not finite; such a
    band is zero throughout.
    """
    with np.errstate(over="ignore"):
        pixels = np.asarray(pixels, np.float32)
    finite = np.isfinite(pixels)
    if finite.all():
        return pixels, _empty(pixels)
    bad = np.count_nonzero(~finite, axis=(2, 3))
    spoilt = bad * MISSING_ONE_IN >= pixels.shape[2] * pixels.shape[3]
    cleaned = np.where(finite, pixels, np.float32(lost))
    cleaned[spoilt] = 0
    return cleaned, _empty(cleaned)


def _empty(pixels: np.ndarray) -> np.ndarray:
    empty: np.ndarray = np.logical_not(pixels.any(axis=(2, 3)))
    return empty
