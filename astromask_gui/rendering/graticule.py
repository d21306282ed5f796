"""Lines of equal RA and Dec on a map of the sky, and where their labels stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.angles import AngleStep, AngleStyle, angle_step, angle_text
from astromask_gui.rendering.sky import Doubles, outline, project, unproject
from astromask_gui.state.plane import SkyAxes

Side = Literal["left", "bottom", "beside", "on"]
"""Where a label stands: at the view's left or bottom edge, left of a place, or upon it."""

SPACING = 100.0
"""Least distance of two lines, pixels."""
_SAMPLES = 21
_POINTS = 73
_MOST_LINES = 72


@dataclass(frozen=True)
class GraticuleLabel:
    """The text of one line, at a place in map coordinates."""

    text: str
    x: float
    y: float
    side: Side


@dataclass(frozen=True)
class Graticule:
    """What is drawn of the sky's coordinates, in map coordinates."""

    lines: tuple[Doubles, ...]
    """Curves (n, 2), NaN where one is interrupted."""
    outline: Doubles | None
    """Closed curve (n, 2) around the sky; None where it is out of view."""
    labels: tuple[GraticuleLabel, ...]
    step: float
    """Degrees between two parallels."""


@dataclass(frozen=True)
class _Reach:
    """The part of the sky that a view shows, degrees; RA may go below 0 or past 360."""

    ra0: float
    ra1: float
    dec0: float
    dec1: float

    @property
    def shrinking(self) -> float:
        """How much shorter a step of RA is than one of Dec, at most."""
        crosses_equator = self.dec0 <= 0 <= self.dec1
        least = 0.0 if crosses_equator else min(abs(self.dec0), abs(self.dec1))
        return max(math.cos(math.radians(least)), 1e-6)

    @property
    def is_full_circle(self) -> bool:
        """Whether every meridian is in view, as about a pole."""
        return self.ra1 - self.ra0 >= 360 - 1e-6


@dataclass(frozen=True)
class _Line:
    value: float
    curve: Doubles
    is_seen: bool
    edge: float
    """Where it crosses the edge of the view that bears its labels; NaN where it doesn't."""


def graticule(
    axes: SkyAxes, view: ViewRect, per_pixel: float, style: AngleStyle = "degrees"
) -> Graticule:
    """Lines at round coordinates about `SPACING` pixels apart, `per_pixel` map units each."""
    reach = _reach(axes, view)
    if reach is None:
        return Graticule((), outline(axes), (), 30.0)
    least = SPACING * per_pixel
    dec_step = angle_step(least, is_ra=False, style=style)
    ra_step = angle_step(least / reach.shrinking, is_ra=True, style=style)
    decs = [dec for dec in _multiples(reach.dec0, reach.dec1, dec_step) if abs(dec) < 90 - 1e-9]
    ras = _multiples(reach.ra0, reach.ra1, ra_step)
    if reach.is_full_circle and axes.projection != "MOL":
        ras = [ra for ra in ras if ra - ras[0] < 360 - 1e-6]
    parallels, meridians = _lines(axes, reach, view, decs, ras)
    about_pole = reach.is_full_circle and axes.projection != "MOL"
    labels = _label_parallels(parallels, view, dec_step.degrees, style, closed=about_pole)
    labels += _label_meridians(axes, meridians, decs, reach, view, ra_step.degrees, style)
    curves = tuple(line.curve for line in (*parallels, *meridians))
    return Graticule(curves, _visible_outline(axes, view), tuple(labels), dec_step.degrees)


