"""In which numbers packed pixels are kept, and what that loses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.cutouts.packs import Precision
from trainer.cutouts.scaling import MAD_TO_SIGMA

MOST_ERROR = 0.01
"""Rounding may add this share of the sky's noise: 0.005 % of it in quadrature."""
_NOISE_EXPONENT = -4
"""The sky's noise becomes about 2^-4: a thousand times float16's smallest normal number, and
a million times less than its largest, so that bright stars still fit."""
_SKY = 3.0
"""Pixels within so many times the noise of the median are sky."""


@dataclass(frozen=True)
class Encoding:
    """How flux becomes stored numbers."""

    dtype: Precision
    factors: np.ndarray
    """(B,) float32 flux of one stored unit."""
    error: float
    """Rounding of the sky as a share of its noise: root mean square, worst band."""

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """(n, B, H, W) flux → stored numbers; NaN stays. Raises `OverflowError` where they do not
        fit."""
        with np.errstate(over="ignore"):
            stored = (pixels / self.factors[None, :, None, None]).astype(self.dtype)
        if np.isinf(stored).any():
            raise OverflowError("a pixel is brighter than float16 can hold")
        return np.asarray(stored)


def choose_encoding(pixels: np.ndarray, missing: np.ndarray, wanted: str = "auto") -> Encoding:
    """The encoding for cutouts like these (n, B, H, W) with `missing` (n, B).

    `wanted` is "float16", "float32", or "auto" for float16 where its rounding of the sky
    stays below 1 % of the noise.
    """
    bands = pixels.shape[1]
    exact = Encoding("float32", np.ones(bands, np.float32), 0.0)
    if wanted == "float32":
        return exact
    factors, errors = np.ones(bands, np.float32), np.zeros(bands)
    for band in range(bands):
        present = pixels[~missing[:, band], band]
        if len(present):
            factors[band], errors[band] = _measure(present)
    half = Encoding("float16", factors, float(errors.max(initial=0.0)))
    return half if wanted == "float16" or half.error <= MOST_ERROR else exact


def _measure(planes: np.ndarray) -> tuple[float, float]:
    """Factor of one band (n, H, W), and what rounding adds to its sky in units of the noise."""
    median = np.median(planes, axis=(1, 2), keepdims=True)
    apart = np.abs(planes - median)
    noise = float(np.median(MAD_TO_SIGMA * np.median(apart, axis=(1, 2))))
    if not noise > 0:
        # A flat background, as in pictures and simulations without noise.
        noise = float(planes.std()) / 100 or float(np.abs(planes).max()) / 100 or 1.0
    factor = float(2.0 ** np.clip(np.round(np.log2(noise)) - _NOISE_EXPONENT, -120, 120))
    sky = planes[apart <= _SKY * noise].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = (sky / factor).astype(np.float16).astype(np.float64) * factor
        error = float(np.sqrt(np.mean((rounded - sky) ** 2))) / noise if len(sky) else 0.0
    return factor, error if np.isfinite(error) else np.inf
