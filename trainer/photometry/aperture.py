"""Flux within an aperture, the sky taken from a ring around it, and profiles over the radius.

Fluxes are counts of the survey; zero-points turn them into AB magnitudes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.ellipses import Ellipse, overlap
from trainer.photometry.sky import border, clipped

SKY_INNER, SKY_OUTER = 1.5, 2.2
"""The sky's ring, in units of the aperture."""
FEWEST_SKY = 20
"""Pixels below which the ring says too little, and the picture's border is taken instead."""


@dataclass(frozen=True)
class Flux:
    """One band within an aperture."""

    flux: float
    """Counts above the sky, over the pixels that have data."""
    error: float
    """1σ by the noise of the sky alone: the galaxy's own photons are not counted, for the
    survey's gain is not known. Neighbouring pixels' noise is taken as independent."""
    sky: float
    """Counts in a pixel."""
    sky_noise: float
    """Standard deviation of a pixel of sky, counts."""
    area: float
    """Pixels of the aperture with data."""
    lost: float
    """Pixels of the aperture without: not finite, or outside the picture."""
    local_sky: bool
    """False where the ring had too few pixels and the picture's border was taken."""


@dataclass(frozen=True)
class Profile:
    """Mean brightness of ellipses of one shape over the radius, one band."""

    radii: NDArray[np.float64]
    """(n,) half the long axis in the middle of each ring, pixels."""
    brightness: NDArray[np.float64]
    """(n,) counts in a pixel above the sky; NaN where a ring has no data."""
    error: NDArray[np.float64]
    """(n,) 1σ of each by the noise of the sky."""
    noise: float
    """Standard deviation of a pixel of sky, counts."""


def measure(plane: NDArray[np.floating], aperture: Ellipse) -> Flux:
    """The flux of a band (H, W) within an aperture; shares of pixels are exact."""
    return _measure(np.asarray(plane, float), overlap(aperture, plane.shape[:2]), aperture)


def measure_bands(
    pixels: NDArray[np.floating], missing: NDArray[np.bool_], aperture: Ellipse
) -> list[Flux | None]:
    """The flux in every band of `pixels` (B, H, W); None where the band is missing."""
    shares = overlap(aperture, pixels.shape[1:])
    return [
        None if absent else _measure(np.asarray(plane, float), shares, aperture)
        for plane, absent in zip(pixels, missing, strict=True)
    ]


def _measure(plane: NDArray[np.float64], shares: NDArray[np.float64], aperture: Ellipse) -> Flux:
    level, noise, count, is_local = _local_sky(plane, aperture)
    good = np.isfinite(plane)
    weights = np.where(good, shares, 0.0)
    area = float(weights.sum())
    flux = float((weights * np.where(good, plane - level, 0.0)).sum())
    # The sky's level is itself uncertain by the noise of the pixels it was found from.
    error = noise * math.sqrt(area + area**2 / max(count, 1))
    return Flux(flux, error, level, noise, area, max(aperture.area - area, 0.0), is_local)


def _local_sky(plane: NDArray[np.float64], aperture: Ellipse) -> tuple[float, float, int, bool]:
    """Level, noise, number of pixels, and whether they are those of the ring."""
    distance = aperture.distance((plane.shape[0], plane.shape[1])) / aperture.radius
    ring = plane[(distance > SKY_INNER) & (distance < SKY_OUTER)]
    level, noise, count = clipped(ring)
    if count >= FEWEST_SKY:
        return level, noise, count, True
    return *border(plane), plane.size // 4, False


def profiles(
    pixels: NDArray[np.floating], missing: NDArray[np.bool_], aperture: Ellipse, step: float = 1.0
) -> list[Profile | None]:
    """Azimuthal means in rings of the aperture's shape, `step` pixels wide, out to 2.2 times it.

    The sky is that of `measure_bands`. None where a band is missing.
    """
    count = max(math.ceil(aperture.radius * SKY_OUTER / step), 2)
    edges = np.arange(1, count + 1, dtype=np.float64) * step
    shape = pixels.shape[1:]
    discs = [np.zeros(shape)]
    discs += [overlap(aperture.scaled(edge / aperture.radius), shape) for edge in edges]
    rings = np.diff(np.stack(discs), axis=0)
    radii: NDArray[np.float64] = edges - step / 2
    return [
        None if absent else _profile(np.asarray(plane, float), rings, radii, aperture)
        for plane, absent in zip(pixels, missing, strict=True)
    ]


def _profile(
    plane: NDArray[np.float64],
    rings: NDArray[np.float64],
    radii: NDArray[np.float64],
    aperture: Ellipse,
) -> Profile:
    level, noise, _, _ = _local_sky(plane, aperture)
    good = np.isfinite(plane)
    light = np.where(good, plane - level, 0.0)
    area = np.einsum("khw,hw->k", rings, good.astype(float))
    total = np.einsum("khw,hw->k", rings, light)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(area > 0, total / area, np.nan)
        return Profile(radii, mean, noise / np.sqrt(area), noise)


def magnitude(flux: float, zero_point: float) -> float:
    """AB magnitude of counts; NaN where there is no light above the sky."""
    return zero_point - 2.5 * math.log10(flux) if flux > 0 else math.nan


def surface_brightness(flux: float, area: float, zero_point: float, pixel_scale: float) -> float:
    """AB magnitudes per square arcsec of counts over `area` pixels of `pixel_scale` arcsec."""
    square = area * pixel_scale**2
    return magnitude(flux / square, zero_point) if square > 0 else math.nan
