"""A smooth elliptical model of a galaxy by its isophotes, and what it leaves.

Ellipses of the deepest picture of all bands after Jedrzejewski (1987, MNRAS 226, 747). Along
each of them every band's level is found anew from its faint half, so that an arc which covers
a part of the ellipse does not count, and never brighter further out, as no elliptical is. A
ring that is closed, or closer than the seeing, still loses some of its light to the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.centre import filled, find_centre
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.sky import border, detection

Planes = NDArray[np.float32]
Plane = NDArray[np.float64]

_STEP = 0.12
"""Each ellipse is longer than the one within by this fraction."""
_FIRST = 0.5
"""Half the long axis of the innermost ellipse, pixels."""
_FEWEST_POINTS = 48
_FIT_STEP, _INNERMOST = 0.25, 2.0
"""The shape is fitted on fewer ellipses, from the radius on at which seeing leaves some of it."""
_MOST_STEPS, _DAMPING, _CLOSE_ENOUGH, _CLIP = 30, 0.7, 2e-3, 2.5
_FEWEST_FITTED = 3
_ROUNDEST, _FLATTEST = 0.99, 0.2
_LEAST_SNR = 3.0
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
    ellipses, sentence = _fit(deep, start)
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


def ellipse_of_moments(deep: Plane, centre: tuple[float, float]) -> Ellipse:
    """Size, shape and angle of the light within a quarter of the picture's side."""
    y, x = np.mgrid[: deep.shape[0], : deep.shape[1]].astype(float)
    dx, dy = x - centre[0], y - centre[1]
    reach = max(min(deep.shape) / 4, 3.0)
    noise = border(deep)[1]
    light = np.where(np.hypot(dx, dy) <= reach, np.maximum(deep - noise, 0.0), 0.0)
    total = light.sum()
    if total <= 0:
        return Ellipse(*centre, reach / 2)
    # The weight falls off like the light itself, so that neighbours hardly count.
    light = light * np.exp(-(dx**2 + dy**2) / (2 * (reach / 2) ** 2))
    total = light.sum()
    xx, yy, xy = ((light * a).sum() / total for a in (dx * dx, dy * dy, dx * dy))
    half, cross = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    ratio = math.sqrt(max(half - cross, 0.0) / (half + cross)) if half + cross > 0 else 1.0
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    radius = min(max(math.sqrt(half + cross), 2.0), reach)
    return Ellipse(*centre, radius, min(max(ratio, _FLATTEST), _ROUNDEST), angle)


def _fit(deep: Plane, start: Ellipse) -> tuple[list[Ellipse], str]:
    """Ellipses out to the picture's corners, and a sentence where they are all of one shape."""
    height, width = deep.shape
    reach = math.hypot(max(start.x, width - 1 - start.x), max(start.y, height - 1 - start.y))
    count = max(
        2, math.ceil(math.log(1.05 * reach / _FIRST / start.axis_ratio) / math.log1p(_STEP))
    )
    radii = _FIRST * (1 + _STEP) ** np.arange(count + 1)
    found = _smoothed(_fit_shapes(deep, start))
    if len(found) < _FEWEST_FITTED:
        sentence = (
            "The isophotes could not be fitted (too faint, too small or too irregular);"
            " ellipses of one shape were used instead."
        )
        return [
            Ellipse(start.x, start.y, a, start.axis_ratio, start.angle) for a in radii
        ], sentence
    return [_shape_at(found, a) for a in radii], ""


def _fit_shapes(deep: Plane, start: Ellipse) -> list[Ellipse]:
    """The ellipses that converged, from the innermost outwards; none where none did."""
    from scipy.ndimage import spline_filter

    whole = filled(deep)
    level, noise = border(deep)
    reach = _reach_of_light(whole, start, level + _LEAST_SNR * noise)
    spline = spline_filter(whole, order=3)
    count = max(int(math.log(reach / _INNERMOST) / math.log1p(_FIT_STEP)) + 1, 1)
    found, shape = [], start
    for radius in _INNERMOST * (1 + _FIT_STEP) ** np.arange(count):
        fitted = _fit_one(spline, replace(shape, radius=float(radius)))
        if fitted is not None:
            shape = fitted
            found.append(fitted)
    return found


def _fit_one(spline: Plane, ellipse: Ellipse) -> Ellipse | None:
    """The ellipse of this centre and radius along which the light does not vary as cos 2E or
    sin 2E, E being the eccentric anomaly; None where that is not reached."""
    for _ in range(_MOST_STEPS):
        turn = np.linspace(0, 2 * math.pi, _FEWEST_POINTS, endpoint=False)
        light = _light_along(spline, ellipse, turn)
        gradient = _slope(spline, ellipse, turn)
        if gradient >= 0:
            return None
        kept = light <= np.median(light) + _CLIP * _lower_spread(light)
        waves = np.stack([np.ones_like(turn), np.cos(turn), np.sin(turn),
                          np.cos(2 * turn), np.sin(2 * turn)], axis=1)  # fmt: skip
        fit, *_ = np.linalg.lstsq(waves[kept], light[kept], rcond=None)
        rest = float((light[kept] - waves[kept] @ fit).std())
        # Jedrzejewski's corrections, all but those of the centre.
        flat, b2, a2 = 1 - ellipse.axis_ratio, float(fit[3]), float(fit[4])
        away = -2 * b2 * ellipse.axis_ratio / (ellipse.radius * gradient)
        round_by = max(1 - ellipse.axis_ratio**2, 0.1)
        turn_by = -2 * a2 * ellipse.axis_ratio / (ellipse.radius * gradient * round_by)
        if max(abs(away), flat * abs(turn_by)) < _CLOSE_ENOUGH or math.hypot(a2, b2) < 0.03 * rest:
            return ellipse
        flat, turned = flat + _DAMPING * away, ellipse.angle + _DAMPING * turn_by
        # An ellipse flatter than none is one along the other axis.
        flat, turned = (flat, turned) if flat >= 0 else (-flat, turned + math.pi / 2)
        if flat > 1 - _FLATTEST:
            return None
        ellipse = replace(ellipse, axis_ratio=1 - flat, angle=turned)
    return None


