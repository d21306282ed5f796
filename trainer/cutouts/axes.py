"""Which axis of an array counts the bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WHITE = 255.0
"""White in a picture of bytes."""


def band_axis(shape: Sequence[int]) -> int:
    """1 for (N, B, H, W), 3 for (N, H, W, B).

    The band axis is the second or the last, whichever is shorter than both others; where
    neither is, the one that differs from two equal sides; else the second.
    """
    _, second, third, last = shape
    if second < min(third, last):
        return 1
    if last < min(second, third):
        return 3
    return 3 if second == third != last else 1


def is_picture(shape: Sequence[int], dtype: np.dtype) -> bool:
    """Whether an array of four dimensions holds pictures: bytes, the three colours last.

    These come from picture files, whose first row is at the top; fluxes come from FITS.
    """
    return dtype == np.uint8 and band_axis(shape) == 3 and shape[3] == 3


def upright(pixels: np.ndarray) -> np.ndarray:
    """(…, H, W), contiguous, of a picture whose rows are counted from the top: then from below."""
    return np.ascontiguousarray(pixels[..., ::-1, :])


def cutout_shape(shape: Sequence[int]) -> tuple[int, int, int]:
    """(B, H, W) of one cutout of an array of four dimensions."""
    _, *sides = map(int, shape)
    first, second, third = sides
    return (first, second, third) if band_axis(shape) == 1 else (third, first, second)


def bands_second(pixels: np.ndarray, axis: int) -> np.ndarray:
    """(N, B, H, W), contiguous, from an array with its bands on `axis`."""
    return pixels if axis == 1 else np.ascontiguousarray(np.moveaxis(pixels, axis, 1))
