"""Flux within an aperture, the sky taken from a ring around it, and profiles over the radius.

Fluxes are counts of the survey; zero-points turn them into AB magnitudes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.ellipses import Ellipse, overlap
from trainer.photometry.sky import clipped, counted_border

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
    part, here = _surroundings(plane.shape, aperture)
    return _measure(plane, part, overlap(here, plane[part].shape), here)


def measure_bands(
    pixels: NDArray[np.floating], missing: NDArray[np.bool_], aperture: Ellipse
) -> list[Flux | None]:
    """The flux in every band of `pixels` (B, H, W); None where the band is missing."""
    part, here = _surroundings(pixels.shape[1:], aperture)
    shares = overlap(here, pixels[0][part].shape)
    return [
        None if absent else _measure(plane, part, shares, here)
        for plane, absent in zip(pixels, missing, strict=True)
    ]


def _surroundings(shape: tuple[int, ...], aperture: Ellipse) -> tuple[tuple[slice, slice], Ellipse]:
    """The rows and columns that the ring of sky reaches, and the aperture in pixels of them:
    a large picture costs no more than a small one."""
    reach = SKY_OUTER * aperture.radius + 1
    spans = []
    for middle, length in ((aperture.y, shape[0]), (aperture.x, shape[1])):
        first = min(max(math.floor(middle - reach), 0), length - 1)
        spans.append(slice(first, max(min(math.ceil(middle + reach) + 1, length), first + 1)))
    rows, columns = spans
    here = replace(aperture, x=aperture.x - columns.start, y=aperture.y - rows.start)
    return (rows, columns), here


def _measure(
    whole: NDArray[np.floating],
    part: tuple[slice, slice],
    shares: NDArray[np.float64],
    aperture: Ellipse,
) -> Flux:
    plane = np.asarray(whole[part], float)
    level, noise, count, is_local = _local_sky(whole, plane, aperture)
    good = np.isfinite(plane)
    weights = np.where(good, shares, 0.0)
    area = float(weights.sum())
    flux = float((weights * np.where(good, plane - level, 0.0)).sum())
    # The sky's level is itself uncertain by the noise of the pixels it was found from.
    error = noise * math.sqrt(area + area**2 / max(count, 1))
    return Flux(flux, error, level, noise, area, max(aperture.area - area, 0.0), is_local)


def _local_sky(
    whole: NDArray[np.floating], plane: NDArray[np.float64], aperture: Ellipse
) -> tuple[float, float, int, bool]:
    """Level, noise, number of pixels, and whether they are those of the ring in `plane`, which
    the aperture lies in; else those of the border of the whole picture."""
    distance = aperture.distance((plane.shape[0], plane.shape[1])) / aperture.radius
    ring = plane[(distance > SKY_INNER) & (distance < SKY_OUTER)]
    level, noise, count = clipped(ring)
    if count >= FEWEST_SKY:
        return level, noise, count, True
    return *counted_border(np.asarray(whole, float)), False


def profiles(
    pixels: NDArray[np.floating], missing: NDArray[np.bool_], aperture: Ellipse, step: float = 1.0
) -> list[Profile | None]:
    """Azimuthal means in rings of the aperture's shape, `step` pixels wide, out to 2.2 times it.

    The sky is that of `measure_bands`. None where a band is missing.
    """
    count = max(math.ceil(aperture.radius * SKY_OUTER / step), 2)
    edges = np.arange(1, count + 1, dtype=np.float64) * step
    radii: NDArray[np.float64] = edges - step / 2
    outermost = replace(aperture, radius=max(aperture.radius, edges[-1] / SKY_OUTER))
    part, _ = _surroundings(pixels.shape[1:], outermost)
    here = replace(aperture, x=aperture.x - part[1].start, y=aperture.y - part[0].start)
    present = np.flatnonzero(~missing)
    planes = [np.asarray(pixels[band][part], float) for band in present]
    skies = [
        _local_sky(pixels[band], plane, here)[:2]
        for band, plane in zip(present, planes, strict=True)
    ]
    good = np.array([np.isfinite(plane).ravel() for plane in planes], float)
    light = np.array(
        [np.nan_to_num(plane - sky[0]).ravel() for plane, sky in zip(planes, skies, strict=True)]
    )
    discs = [np.zeros((2, len(present)))]
    for edge in edges:
        shares = overlap(here.scaled(edge / here.radius), pixels[0][part].shape).ravel()
        discs.append(np.stack([good @ shares, light @ shares]))
    rings = np.diff(np.stack(discs), axis=0)
    found: list[Profile | None] = [None] * len(pixels)
    for place, band in enumerate(present):
        found[band] = _profile(radii, rings[:, 0, place], rings[:, 1, place], skies[place][1])
    return found


def _profile(
    radii: NDArray[np.float64], area: NDArray[np.float64], light: NDArray[np.float64], noise: float
) -> Profile:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(area > 1e-9, light / area, np.nan)
        return Profile(radii, mean, noise / np.sqrt(area), noise)


def magnitude(flux: float, zero_point: float) -> float:
    """AB magnitude of counts; NaN where there is no light above the sky."""
    return zero_point - 2.5 * math.log10(flux) if flux > 0 else math.nan


def surface_brightness(flux: float, area: float, zero_point: float, pixel_scale: float) -> float:
    """AB magnitudes per square arcsec of counts over `area` pixels of `pixel_scale` arcsec."""
    square = area * pixel_scale**2
    return magnitude(flux / square, zero_point) if square > 0 else math.nan
