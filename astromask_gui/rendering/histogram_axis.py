"""Between the pixels of a histogram's axis and values, and the brushes that are drawn on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Brush = tuple[float, float]
"""Lower and upper value; an infinite one lies beyond the axis's end."""
Part = Literal["low", "high", "whole", "new"]
_REACH = 5.0
"""Pixels from a brush's edge within which the mouse takes it."""
_PEAK = 2.5
"""What passes reaches at least 1 / so much of the height."""


@dataclass(frozen=True)
class Axis:
    """An axis of `width` pixels from one value to another."""

    low: float
    high: float
    width: float
    logarithmic: bool = False

    def pixel_of(self, value: float) -> float:
        """Where a value lies; beyond the ends, at the ends."""
        if math.isinf(value):
            return 0.0 if value < 0 else self.width
        low, high = self._scaled(self.low), self._scaled(self.high)
        share = (self._scaled(value) / 2 - low / 2) / max(high / 2 - low / 2, 1e-300)
        return float(np.clip(share, 0.0, 1.0)) * self.width

    def value_at(self, pixel: float) -> float:
        """The value at a pixel, as round as a pixel is wide; infinite at the ends and beyond, so
        that a brush which reaches there holds what lies beyond the axis too."""
        if pixel <= 0:
            return -math.inf
        if pixel >= self.width:
            return math.inf
        value = self._value(pixel)
        step = abs(self._value(pixel + 0.5) - self._value(pixel - 0.5))
        if not (0 < step < math.inf):
            return value
        places = -math.floor(math.log10(step))
        return round(value, places) if -300 < places < 300 else value

    def _value(self, pixel: float) -> float:
        low, high = self._scaled(self.low), self._scaled(self.high)
        share = pixel / max(self.width, 1.0)
        scaled = low * (1 - share) + high * share
        return float(10.0 ** np.clip(scaled, -300, 300)) if self.logarithmic else scaled

    def _scaled(self, value: float) -> float:
        return math.log10(max(value, 1e-300)) if self.logarithmic else value


def part_at(axis: Axis, brush: Brush | None, pixel: float) -> Part:
    """What the mouse takes at a pixel: an edge of the brush, all of it, or a new one."""
    if brush is None:
        return "new"
    low, high = axis.pixel_of(brush[0]), axis.pixel_of(brush[1])
    to_low, to_high = abs(pixel - low), abs(pixel - high)
    if min(to_low, to_high) <= _REACH:
        # A narrow brush can still be made wider: the edge on the mouse's side is taken.
        if to_low == to_high:
            return "low" if pixel < low else "high"
        return "low" if to_low < to_high else "high"
    return "whole" if low < pixel < high else "new"


def dragged(axis: Axis, part: Part, brush: Brush | None, start: float, now: float) -> Brush:
    """The brush after its part was dragged from one pixel to another; edges may cross."""
    if part == "new" or brush is None:
        first, second = sorted((start, now))
        return axis.value_at(first), axis.value_at(second)
    low, high = axis.pixel_of(brush[0]), axis.pixel_of(brush[1])
    if part == "whole":
        shift = min(max(now - start, -low), axis.width - high)
        ends = (low + shift, high + shift)
        return _kept(axis, brush, (low, high), ends)
    ends = (low + now - start, high) if part == "low" else (low, high + now - start)
    return _kept(axis, brush, (low, high), (min(ends), max(ends)))


def _kept(axis: Axis, brush: Brush, before: Brush, after: Brush) -> Brush:
    """Values of the new pixels; an edge that has not moved keeps its exact value."""
    known = dict(zip(before, brush, strict=True))
    low, high = (known.get(pixel, axis.value_at(pixel)) for pixel in after)
    return low, high


def heights(
    total: NDArray[np.int64], passing: NDArray[np.int64], log_counts: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Heights, 0 to 1, of the bars of all rows and of those that pass.

    One scale for both. Where little passes it is enlarged, and the bars of all are cut off.
    """
    most = float(total.max(initial=0))
    peak = float(passing.max(initial=0))
    top = min(most, _PEAK * peak) if peak else most
    if log_counts:
        unit = max(math.log1p(most), 1e-9)
        everyone, some = (np.log1p(counts.astype(np.float64)) for counts in (total, passing))
        return everyone / unit, some / unit
    everyone, some = (counts.astype(np.float64) for counts in (total, passing))
    return np.minimum(everyone / max(top, 1.0), 1.0), some / max(top, 1.0)
