"""The sky on a plane: Mollweide's projection for all of it, the zenithal equal-area for a part.

After Calabretta & Greisen 2002 (A&A 395, 1077), MOL and ZEA. Their x grows to the east; on a map
right ascension increases to the left, so that x here is the negative of theirs. All angles and
coordinates are in degrees, float64.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.plane import Axes, SkyAxes

Doubles = NDArray[np.float64]
_SAMPLE = 100_000
_LARGEST_REGION = 60.0
"""Radius of a survey, degrees, up to which it is shown as a part of the sky."""
_SEAM_STEP = 15
_ROOT_2 = float(np.sqrt(2.0))
_AT_ONCE = 1 << 15
"""So many positions are projected at a time: what lies in between then stays in the cache."""


def is_on_sky(ra: Doubles, dec: Doubles) -> NDArray[np.bool_]:
    """Where a position is one: within ±90° and ±360° (some catalogues count from −180°)."""
    with np.errstate(invalid="ignore"):
        return (np.abs(dec) <= 90.0) & (np.abs(ra) <= 360.0)


def choose_axes(ra: Doubles, dec: Doubles) -> SkyAxes:
    """The plane that shows these positions best; the whole sky where there are none.

    A region is projected about its middle (the mean of the unit vectors, which knows no 0/360
    and no pole); the whole sky is cut where it has the fewest galaxies.
    """
    step = max(1, len(ra) // _SAMPLE)
    ra, dec = ra[::step], dec[::step]
    valid = is_on_sky(ra, dec)
    ra, dec = ra[valid], dec[valid]
    if not ra.size:
        return SkyAxes("MOL", 180.0, 0.0)
    vectors = _unit_vectors(ra, dec)
    x, y, z = middle = vectors.mean(axis=1)
    length = float(np.linalg.norm(middle))
    if length > 0.1:
        apart = np.degrees(np.arccos(np.clip(middle @ vectors / length, -1, 1)))
        if np.quantile(apart, 0.999) <= _LARGEST_REGION:
            centre = np.degrees(np.arctan2(y, x)) % 360, np.degrees(np.arctan2(z, np.hypot(x, y)))
            return SkyAxes("ZEA", float(centre[0]), float(centre[1]))
    return SkyAxes("MOL", _middle_of_sky(ra), 0.0)


def places_on_sky(axes: SkyAxes, ra: Doubles, dec: Doubles) -> NDArray[np.float32]:
    """(N, 2) float32 map coordinates of millions of positions, NaN for what is none."""
    places = np.empty((len(ra), 2), np.float32)
    for start in range(0, len(ra), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        places[part, 0], places[part, 1] = project(axes, ra[part], dec[part])
    return places


def project(axes: SkyAxes, ra: Doubles, dec: Doubles) -> tuple[Doubles, Doubles]:
    """Map coordinates of positions; NaN for what is none, and for the point opposite a
    region's centre, which would be a circle."""
    ra, dec = np.asarray(ra, np.float64), np.asarray(dec, np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        east = np.radians(_turn(ra - axes.ra))
        north = np.radians(dec)
        x, y = _mollweide(east, north) if axes.projection == "MOL" else _zenithal(axes, east, north)
    invalid = ~is_on_sky(ra, dec)
    return _with_nan(-np.degrees(x), invalid), _with_nan(np.degrees(y), invalid)


def unproject(axes: SkyAxes, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
    """RA in [0, 360) and Dec of map coordinates; NaN outside the sky's outline."""
    east, north = -np.radians(np.asarray(x, np.float64)), np.radians(np.asarray(y, np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        if axes.projection == "MOL":
            delta, dec = _from_mollweide(east, north)
        else:
            delta, dec = _from_zenithal(axes, east, north)
        ra = (np.degrees(delta) + axes.ra) % 360.0
    # A tiny negative angle becomes 360 by rounding.
    return np.where(ra >= 360.0, 0.0, ra), np.degrees(dec)


def outline(axes: SkyAxes, points: int = 361) -> Doubles:
    """(n, 2) closed curve around the whole sky."""
    half_x, half_y = (2 * _ROOT_2, _ROOT_2) if axes.projection == "MOL" else (2.0, 2.0)
    angle = np.linspace(0, 2 * np.pi, points)
    return np.degrees(np.stack([half_x * np.cos(angle), half_y * np.sin(angle)], axis=1))


def sky_bounds(axes: Axes | None) -> ViewRect | None:
    """What holds the whole sky, where a map is of all of it; None for other maps."""
    if not isinstance(axes, SkyAxes) or axes.projection != "MOL":
        return None
    half_x, half_y = outline(axes).max(axis=0)
    return ViewRect(-float(half_x), float(half_x), -float(half_y), float(half_y))


def _turn(angle: Doubles) -> Doubles:
    """Degrees brought to −180 … 180; those that are there already keep all their digits."""
    turned: Doubles = angle - 360.0 * np.rint(angle / 360.0)
    return turned


def _with_nan(values: Doubles, where: NDArray[np.bool_]) -> Doubles:
    result: Doubles = np.where(where, np.nan, values)
    return result


def _unit_vectors(ra: Doubles, dec: Doubles) -> Doubles:
    """(3, N) directions."""
    ra, dec = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def _middle_of_sky(ra: Doubles) -> float:
    """The right ascension opposite the emptiest meridian; 180° where none is much emptier."""
    bins = 360 // _SEAM_STEP
    # Bins are centred on multiples of the step.
    shares = np.bincount(np.rint(ra % 360 / _SEAM_STEP).astype(int) % bins, minlength=bins)
    if shares.min() > 0.5 * shares.mean():
        return 180.0
    # In the middle of the longest run of the emptiest bins, which may go past 0.
    empty = np.concatenate([shares, shares]) <= shares.min() + 0.02 * shares.mean()
    runs = np.zeros(2 * bins, int)
    for place in range(2 * bins):
        runs[place] = runs[place - 1] + 1 if place and empty[place] else int(empty[place])
    end = int(np.argmax(np.minimum(runs, bins)))
    seam = (end - (runs[end] - 1) // 2) % bins * _SEAM_STEP
    return float((seam + 180) % 360)


# Zenithal equal-area, about (axes.ra, axes.dec); written so that small angles keep their digits.


def _zenithal(axes: SkyAxes, east: Doubles, north: Doubles) -> tuple[Doubles, Doubles]:
    centre = np.radians(axes.dec)
    cos_north = np.cos(north)
    half_east = np.sin(east / 2) ** 2
    # sin² of half the distance from the centre: the haversine formula.
    half = np.sin((north - centre) / 2) ** 2 + np.cos(centre) * cos_north * half_east
    cos_half = np.sqrt(np.maximum(1.0 - half, 0.0))
    x = cos_north * np.sin(east)
    y = np.sin(north - centre) + 2 * np.sin(centre) * cos_north * half_east
    opposite = cos_half < 1e-9
    return _with_nan(x / cos_half, opposite), _with_nan(y / cos_half, opposite)


def _from_zenithal(axes: SkyAxes, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
    centre = np.radians(axes.dec)
    half = (x * x + y * y) / 4
    cos_half = np.sqrt(1.0 - half)  # NaN outside
    towards, east, up = 1.0 - 2 * half, x * cos_half, y * cos_half
    ahead = towards * np.cos(centre) - up * np.sin(centre)
    dec = np.arctan2(towards * np.sin(centre) + up * np.cos(centre), np.hypot(ahead, east))
    return np.arctan2(east, ahead), dec


# Mollweide. With t = π/2 − θ and c = π/2 − |dec|, its equation 2θ + sin 2θ = π sin dec reads
# 2t − sin 2t = 2π sin²(c/2). At the poles t goes with c^(2/3): as a function of that, what is
# needed is smooth everywhere, and a parabola through three nodes of a table errs by 1e-12.


def _mollweide(east: Doubles, north: Doubles) -> tuple[Doubles, Doubles]:
    sines, cosines, step = _mollweide_table()
    from_pole = np.maximum(np.pi / 2 - np.abs(north), 0.0)
    place = np.cbrt(from_pole * from_pole) / step
    node = np.clip(np.rint(np.nan_to_num(place)), 1, len(sines) - 2).astype(np.int64)
    part = place - node
    x = 2 * _ROOT_2 / np.pi * east * _parabola(sines, node, part)
    return x, np.copysign(_ROOT_2 * _parabola(cosines, node, part), north)


def _parabola(table: Doubles, node: NDArray[np.int64], part: Doubles) -> Doubles:
    before, at, after = table[node - 1], table[node], table[node + 1]
    return at + part * ((after - before) / 2 + part * ((after + before) / 2 - at))


@cache
def _mollweide_table() -> tuple[Doubles, Doubles, float]:
    """sin t and cos t at even steps of c^(2/3), radians, and the step."""
    step = float(np.cbrt((np.pi / 2) ** 2)) / 8192
    from_pole = np.sqrt((np.arange(8194) * step) ** 3)
    wanted = 2 * np.pi * np.sin(from_pole / 2) ** 2
    t = np.cbrt(1.5 * wanted)  # what it is next to the pole
    for _ in range(8):
        change = np.zeros_like(t)
        np.divide(2 * t - np.sin(2 * t) - wanted, 4 * np.sin(t) ** 2, change, where=t > 1e-3)
        t -= change
    return np.sin(t), np.cos(t), step


def _from_mollweide(x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
    outside = x * x / 8 + y * y / 2 > 1 + 1e-12
    sin_theta = np.clip(y / _ROOT_2, -1.0, 1.0)
    cos_theta = np.sqrt(1 - sin_theta**2)
    theta = np.arcsin(sin_theta)
    # At a pole every meridian meets: any will do. Far outside x may be of any size.
    east = np.zeros_like(x)
    np.divide(np.pi * x, 2 * _ROOT_2 * cos_theta, east, where=(cos_theta > 0) & ~outside)
    dec = np.arcsin(np.clip((2 * theta + np.sin(2 * theta)) / np.pi, -1.0, 1.0))
    return _with_nan(np.clip(east, -np.pi, np.pi), outside), _with_nan(dec, outside)
