"""The shapes of a galaxy's isophotes, after Jedrzejewski (1987, MNRAS 226, 747)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.centre import filled
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.sky import border

Plane = NDArray[np.float64]

LEAST_SNR = 3.0
"""The light of a galaxy ends where it stands out less from the noise."""
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


def fit_ellipses(deep: Plane, start: Ellipse) -> tuple[list[Ellipse], str]:
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


def points_along(ellipse: Ellipse, shape: tuple[int, ...]) -> tuple[Plane, Plane]:
    """Rows and columns of points along an ellipse, a pixel or less apart, within a picture."""
    count = max(_FEWEST_POINTS, math.ceil(2 * math.pi * ellipse.radius))
    rows, columns = _points(ellipse, np.linspace(0, 2 * math.pi, count, endpoint=False))
    inside = (rows >= 0) & (rows <= shape[0] - 1) & (columns >= 0) & (columns <= shape[1] - 1)
    return rows[inside], columns[inside]


def _fit_shapes(deep: Plane, start: Ellipse) -> list[Ellipse]:
    """The ellipses that converged, from the innermost outwards; none where none did."""
    from scipy.ndimage import spline_filter

    whole = filled(deep)
    level, noise = border(deep)
    reach = _reach_of_light(whole, start, level + LEAST_SNR * noise)
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
        rows, columns = points_along(replace(start, radius=float(radius)), deep.shape)
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


def _points(ellipse: Ellipse, turn: Plane) -> tuple[Plane, Plane]:
    """Rows and columns of an ellipse's points at eccentric anomalies."""
    along = ellipse.radius * np.cos(turn)
    across = ellipse.radius * ellipse.axis_ratio * np.sin(turn)
    cos, sin = math.cos(ellipse.angle), math.sin(ellipse.angle)
    return ellipse.y + along * sin + across * cos, ellipse.x + along * cos - across * sin
