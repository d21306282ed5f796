"""The sky under and around a galaxy: its level and its noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BORDER_SHARE = 8
"""The border that counts as sky is this fraction of a picture's side."""
_CLIP, _ROUNDS = 3.0, 5


def clipped(values: NDArray[np.floating]) -> tuple[float, float, int]:
    """Level, standard deviation and number of values (n,) that are left when those more than 3σ
    off the median are taken away, five times; NaN, NaN and 0 where none is finite."""
    kept = np.asarray(values, float)[np.isfinite(values)]
    for _ in range(_ROUNDS):
        if not kept.size:
            break
        middle = np.median(kept)
        spread = 1.4826 * np.median(np.abs(kept - middle))
        if spread <= 0:
            break
        close = np.abs(kept - middle) <= _CLIP * spread
        if close.all():
            break
        kept = kept[close]
    if not kept.size:
        return float("nan"), float("nan"), 0
    return float(np.median(kept)), float(kept.std()), int(kept.size)


def border(plane: NDArray[np.floating]) -> tuple[float, float]:
    """Level and noise of the outermost eighth of a picture (H, W); 0 and 0 where all is NaN."""
    return counted_border(plane)[:2]


def counted_border(plane: NDArray[np.floating]) -> tuple[float, float, int]:
    """Level and noise as of `border`, and the number of pixels that they are known by."""
    height, width = plane.shape
    inside = np.zeros(plane.shape, bool)
    top, left = max(1, height // BORDER_SHARE), max(1, width // BORDER_SHARE)
    inside[top : height - top, left : width - left] = True
    level, noise, count = clipped(plane[~inside])
    return (level, noise, count) if count else (0.0, 0.0, 0)


def detection(pixels: NDArray[np.floating], missing: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(H, W): all bands (B, H, W) that are not missing, their sky taken away, each weighted by
    its signal over its noise; the deepest picture of a galaxy's shape. NaN where all are NaN."""
    total = np.zeros(pixels.shape[1:])
    seen = np.zeros(pixels.shape[1:], bool)
    for plane in np.asarray(pixels[~missing], float):
        level, noise = border(plane)
        good = np.isfinite(plane)
        total[good] += ((plane[good] - level) / noise) if noise > 0 else plane[good] - level
        seen |= good
    return np.where(seen, total, np.nan)
