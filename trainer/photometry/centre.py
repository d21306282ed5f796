"""The centre of a galaxy, to a fraction of a pixel.

First the brightest place of the smoothed picture near its middle, then its centroid, then the
point about which the picture changes least when it is turned by 180° (Conselice 2003, ApJS
147, 1, who minimises the asymmetry in the same way).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]

_SEARCH_SHARE = 16
"""The centre is sought within this fraction of a picture's side from its middle: surveys cut
around their galaxies, and an arc may be brighter than what bends it."""
_SMALLEST_SEARCH, _LARGEST_SEARCH = 2.0, 10.0
_SMOOTHING = 1.5
_CENTROID_RADIUS = 2.5
_MATCH_RADIUS = 8.0
"""Pixels around the centre that are compared with themselves, turned."""


def filled(plane: NDArray[np.floating]) -> NDArray[np.float64]:
    """The picture (H, W) with NaN replaced by its median, so that it can be interpolated."""
    whole = np.asarray(plane, np.float64)
    good = np.isfinite(whole)
    if good.all():
        return whole
    return np.where(good, whole, np.median(whole[good]) if good.any() else 0.0)


def find_centre(plane: NDArray[np.floating]) -> Place:
    """(x, y) of the galaxy in the middle of a picture (H, W), pixels."""
    from scipy.ndimage import gaussian_filter

    whole = filled(plane)
    smooth = gaussian_filter(whole, _SMOOTHING)
    brightest = _brightest(smooth)
    return _most_symmetric(whole, _centroid(smooth, brightest))


def _brightest(smooth: NDArray[np.float64]) -> Place:
    height, width = smooth.shape
    y, x = np.mgrid[:height, :width].astype(float)
    reach = min(max(min(height, width) / _SEARCH_SHARE, _SMALLEST_SEARCH), _LARGEST_SEARCH)
    near = np.hypot(x - (width - 1) / 2, y - (height - 1) / 2) <= reach
    row, column = np.unravel_index(np.argmax(np.where(near, smooth, -np.inf)), smooth.shape)
    return float(column), float(row)


def _centroid(smooth: NDArray[np.float64], start: Place) -> Place:
    """Mean place of the light around `start`; `start` where there is none."""
    y, x = np.mgrid[: smooth.shape[0], : smooth.shape[1]].astype(float)
    near = np.hypot(x - start[0], y - start[1]) <= _CENTROID_RADIUS
    light = np.maximum(smooth - smooth[near].min(), 0.0) * near
    total = light.sum()
    if total <= 0:
        return start
    return float((light * x).sum() / total), float((light * y).sum() / total)


def _most_symmetric(plane: NDArray[np.float64], start: Place) -> Place:
    """The place near `start` about which the picture is most symmetric."""
    from scipy.ndimage import map_coordinates, spline_filter
    from scipy.optimize import minimize

    spline = spline_filter(plane, order=3)
    y, x = np.mgrid[: plane.shape[0], : plane.shape[1]].astype(float)
    near = np.hypot(x - start[0], y - start[1]) <= _MATCH_RADIUS
    here, rows, columns = plane[near], y[near], x[near]

    def asymmetry(place: NDArray[np.float64]) -> float:
        turned = [2 * place[1] - rows, 2 * place[0] - columns]
        there = map_coordinates(spline, turned, order=3, prefilter=False, mode="nearest")
        return float(np.abs(here - there).sum())

    begin = np.array(start)
    simplex = begin + np.array([[0.0, 0.0], [0.4, 0.0], [0.0, 0.4]])
    options = {"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-9, "maxiter": 80}
    found = minimize(asymmetry, begin, method="Nelder-Mead", options=options).x
    # Far from where it began it has found another symmetry, not the centre.
    far = np.hypot(*(found - begin)) > _CENTROID_RADIUS
    return start if far else (float(found[0]), float(found[1]))
