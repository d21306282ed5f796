"""Curves cut at the edges of a figure's map, for painters that can't clip."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from astromask_gui.rendering.sky import Doubles


def clipped(curve: Doubles, low: tuple[float, float], high: tuple[float, float]) -> list[Doubles]:
    """The pieces (m, 2) of a curve (n, 2) in the rectangle between two corners, from edge to edge.

    NaN interrupts the curve. Segments are cut after Liang & Barsky 1984 (ACM TOG 3, 1).
    """
    pieces: list[list[Doubles]] = []
    for start, end in pairwise(curve):
        part = _part_inside(start, end, low, high)
        if part is None:
            continue
        first, last = part
        if pieces and np.array_equal(pieces[-1][-1], first):
            pieces[-1].append(last)
        else:
            pieces.append([first, last])
    return [np.array(piece) for piece in pieces]


def _part_inside(
    start: Doubles, end: Doubles, low: tuple[float, float], high: tuple[float, float]
) -> tuple[Doubles, Doubles] | None:
    """The part of a segment that lies in the rectangle; ends that lie in it are kept exactly."""
    if not (np.isfinite(start).all() and np.isfinite(end).all()):
        return None
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        to_low, to_high = low[axis] - start[axis], high[axis] - start[axis]
        if step == 0:
            if to_low > 0 or to_high < 0:
                return None
            continue
        with np.errstate(over="ignore"):
            near, far = sorted((to_low / step, to_high / step))
        enter, leave = max(enter, near), min(leave, far)
    if enter >= leave:
        return None
    first = start if enter == 0 else start + enter * (end - start)
    last = end if leave == 1 else start + leave * (end - start)
    return first, last
