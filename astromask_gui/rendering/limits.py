"""From a band's light to 0…1 between two limits, and where those come from."""

from __future__ import annotations

import numpy as np

from astromask_gui.rendering.flux import Flux
from astromask_gui.state.display import Curve, Limits

_SAMPLED = 40_000
"""Pixels that limits are measured on; a large picture is sampled evenly."""
_MOST = 1 << 19
"""Pixels that are looked at in any case: more would keep the window waiting."""
_ZSCALE_SAMPLES, _ZSCALE_CONTRAST = 1000, 0.25
_ZSCALE_ROUNDS, _ZSCALE_KREJ, _ZSCALE_LEFT, _ZSCALE_FEWEST = 5, 2.5, 0.5, 5
_LOG_RANGE = 1000.0


def measured_limits(plane: Flux, limits: Limits, percentile: float) -> tuple[float, float]:
    """Black and white of a plane (H, W): a percentile on both sides, or IRAF's zscale."""
    values = plane.ravel()[:: max(1, plane.size // _MOST)]
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    if limits == "zscale":
        return zscale(values)
    sample = values[:: max(1, values.size // _SAMPLED)]
    outside = (100 - percentile) / 2
    low, high = np.percentile(sample, [outside, 100 - outside])
    return float(low), float(high)


def zscale(values: Flux) -> tuple[float, float]:
    """Limits about the median by the slope of the sorted pixels, as IRAF's display has them.

    As `astropy.visualization.ZScaleInterval`: a line is fitted to the sorted sample, outliers
    and their neighbours rejected, and its slope made steeper by the contrast.
    """
    stride = int(max(1.0, values.size / _ZSCALE_SAMPLES))
    sample = np.sort(values[::stride][:_ZSCALE_SAMPLES].astype(np.float64))
    count = len(sample)
    low, high = float(sample[0]), float(sample[-1])
    fewest = max(_ZSCALE_FEWEST, int(count * _ZSCALE_LEFT))
    good, places = np.ones(count, bool), np.arange(count)
    grow, left, slope = max(1, int(count * 0.01)), count, 0.0
    for _ in range(_ZSCALE_ROUNDS):
        if left < fewest:
            break
        slope, level = np.polyfit(places[good], sample[good], 1) if good.sum() > 1 else (0.0, low)
        flat = sample - (slope * places + level)
        bad = np.abs(flat) > _ZSCALE_KREJ * flat[good].std()
        good &= ~np.convolve(bad, np.ones(grow, bool), mode="same")
        before, left = left, int(good.sum())
        if left >= before:
            break
    if left < fewest:
        return low, high
    middle, centre = (count - 1) // 2, float(np.median(sample))
    slope = float(slope) / _ZSCALE_CONTRAST
    black = max(low, centre - (middle - 1) * slope)
    return black, max(black, min(high, centre + (count - middle) * slope))


def between(plane: Flux, low: float, high: float, curve: Curve) -> Flux:
    """The plane as 0…1 between two limits along a curve; a plane without range is black."""
    span = high - low
    if not np.isfinite(span) or span <= 0:
        return np.zeros_like(plane, np.float32)
    share = np.clip((plane.astype(np.float64) - low) / span, 0, 1)
    if curve == "sqrt":
        share = np.sqrt(share)
    elif curve == "log":
        share = np.log1p(_LOG_RANGE * share) / np.log1p(_LOG_RANGE)
    elif curve == "asinh":
        share = np.arcsinh(10 * share) / np.arcsinh(10.0)
    return share.astype(np.float32)
