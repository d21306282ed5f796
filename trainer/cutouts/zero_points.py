"""From counts of several zero-points to one unit of flux."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.errors import FormatError

NANOMAGGY = 22.5
"""AB magnitude of one nanomaggy."""


def flux_factors(zero_points: Sequence[float], target: float = NANOMAGGY) -> np.ndarray:
    """(B,) float32 factors that turn counts of the AB zero-points into counts of `target`."""
    return (10.0 ** (0.4 * (target - np.asarray(zero_points, float)))).astype(np.float32)


def rescale(
    pixels: np.ndarray, zero_points: Sequence[float] | None, target: float = NANOMAGGY
) -> np.ndarray:
    """(n, B, H, W) counts → flux of one zero-point (nanomaggies); unchanged where unknown."""
    if zero_points is None:
        return pixels
    if len(zero_points) != pixels.shape[1]:
        raise FormatError(
            f"{len(zero_points)} zero-points were given for cutouts of {pixels.shape[1]} bands."
        )
    flux: np.ndarray = pixels * flux_factors(zero_points, target)[None, :, None, None]
    return flux
