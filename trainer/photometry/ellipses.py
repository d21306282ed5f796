"""Ellipses on a grid of pixels, and exactly how much of every pixel lies in one.

Places are pixels: the centre of the first pixel is (0, 0), x runs along a row, y along a column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float64]


@dataclass(frozen=True)
class Ellipse:
    """An ellipse about (x, y); angles in radians from x towards y."""

    x: float
    y: float
    radius: float
    """Half the long axis, pixels."""
    axis_ratio: float = 1.0
    """Short over long axis, in (0, 1]."""
    angle: float = 0.0
    """Of the long axis."""

    @property
    def area(self) -> float:
        """Square pixels."""
        return math.pi * self.radius**2 * self.axis_ratio

    def scaled(self, factor: float) -> Ellipse:
        """The same shape at the same place, so many times as large."""
        return replace(self, radius=self.radius * factor)

    def normalised(self, x: Grid, y: Grid) -> tuple[Grid, Grid]:
        """Places in units of the half axes: the ellipse becomes the unit circle."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        dx, dy = x - self.x, y - self.y
        along, across = dx * cos + dy * sin, dy * cos - dx * sin
        return along / self.radius, across / (self.radius * self.axis_ratio)

    def distance(self, shape: tuple[int, int]) -> Grid:
        """(H, W): half the long axis of the like ellipse through each pixel's centre, pixels."""
        y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
        distance: Grid = np.hypot(*self.normalised(x, y)) * self.radius
        return distance


def overlap(ellipse: Ellipse, shape: tuple[int, int]) -> Grid:
    """(H, W): the share of each pixel that lies within the ellipse, exact.

    Scaled so that the ellipse is the unit circle, a pixel is a parallelogram, and what it has
    in common with the circle the sum of what the triangles between the centre and each of its
    sides have, taken with their signs.
    """
    shares = np.zeros(shape)
    box = _box(ellipse, shape)
    if shares[box].size:
        shares[box] = _overlap(ellipse, box)
    return shares


def _box(ellipse: Ellipse, shape: tuple[int, int]) -> tuple[slice, slice]:
    """The rows and columns that the circle around an ellipse touches."""
    spans = []
    for middle, length in ((ellipse.y, shape[0]), (ellipse.x, shape[1])):
        first = max(math.floor(middle - ellipse.radius), 0)
        spans.append(slice(first, max(min(math.ceil(middle + ellipse.radius) + 1, length), first)))
    return spans[0], spans[1]


def _overlap(ellipse: Ellipse, box: tuple[slice, slice]) -> Grid:
    rows, columns = box
    y, x = np.mgrid[rows.start : rows.stop + 1, columns.start : columns.stop + 1] - 0.5
    u, v = ellipse.normalised(x, y)
    inside = np.hypot(u, v) <= 1.0
    whole = inside[:-1, :-1] & inside[:-1, 1:] & inside[1:, :-1] & inside[1:, 1:]
    shares = whole.astype(float)
    # No point of a pixel is further than this from its centre.
    reach = math.sqrt(0.5) / (ellipse.radius * ellipse.axis_ratio)
    middle = np.hypot(u[:-1, :-1] + u[1:, 1:], v[:-1, :-1] + v[1:, 1:]) / 2
    i, j = np.nonzero((middle <= 1.0 + reach) & ~whole)
    corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
    points = [(u[corner], v[corner]) for corner in corners]
    area = sum(_common_area(*points[side], *points[(side + 1) % 4]) for side in range(len(points)))
    pixel = ellipse.radius**2 * ellipse.axis_ratio
    shares[i, j] = np.clip(np.abs(area) * pixel, 0.0, 1.0)
    return shares


def _common_area(px: Grid, py: Grid, qx: Grid, qy: Grid) -> Grid:
    """Signed area that the triangles (0, p, q) have in common with the unit circle."""
    dx, dy = qx - px, qy - py
    square, half, rest = dx**2 + dy**2, px * dx + py * dy, px**2 + py**2 - 1.0
    root = np.sqrt(np.maximum(half**2 - square * rest, 0.0))
    first, last = (-half - root) / square, (-half + root) / square
    cuts = (half**2 > square * rest) & (np.minimum(last, 1.0) > np.maximum(first, 0.0))
    # From `first` to `last` the side runs within the circle; before and after, the circle's
    # own edge bounds what is common. A side that stays outside has only the edge.
    first = np.where(cuts, np.clip(first, 0.0, 1.0), 0.0)
    last = np.where(cuts, np.clip(last, 0.0, 1.0), 0.0)
    ax, ay = px + first * dx, py + first * dy
    bx, by = px + last * dx, py + last * dy
    common: Grid = 0.5 * (_angle(px, py, ax, ay) + (ax * by - ay * bx) + _angle(bx, by, qx, qy))
    return common


def _angle(px: Grid, py: Grid, qx: Grid, qy: Grid) -> Grid:
    angle: Grid = np.arctan2(px * qy - py * qx, px * qx + py * qy)
    return angle
