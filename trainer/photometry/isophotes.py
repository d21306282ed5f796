"""A smooth elliptical model of a galaxy by its isophotes, and what it leaves.

Along the ellipses of the deepest picture of all bands every band's level is found anew from its
faint half, so that an arc which covers a part of the ellipse does not count, and never brighter
further out, as no elliptical is. A ring that is closed, or closer than the seeing, still loses
some of its light to the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.centre import filled, find_centre
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.isophote_shapes import (
    LEAST_SNR,
    ellipse_of_moments,
    fit_ellipses,
    points_along,
)
from trainer.photometry.sky import border, detection

Planes = NDArray[np.float32]
Plane = NDArray[np.float64]

_TAU = 0.1
"""A profile may lie below the data at a tenth of the cost of lying above."""


@dataclass(frozen=True)
class SmoothModel:
    """The galaxy's light without its arcs and neighbours."""

    model: Planes
    """(B, H, W), counts; 0 in missing bands."""
    residual: Planes
    """(B, H, W): what was seen, less the model and the sky."""
    ellipses: tuple[Ellipse, ...]
    """From the innermost outwards."""
    sentence: str
    """What was done instead where the isophotes could not be fitted; "" where they were."""


def subtract_isophotes(pixels: NDArray[np.floating], missing: NDArray[np.bool_]) -> SmoothModel:
    """The smooth model of the galaxy in the middle of `pixels` (B, H, W), and what it leaves.

    Where the fit does not converge, all ellipses have the shape of the light's moments.
    """
    deep = detection(pixels, missing)
    centre = find_centre(deep)
    start = ellipse_of_moments(filled(deep), centre)
    ellipses, sentence = fit_ellipses(deep, start)
    model = np.zeros(pixels.shape, np.float32)
    residual = np.zeros(pixels.shape, np.float32)
    which = _place_among(ellipses, pixels.shape[1:])
    for band in np.flatnonzero(~missing):
        plane = np.asarray(pixels[band], float)
        sky, noise = border(plane)
        brightness = _brightness(plane - sky, ellipses, noise)
        model[band] = _interpolated(brightness, which)
        residual[band] = plane - sky - model[band]
    return SmoothModel(model, residual, tuple(ellipses), sentence)


def _brightness(plane: Plane, ellipses: list[Ellipse], noise: float) -> NDArray[np.float64]:
    """(n,) brightness along each ellipse, falling outwards; 0 beyond the first that is sky."""
    from scipy.ndimage import map_coordinates, spline_filter

    spline = spline_filter(filled(plane), order=3)
    lost = ~np.isfinite(plane)
    values = np.full(len(ellipses), np.nan)
    for index, ellipse in enumerate(ellipses):
        rows, columns = points_along(ellipse, plane.shape)
        if not len(rows):
            continue
        light = map_coordinates(spline, [rows, columns], order=3, prefilter=False, mode="nearest")
        nearest = lost[np.rint(rows).astype(int), np.rint(columns).astype(int)]
        values[index] = _typical(light[~nearest])
    middle = map_coordinates(spline, [[ellipses[0].y], [ellipses[0].x]], order=3, prefilter=False)
    return _falling(np.concatenate([middle, values]), np.array([e.radius for e in ellipses]), noise)


def _typical(light: NDArray[np.float64]) -> float:
    """Level of an ellipse's light without what stands out above it.

    Arcs only add light, so that the level is told by the faint half: it lies 0.6745σ above the
    lower quartile, and σ is told by how far the faintest twentieth lies below that.
    """
    if not light.size:
        return math.nan
    faintest, quartile = np.percentile(light, [5, 25])
    spread = (quartile - faintest) / (1.6449 - 0.6745)
    return float(min(quartile + 0.6745 * spread, np.median(light)))


def _falling(values: Plane, radii: Plane, noise: float) -> Plane:
    """(n,) light at the centre and on each ellipse → one that falls ever more steeply outwards.

    The logarithm of a galaxy's brightness over that of its radius is concave, as Sérsic's
    profile is, seeing or not. The light of a ring around it is not: of the concave profiles
    the one is taken that lies close to the data, and rather below than above.
    """
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros_like(values)
    whole = np.interp(np.arange(len(values)), known, values[known])
    levels = np.maximum(np.minimum.accumulate(whole), 0.0)
    error = noise / np.sqrt(np.maximum(2 * math.pi * radii, 4.0))
    seen = int(np.argmax(np.append(levels[1:] <= LEAST_SNR * error, True)))
    if seen > 3:
        light = levels[1 : seen + 1]
        profile = _concave(np.log(radii[:seen]), np.log(light), error[:seen] / light)
        levels[1 : seen + 1] = np.exp(profile)
    falling: Plane = np.minimum.accumulate(levels)
    return falling


def _concave(x: Plane, y: Plane, error: Plane) -> Plane:
    """Concave quantile regression (n,): a linear programme over the values and their misses."""
    from scipy.optimize import linprog

    count = len(x)
    weight = 1.0 / np.hypot(error, 0.005)
    weight = weight / weight.max()
    cost = np.concatenate([np.zeros(count), _TAU * weight, (1 - _TAU) * weight])
    equal = np.hstack([np.eye(count), np.eye(count), -np.eye(count)])
    bends = np.zeros((count - 2, 3 * count))
    for i in range(count - 2):
        near, far = x[i + 1] - x[i], x[i + 2] - x[i + 1]
        bends[i, i : i + 3] = 1 / near, -1 / near - 1 / far, 1 / far
    free, positive = [(None, None)] * count, [(0, None)] * (2 * count)
    found = linprog(cost, bends, np.zeros(count - 2), equal, y, free + positive, method="highs")
    profile: Plane = found.x[:count] if found.success else y
    return profile


def _place_among(ellipses: list[Ellipse], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(H, W): on which ellipse each pixel lies: 0 the centre, 1 the first, between them shares."""
    height, width = shape
    y, x = np.mgrid[:height, :width].astype(float)
    # How far beyond each ellipse a pixel lies; the innermost that contains it is the one.
    beyond = np.stack([np.hypot(*ellipse.normalised(x, y)) for ellipse in ellipses])
    contains = beyond <= 1.0
    first = np.where(contains.any(axis=0), contains.argmax(axis=0), len(ellipses) - 1)
    outer = np.take_along_axis(beyond, first[None], 0)[0]
    inner = np.take_along_axis(beyond, np.maximum(first - 1, 0)[None], 0)[0]
    radii = np.array([ellipse.radius for ellipse in ellipses])
    # Within the first ellipse the place is the share of its radius; between two of them it goes
    # by the distance to both.
    out, away = (1.0 - outer) * radii[first], (inner - 1.0) * radii[np.maximum(first - 1, 0)]
    share = away / np.maximum(out + away, 1e-12)
    place: Plane = np.where(first == 0, outer, first + share)
    return place


def _interpolated(brightness: NDArray[np.float64], place: NDArray[np.float64]) -> Planes:
    """(H, W) brightness at places among the ellipses, smooth and without overshooting."""
    from scipy.interpolate import PchipInterpolator

    smooth = PchipInterpolator(np.arange(len(brightness)), brightness)
    values: Planes = smooth(np.clip(place, 0, len(brightness) - 1)).astype(np.float32)
    return values
