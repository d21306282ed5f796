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

    In nanomaggies where the zero-points are known, else in counts. A missing band is NaN
    throughout, and a pixel is where more than half of its area is. Values beyond float16's
    range are clipped to it.
    """
    bands = list(display_bands)
    flux = rescale(pixels, zero_points)[:, bands]
    small = np.clip(_averaged(flux, size), -FLOAT16_MAX, FLOAT16_MAX)
    small[missing[:, bands]] = np.nan
    return np.asarray(small, np.float16)


def _averaged(flux: np.ndarray, size: int) -> np.ndarray:
    """(n, c, H, W) with NaN → (n, c, size, size): means of the pixels that have data; NaN
    where more than half of the area has none."""
    lost = np.isnan(flux)
    if not lost.any():
        return area_average(flux, size)
    share = area_average(lost.astype(np.float32), size)
    small = area_average(np.where(lost, np.float32(0), flux), size) / np.maximum(1 - share, 0.5)
    return np.where(share > 0.5, np.float32(np.nan), small)


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