def _reach(axes: SkyAxes, view: ViewRect) -> _Reach | None:
    """Found from samples of the view, and widened by what lies between these."""
    x, y = np.meshgrid(
        np.linspace(view.x0, view.x1, _SAMPLES), np.linspace(view.y0, view.y1, _SAMPLES)
    )
    ra, dec = (values.ravel() for values in unproject(axes, x, y))
    on_sky = np.isfinite(ra)
    if not on_sky.any():
        return None
    middle = axes.ra
    if axes.projection != "MOL" and on_sky[ra.size // 2]:
        middle = float(ra[ra.size // 2])
    turned = ra[on_sky] - middle
    turned -= 360.0 * np.rint(turned / 360.0)
    between = max(view.width, view.height) / (_SAMPLES - 1)
    dec0, dec1 = float(dec[on_sky].min()) - between, float(dec[on_sky].max()) + between
    poles = [pole for pole in (-90.0, 90.0) if _is_in_view(axes, view, middle, pole)]
    if poles:
        dec0, dec1 = min(dec0, *poles), max(dec1, *poles)
    dec0, dec1 = max(dec0, -90.0), min(dec1, 90.0)
    if poles:
        half0 = half1 = 180.0
    else:
        wider = between / max(math.cos(math.radians(max(abs(dec0), abs(dec1)))), 0.02)
        half0 = min(180.0, wider - float(turned.min()))
        half1 = min(180.0, wider + float(turned.max()))
    return _Reach(middle - half0, middle + half1, dec0, dec1)


def _is_in_view(axes: SkyAxes, view: ViewRect, ra: float, dec: float) -> bool:
    x, y = project(axes, np.array([ra]), np.array([dec]))
    return bool(view.x0 <= x[0] <= view.x1 and view.y0 <= y[0] <= view.y1)


def _multiples(low: float, high: float, step: AngleStep) -> list[float]:
    """Multiples of a step between two angles."""
    first = math.ceil(low / step.degrees - 1e-9)
    last = math.floor(high / step.degrees + 1e-9)
    if last - first >= _MOST_LINES:
        return []
    # As integers first, so that 30 seconds twice are exactly a minute.
    return [number * step.count * step.unit for number in range(first, last + 1)]


def _lines(
    axes: SkyAxes, reach: _Reach, view: ViewRect, decs: list[float], ras: list[float]
) -> tuple[list[_Line], list[_Line]]:
    """Parallels and meridians, all of them projected at once."""
    all_ra = np.linspace(reach.ra0, reach.ra1, _POINTS)
    all_dec = np.linspace(reach.dec0, reach.dec1, _POINTS)
    ra = np.concatenate([np.tile(all_ra, len(decs)), np.repeat(ras, _POINTS)])
    dec = np.concatenate([np.repeat(decs, _POINTS), np.tile(all_dec, len(ras))])
    curves = _places(axes, ra, dec).reshape(-1, _POINTS, 2)
    # Past the point opposite the centre a line comes back on the other side.
    steps = np.diff(curves, axis=1)
    curves[:, 1:][np.hypot(steps[..., 0], steps[..., 1]) > 90.0] = np.nan
    count = len(decs)
    edges = _crossings(curves[:count], 0, view.x0, view.y0, view.y1)
    edges += _crossings(curves[count:], 1, view.y0, view.x0, view.x1)
    seen = [bool(any_inside) for any_inside in np.any(_inside(curves, view), axis=1)]
    lines = [_Line(*facts) for facts in zip((*decs, *ras), curves, seen, edges, strict=True)]
    return lines[:count], lines[count:]


def _places(axes: SkyAxes, ra: Doubles, dec: Doubles) -> Doubles:
    """(n, 2) map coordinates of RA, which may go below 0 or past 360, and Dec.

    Both ends of the whole sky's parallels are the same place on the sky, but not on the map:
    there x is proportional to the angle from the centre.
    """
    if axes.projection == "MOL":
        turn = np.clip(ra - axes.ra, -180.0, 180.0)
        x, y = project(axes, np.full_like(ra, (axes.ra + 90.0) % 360.0), dec)
        x = x * (turn / 90.0)
    else:
        x, y = project(axes, np.mod(ra, 360.0), dec)
    return np.stack([x, y], axis=1)


def _visible_outline(axes: SkyAxes, view: ViewRect) -> Doubles | None:
    curve = outline(axes)
    half_x, half_y = curve[:, 0].max(), curve[:, 1].max()
    farthest = np.hypot(
        max(abs(view.x0), abs(view.x1)) / half_x, max(abs(view.y0), abs(view.y1)) / half_y
    )
    return curve if farthest >= 1 else None


# Labels.


def _label_parallels(
    lines: list[_Line], view: ViewRect, step: float, style: AngleStyle, *, closed: bool
) -> list[GraticuleLabel]:
    """At the left edge; where they are closed or few reach it, beside their left ends or below
    a pole."""

    def label(line: _Line, x: float, y: float, side: Side) -> GraticuleLabel:
        return GraticuleLabel(angle_text(line.value, step, is_ra=False, style=style), x, y, side)

    seen = [line for line in lines if line.is_seen]
    found = [label(line, view.x0, line.edge, "left") for line in lines if not math.isnan(line.edge)]
    if 2 * len(found) >= len(seen) and not closed:
        return found
    return [label(line, *_end_of(line.curve, view)) for line in seen]


def _end_of(curve: Doubles, view: ViewRect) -> tuple[float, float, Side]:
    """The left end of a curve, or the lowest place of one that is closed."""
    inside = curve[_inside(curve, view)]
    leftmost = curve[-1]  # right ascension grows to the left
    closed = np.hypot(*(curve[0] - curve[-1])) < 1e-6 * max(view.width, view.height)
    if not closed and _inside(leftmost[None], view)[0]:
        return float(leftmost[0]), float(leftmost[1]), "beside"
    x, y = inside[np.argmin(inside[:, 1])]
    return float(x), float(y), "on"


def _label_meridians(
    axes: SkyAxes,
    lines: list[_Line],
    decs: list[float],
    reach: _Reach,
    view: ViewRect,
    step: float,
    style: AngleStyle,
) -> list[GraticuleLabel]:
    """At the bottom edge; where few lines reach it, along the parallel in the middle."""

    def label(line: _Line, x: float, y: float, side: Side) -> GraticuleLabel:
        return GraticuleLabel(angle_text(line.value, step, is_ra=True, style=style), x, y, side)

    seen = [line for line in lines if line.is_seen]
    found = [
        label(line, line.edge, view.y0, "bottom") for line in lines if not math.isnan(line.edge)
    ]
    if (2 * len(found) >= len(seen) and not reach.is_full_circle) or not decs:
        return found
    middle = min(decs, key=lambda dec: abs(dec - (reach.dec0 + reach.dec1) / 2))
    values = np.array([line.value for line in seen])
    places = _places(axes, values, np.full_like(values, middle))
    return [
        label(line, float(place[0]), float(place[1]), "on")
        for line, place in zip(seen, places, strict=True)
        # The seam's two ends would be labelled twice, on the outline.
        if _inside(place[None], view)[0] and abs(line.value - axes.ra) < 180 - 1e-6
    ]


def _crossings(curves: Doubles, axis: int, edge: float, low: float, high: float) -> list[float]:
    """Where each of (n, P, 2) curves first crosses an edge of the view, x or y = `edge`, between
    its ends; NaN where it doesn't."""
    along, across = curves[..., axis] - edge, curves[..., 1 - axis]
    before, after = along[:, :-1], along[:, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = before / (before - after)
        places = across[:, :-1] + share * np.diff(across, axis=1)
        valid = ((before <= 0) != (after <= 0)) & (low <= places) & (places <= high)
    first = places[np.arange(len(curves)), valid.argmax(axis=1)]
    found: list[float] = np.where(valid.any(axis=1), first, np.nan).tolist()
    return found


def _inside(points: Doubles, view: ViewRect) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (points[..., 0] >= view.x0)
            & (points[..., 0] <= view.x1)
            & (points[..., 1] >= view.y0)
            & (points[..., 1] <= view.y1)
        )
