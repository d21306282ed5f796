"""How surprising a galaxy is to the model, beside others that are as hard to predict.

An error alone ranks by brightness: the more structure stands above the noise, the more there
is to get wrong, and noise itself can't be predicted. So a galaxy's error is compared with
those of galaxies of like contrast, which have as much signal for the same noise.
"""

from __future__ import annotations

import numpy as np

from trainer.cutouts.scaling import MAD_TO_SIGMA

_FEWEST = 50
"""Galaxies of like contrast that are compared; fewer would set their own standard."""
_MOST_GROUPS = 100
_LEAST_SCATTER = 0.01
"""In log10: errors that differ by less are alike, however little the others scatter."""


def surprise(error: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """(N,) how far log10(error) lies above the median of galaxies of like contrast, in units of
    their scatter (1.4826 MAD); NaN where either is unknown or the error is 0.

    `error` (N,): mean squared error; `contrast` (N,): variance of what was to be predicted.
    Both in the same units; the answer has none and does not depend on them.
    """
    out = np.full(len(error), np.nan)
    known = np.flatnonzero(np.isfinite(error) & (error > 0) & np.isfinite(contrast))
    if not len(known):
        return out
    order = known[np.argsort(contrast[known], kind="stable")]
    logs = np.log10(error[order])
    groups = np.array_split(logs, int(np.clip(len(logs) // _FEWEST, 1, _MOST_GROUPS)))
    ends = np.cumsum([len(group) for group in groups])
    centres = ends - 0.5 * np.array([len(group) for group in groups])
    medians = np.array([np.median(group) for group in groups])
    places = np.arange(len(logs)) + 0.5
    above = logs - np.interp(places, centres, medians)
    spreads = [_scatter(part) for part in np.split(above, ends[:-1])]
    out[order] = above / np.interp(places, centres, spreads)
    return out


def _scatter(above: np.ndarray) -> float:
    deviation = float(np.median(np.abs(above - np.median(above))))
    return max(MAD_TO_SIGMA * deviation, _LEAST_SCATTER)