def _light_along(spline: Plane, ellipse: Ellipse, turn: Plane) -> Plane:
    from scipy.ndimage import map_coordinates

    rows, columns = _points(ellipse, turn)
    light: Plane = map_coordinates(
        spline, [rows, columns], order=3, prefilter=False, mode="nearest"
    )
    return light


def _slope(spline: Plane, ellipse: Ellipse, turn: Plane) -> float:
    """Change of the light with the radius, a pixel."""
    inner, outer = ellipse.scaled(0.9), ellipse.scaled(1.1)
    change = np.median(_light_along(spline, outer, turn)) - np.median(
        _light_along(spline, inner, turn)
    )
    return float(change / (0.2 * ellipse.radius))


def _lower_spread(light: Plane) -> float:
    faintest, middle = np.percentile(light, [15.87, 50])
    return float(middle - faintest)


def _reach_of_light(deep: Plane, start: Ellipse, faintest: float) -> float:
    """The radius at which the light falls to `faintest`, within a third of the picture's side."""
    limit = max(float(min(deep.shape)) / 3, 4.0)
    for radius in np.arange(4.0, limit, 1.0):
        rows, columns = _points_along(replace(start, radius=float(radius)), deep.shape)
        if np.median(deep[np.rint(rows).astype(int), np.rint(columns).astype(int)]) < faintest:
            return float(radius)
    return limit


def _smoothed(found: list[Ellipse]) -> list[Ellipse]:
    """Shapes without those that an arc has pulled away: the median of each with its two
    neighbours on both sides."""
    flat = np.array([(1 - each.axis_ratio) * np.exp(2j * each.angle) for each in found])
    smooth = []
    for place, each in enumerate(found):
        near = flat[max(place - 2, 0) : place + 3]
        shape = complex(np.median(near.real), np.median(near.imag))
        ratio = 1 - abs(shape)
        smooth.append(replace(each, axis_ratio=ratio, angle=float(np.angle(shape)) / 2))
    return smooth


def _shape_at(found: list[Ellipse], radius: float) -> Ellipse:
    """The shape at a radius, between those found; beyond them as the nearest."""
    radii = [each.radius for each in found]
    # Angles are equal modulo 180°, and mean little where it is round: ellipticity as a vector.
    flat = [(1 - each.axis_ratio) * np.exp(2j * each.angle) for each in found]
    real, imaginary = (
        np.interp(radius, radii, np.real(flat)),
        np.interp(radius, radii, np.imag(flat)),
    )
    ratio = 1 - math.hypot(real, imaginary)
    return Ellipse(found[0].x, found[0].y, radius, ratio, 0.5 * math.atan2(imaginary, real))


def _brightness(plane: Plane, ellipses: list[Ellipse], noise: float) -> NDArray[np.float64]:
    """(n,) brightness along each ellipse, falling outwards; 0 beyond the first that is sky."""
    from scipy.ndimage import map_coordinates, spline_filter

    spline = spline_filter(filled(plane), order=3)
    lost = ~np.isfinite(plane)
    values = np.full(len(ellipses), np.nan)
    for index, ellipse in enumerate(ellipses):
        rows, columns = _points_along(ellipse, plane.shape)
        if not len(rows):
            continue
        light = map_coordinates(spline, [rows, columns], order=3, prefilter=False, mode="nearest")
        nearest = lost[np.rint(rows).astype(int), np.rint(columns).astype(int)]
        values[index] = _typical(light[~nearest])
    middle = map_coordinates(spline, [[ellipses[0].y], [ellipses[0].x]], order=3, prefilter=False)
    return _falling(np.concatenate([middle, values]), np.array([e.radius for e in ellipses]), noise)


def _points(ellipse: Ellipse, turn: Plane) -> tuple[Plane, Plane]:
    """Rows and columns of an ellipse's points at eccentric anomalies."""
    along = ellipse.radius * np.cos(turn)
    across = ellipse.radius * ellipse.axis_ratio * np.sin(turn)
    cos, sin = math.cos(ellipse.angle), math.sin(ellipse.angle)
    return ellipse.y + along * sin + across * cos, ellipse.x + along * cos - across * sin


def _points_along(ellipse: Ellipse, shape: tuple[int, ...]) -> tuple[Plane, Plane]:
    """Rows and columns of points along an ellipse, a pixel or less apart, within a picture."""
    count = max(_FEWEST_POINTS, math.ceil(2 * math.pi * ellipse.radius))
    rows, columns = _points(ellipse, np.linspace(0, 2 * math.pi, count, endpoint=False))
    inside = (rows >= 0) & (rows <= shape[0] - 1) & (columns >= 0) & (columns <= shape[1] - 1)
    return rows[inside], columns[inside]


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
    seen = int(np.argmax(np.append(levels[1:] <= _LEAST_SNR * error, True)))
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
