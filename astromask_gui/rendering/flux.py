"""From counts to nanomaggies and magnitudes, and the weights that make a galaxy white."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.display import SurveyPixels

Flux = NDArray[np.float32]

NANOMAGGY_ZERO_POINT = 22.5
LARGEST = 1e18
"""Brighter light is white in any stretch; much above it float32 would overflow on the way."""
# A typical galaxy at z = 0.1–0.5 is this much fainter than in r; its inverse balances colours.
_COLOURS = ("red", "green", "blue")
"""Planes of a picture, which are in balance already; "green" is not the band g."""
_BAND_WEIGHTS = {"u": 4.0, "g": 1.6, "r": 1.0, "i": 0.75, "z": 0.62, "y": 0.58}


def band_letter(name: str) -> str:
    """The filter of a band by the convention of its name: `ps-i` and `cfis_lsb-i` are i."""
    return name.replace("_", "-").rsplit("-", 1)[-1].lower()[:1]


def nanomaggies_per_count(band: int, survey: SurveyPixels) -> float:
    """Factor from counts to nanomaggies, by the band's zero-point; 1 where none is known."""
    if band >= len(survey.zero_points):
        return 1.0
    return float(10 ** (-0.4 * (survey.zero_points[band] - NANOMAGGY_ZERO_POINT)))


def surface_brightness(nanomaggies: float, pixel_scale: float) -> float | None:
    """AB mag/arcsec² of a flux in one pixel; None where there is no light to take a log of."""
    density = nanomaggies / pixel_scale**2
    return NANOMAGGY_ZERO_POINT - 2.5 * math.log10(density) if density > 0 else None


def band_weight(band: int, survey: SurveyPixels) -> float:
    """Weight that makes an average galaxy white, by the band's last letter (`ps-i`: i)."""
    name = survey.bands[band] if band < len(survey.bands) else ""
    return 1.0 if name in _COLOURS else _BAND_WEIGHTS.get(band_letter(name), 1.0)


def in_nanomaggies(plane: Flux, band: int, survey: SurveyPixels) -> Flux:
    """A plane of one band in nanomaggies, or counts where no zero-point is known; finite."""
    good = np.isfinite(plane)
    light = plane if good.all() else np.where(good, plane, np.float32(0))
    factor = np.float32(nanomaggies_per_count(band, survey))
    most = np.float32(LARGEST / max(float(factor), 1.0))
    scaled: Flux = np.clip(light, -most, most) * factor
    return scaled


def noise_of(band: int, survey: SurveyPixels) -> float:
    """Sky noise of a pixel in nanomaggies; 0 where the survey's is unknown."""
    if band >= len(survey.noise):
        return 0.0
    return survey.noise[band] * nanomaggies_per_count(band, survey)


def robust_noise(plane: NDArray[np.floating]) -> float:
    """Noise of a picture's sky: 1.4826 times the median deviation from the median."""
    sample = plane.ravel()
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return 0.0
    return float(1.4826 * np.median(np.abs(sample - np.median(sample))))
