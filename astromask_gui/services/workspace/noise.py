"""The sky noise of a survey, from a sample of its cutouts."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

SAMPLE_BYTES = 8 * 2**20
FEWEST_SAMPLED, MOST_SAMPLED = 4, 64
_BORDER_SHARE = 8
"""The border that counts as sky is this fraction of the cutout's side."""


def sample_rows(count: int, shape: tuple[int, int, int]) -> NDArray[np.uint32]:
    """Rows spread evenly over a catalogue of `count` cutouts (B, H, W): enough to measure the
    noise, few enough to be read at once."""
    affordable = SAMPLE_BYTES // (4 * math.prod(shape))
    wanted = min(max(affordable, FEWEST_SAMPLED), MOST_SAMPLED, count)
    return np.unique(np.linspace(0, max(count - 1, 0), wanted).astype(np.uint32))


def noise_by_band(pixels: NDArray[np.float32], missing: NDArray[np.bool_]) -> tuple[float, ...]:
    """Standard deviation of one sky pixel in each band of cutouts (n, B, H, W).

    From the borders, where the galaxy is faint, without NaN: half the range between the 16th and
    84th percentile about each cutout's own sky level, the median over the cutouts that have the
    band (missing (n, B) bool). 0 where no cutout has it.
    """
    height, width = pixels.shape[2:]
    inside = np.zeros((height, width), bool)
    top, left = max(1, height // _BORDER_SHARE), max(1, width // _BORDER_SHARE)
    inside[top : height - top, left : width - left] = True
    low, high = np.nanpercentile(pixels[:, :, ~inside], [15.87, 84.13], axis=2)
    sigma = (high - low) / 2
    found = []
    for band in range(pixels.shape[1]):
        values = sigma[~missing[:, band], band]
        values = values[values > 0]
        found.append(float(np.median(values)) if len(values) else 0.0)
    return tuple(found)
