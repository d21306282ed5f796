"""Small linear pictures of cutouts: three bands, averaged over area, in one unit of flux."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from trainer.cutouts.zero_points import rescale

FLOAT16_MAX = float(np.finfo(np.float16).max)


def make_thumbnails(
    pixels: np.ndarray,
    missing: np.ndarray,
    display_bands: Sequence[int],
    size: int,
    zero_points: Sequence[float] | None,
) -> np.ndarray:
    """Cutouts (n, B, H, W) float32 → (n, 3, size, size) float16, linear.

    In nanomaggies where the zero-points are known, else in counts. A missing band shows the
    mean of the display bands that are there, so that it lends no false colour. Values beyond
    float16's range are clipped to it.
    """
    bands = list(display_bands)
    flux = rescale(pixels, zero_points)[:, bands]
    absent = missing[:, bands]
    for row in np.flatnonzero(absent.any(axis=1) & ~absent.all(axis=1)):
        flux[row, absent[row]] = flux[row, ~absent[row]].mean(axis=0)
    small = np.clip(area_average(flux, size), -FLOAT16_MAX, FLOAT16_MAX)
    return np.asarray(small, np.float16)


def area_average(images: np.ndarray, size: int) -> np.ndarray:
    """(…, H, W) → (…, size, size) float32: each new pixel is the mean of the area it covers.

    Images that are not square are set in the middle of a square of zeros first.
    """
    height, width = images.shape[-2:]
    side = max(height, width)
    weights_y = _weights(side, size, (side - height) // 2, height)
    weights_x = _weights(side, size, (side - width) // 2, width)
    return np.asarray(weights_y @ images.astype(np.float32, copy=False) @ weights_x.T)


@lru_cache(maxsize=32)
def _weights(side: int, size: int, start: int, length: int) -> np.ndarray:
    """(size, length) float32: share of each old pixel in each new one along an axis.

    The old axis is `length` pixels that begin at `start` of a square's `side`.
    """
    edges = np.arange(size + 1) * (side / size)
    low, high = edges[:-1, None], edges[1:, None]
    pixel = start + np.arange(length)[None, :]
    overlap = np.minimum(high, pixel + 1) - np.maximum(low, pixel)
    weights: np.ndarray = np.clip(overlap, 0, None) * (size / side)
    return weights.astype(np.float32)
