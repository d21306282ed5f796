"""A lens's light taken away without a model of it: what is left may be what it bends.

All functions take and give counts of the survey, (H, W) or (B, H, W); NaN stays NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.centre import Place, filled
from trainer.photometry.sky import border

Planes = NDArray[np.float32]

_MIDDLE_SHARE = 8
"""Two bands are compared within this fraction of a picture's side from the centre."""
_SMALLEST_MIDDLE, _BRIGHT = 2.5, 3.0
_LEAST_SHARE = 0.01
"""Share of a pixel without data from which on what is interpolated from it is none."""


def band_ratio(first: NDArray[np.floating], second: NDArray[np.floating], centre: Place) -> float:
    """k for which first − k · second is closest to nothing in the galaxy's middle.

    The weighted median of the ratios of the pixels there, which half of them may spoil; the
    sky of both is taken away before. 1 where the second band shows nothing there.
    """
    height, width = first.shape
    sky_first, (sky_second, noise) = border(first)[0], border(second)
    y, x = np.mgrid[:height, :width].astype(float)
    reach = max(min(height, width) / _MIDDLE_SHARE, _SMALLEST_MIDDLE)
    near = np.hypot(x - centre[0], y - centre[1]) <= reach
    ours, theirs = np.asarray(first, float) - sky_first, np.asarray(second, float) - sky_second
    bright = near & np.isfinite(ours) & (theirs > _BRIGHT * noise)
    if not bright.any():
        return 1.0
    ratios, weights = ours[bright] / theirs[bright], theirs[bright]
    order = np.argsort(ratios)
    total = np.cumsum(weights[order])
    return float(ratios[order][np.searchsorted(total, total[-1] / 2)])


def scaled_difference(
    first: NDArray[np.floating], second: NDArray[np.floating], ratio: float
) -> Planes:
    """(H, W): first − ratio · second, as in RingFinder (Gavazzi et al. 2014, ApJ 785, 144).

    Nothing is done about the two bands' seeing: where they differ, a ring remains around
    every point that is no ring of the sky.
    """
    left = np.asarray(first, np.float32) - np.float32(border(first)[0])
    away = np.asarray(second, np.float32) - np.float32(border(second)[0])
    difference: Planes = left - np.float32(ratio) * away
    return difference


def unsharp(pixels: NDArray[np.floating], radius: float) -> Planes:
    """(B, H, W): each band less itself smoothed by a Gaussian of `radius` pixels (σ).

    The smoothing goes around NaN and does not reach beyond the picture.
    """
    from scipy.ndimage import gaussian_filter

    planes = np.asarray(pixels, np.float32)
    good = np.isfinite(planes)
    sigma = (0.0, radius, radius)
    light = gaussian_filter(np.where(good, planes, 0), sigma, mode="constant")
    weight = gaussian_filter(good.astype(np.float32), sigma, mode="constant")
    with np.errstate(invalid="ignore", divide="ignore"):
        left: Planes = planes - np.where(weight > 1e-6, light / weight, np.nan).astype(np.float32)
    return left


def turned(pixels: NDArray[np.floating], centre: Place) -> Planes:
    """(B, H, W): each band turned by 180° about a place, NaN where that lies outside or has no
    data."""
    from scipy.ndimage import map_coordinates

    height, width = pixels.shape[1:]
    y, x = np.mgrid[:height, :width].astype(float)
    there = [2 * centre[1] - y, 2 * centre[0] - x]
    outside = (there[0] < 0) | (there[0] > height - 1) | (there[1] < 0) | (there[1] > width - 1)
    planes = np.empty(pixels.shape, np.float32)
    for band, plane in enumerate(pixels):
        planes[band] = map_coordinates(filled(plane), there, order=3, mode="nearest")
        lost = ~np.isfinite(plane)
        if lost.any():
            share = map_coordinates(lost.astype(float), there, order=1, mode="nearest")
            planes[band][share > _LEAST_SHARE] = np.nan
    planes[:, outside] = np.nan
    return planes


def rotation_residual(pixels: NDArray[np.floating], centre: Place) -> Planes:
    """(B, H, W): each band less itself turned by 180° about the galaxy's centre; 0 where the
    turned picture has nothing to compare with."""
    left = np.asarray(pixels, np.float32) - turned(pixels, centre)
    return np.where(np.isfinite(left) | ~np.isfinite(pixels), left, np.float32(0))
