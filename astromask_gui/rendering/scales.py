"""Between a column's values and their places along one side of a map."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.plane import Scale

_SAMPLE = 200_000
_INNER = (0.5, 99.5)
"""Percentiles between which values fill the side's length; the rest lies beyond."""
LARGEST_EXPONENT = 300.0


def fit_scale(
    name: str, values: NDArray[np.floating], unit: str, logarithmic: bool, length: float = 1.0
) -> Scale:
    """A scale on which the bulk of the values takes `length` map units about zero.

    The origin is in the middle of the values, so that places resolve differences that float32
    would lose beside a large offset.
    """
    usable = _scaled(values[:: max(1, len(values) // _SAMPLE)], logarithmic)
    usable = usable[np.isfinite(usable)]
    if not usable.size:
        return Scale(name, unit, logarithmic, 0.0, 1.0 / length)
    low, high = np.percentile(usable, _INNER)
    if high <= low:
        low, high = float(usable.min()), float(usable.max())
    # Halved before they are subtracted: the difference of the largest numbers overflows.
    extent = 2 * (high / 2 - low / 2) / length
    if not np.isfinite(extent) or extent <= 4 * np.spacing(max(abs(low), abs(high))):
        extent = max(abs(low) * 1e-3, 1.0) / length
    return Scale(name, unit, logarithmic, float(low / 2 + high / 2), float(extent))


def places_on(scale: Scale, values: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N,) float32 places of values; NaN for what is missing, infinite or, on a logarithmic
    scale, not positive."""
    scaled = _scaled(values, scale.logarithmic)
    # An array of our own, worked on in place: there may be millions.
    scaled -= scale.origin
    scaled /= scale.extent
    with np.errstate(over="ignore"):
        places = scaled.astype(np.float32)
    places[~np.isfinite(places)] = np.nan
    return places


def value_at(scale: Scale, place: float) -> float:
    """The value at a place of the plane."""
    scaled = scale.origin + place * scale.extent
    if not scale.logarithmic:
        return scaled
    return float(10.0 ** np.clip(scaled, -LARGEST_EXPONENT, LARGEST_EXPONENT))


def place_of(scale: Scale, value: float) -> float:
    """The place of a value, which has to be positive on a logarithmic scale."""
    scaled = float(np.log10(value)) if scale.logarithmic else value
    return (scaled - scale.origin) / scale.extent


def axis_title(scale: Scale, offset: str = "") -> str:
    """What stands beside an axis: the column, its unit, and what its ticks' texts lack."""
    unit = f" [{scale.unit}]" if scale.unit else ""
    return f"{scale.name}{unit}" + (f"  ({offset})" if offset else "")


def _scaled(values: NDArray[np.floating], logarithmic: bool) -> NDArray[np.float64]:
    """A copy in float64, or the log10; −inf or NaN where that has no value."""
    scaled = np.array(values, np.float64)
    if logarithmic:
        with np.errstate(divide="ignore", invalid="ignore"):
            np.log10(scaled, out=scaled)
    return scaled
