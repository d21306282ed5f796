"""UNIONS as an instrument: bands, zero-points, seeing, depth, and the steps pixels are kept in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

BANDS = ("u", "g", "r", "i", "z")
PIXEL_SCALE = 0.1857
"""Arcsec per pixel."""


@dataclass(frozen=True)
class Band:
    """One band of the survey as its stacks are."""

    zero_point: float
    """AB magnitude of one count."""
    wavelength: float
    """Effective wavelength, Å."""
    edges: tuple[float, float]
    """Half-transmission wavelengths, Å."""
    depth: float
    """AB magnitude of a point source at 10σ in an aperture of 2 arcsec diameter."""
    sky: float
    """Sky brightness, AB mag per square arcsec."""
    seeing: float
    """Median FWHM of the point-spread function, arcsec."""
    correlation: float
    """Standard deviation of the Gaussian by which resampling smooths the noise, pixels."""


# Depths: Gwyn et al. (2025), UNIONS, table 1. MegaCam u and r, Hyper Suprime-Cam g and z
# (WHIGS, WISHES), Pan-STARRS i, whose 0.25-arcsec pixels are resampled the most.
SURVEY: dict[str, Band] = {
    "u": Band(30.0, 3682.0, (3350.0, 4000.0), 23.7, 22.7, 0.83, 0.40),
    "g": Band(27.0, 4754.0, (4050.0, 5460.0), 24.5, 22.0, 0.72, 0.35),
    "r": Band(30.0, 6414.0, (5660.0, 7150.0), 24.2, 21.0, 0.68, 0.40),
    "i": Band(30.0, 7520.0, (6900.0, 8190.0), 23.8, 20.1, 0.80, 0.60),
    "z": Band(27.0, 8897.0, (8520.0, 9300.0), 23.3, 19.2, 0.62, 0.35),
}
ZERO_POINTS = np.array([SURVEY[band].zero_point for band in BANDS])
SEEING_LIMITS = (0.5, 0.9)
_APERTURE_PIXELS = math.pi * (1.0 / PIXEL_SCALE) ** 2


def counts(magnitudes: np.ndarray) -> np.ndarray:
    """Counts (…, 5) of AB magnitudes (…, 5) in u, g, r, i, z."""
    return np.asarray(10.0 ** (0.4 * (ZERO_POINTS - magnitudes)))


def sky_noise() -> np.ndarray:
    """(5,) standard deviation of the empty sky in a pixel, counts, at the nominal depth."""
    limits = counts(np.array([SURVEY[band].depth for band in BANDS]))
    return limits / 10.0 / math.sqrt(_APERTURE_PIXELS)


def gains() -> np.ndarray:
    """(5,) photo-electrons a count, such that the sky's own photons are its noise."""
    brightness = np.array([SURVEY[band].sky for band in BANDS])
    return np.asarray(counts(brightness) * PIXEL_SCALE**2 / sky_noise() ** 2)


def steps() -> np.ndarray:
    """(5,) quantum of the stored pixels: the power of two nearest to a quarter of the noise.

    A power of two leaves zeros at the end of a float32's mantissa, which compress away.
    """
    return 2.0 ** np.round(np.log2(sky_noise() / 4.0))


def draw_seeing(rng: np.random.Generator) -> np.ndarray:
    """(5,) FWHM of one place on the sky, arcsec: nights differ by band, within the limits."""
    medians = np.array([SURVEY[band].seeing for band in BANDS])
    scatter = np.exp(rng.normal(0.0, 0.09, len(BANDS)))
    return np.asarray(np.clip(medians * scatter, *SEEING_LIMITS))
