"""Three planes of light to red, green and blue: well-known ways.

*Survey* is the asinh stretch of Lupton et al. 2004 (PASP 116, 133) on planes balanced so that
an average galaxy is neither red nor blue, its scale taken from the survey's sky noise. *UNIONS*
is the same stretch on fluxes of zero-point 30, at 125 counts, with a gamma of a quarter. *Legacy
viewer* is that of legacysurvey.org/viewer: fixed scales for each filter, on the surface
brightness of its pixels. *As it is* shows pictures that somebody has stretched before.
"""

from __future__ import annotations

import numpy as np

from astromask_gui.rendering.flux import (
    LARGEST,
    NANOMAGGY_ZERO_POINT,
    Flux,
    band_letter,
    band_weight,
    nanomaggies_per_count,
    noise_of,
    robust_noise,
)
from astromask_gui.state.display import DisplaySettings, SurveyPixels

LINEAR_SIGMAS = 10.0
"""Noise units that the linear part of a locked stretch spans at `stretch` 1."""
SLOPE_FRACTION = 0.1
SKY_LEVEL = 0.02
SMALLEST_SCALE = 1e-30
"""Below this a picture is constant for all that float32 can tell."""
_MOST_GAIN = 1e12

UNIONS_ZERO_POINT, UNIONS_STRETCH, UNIONS_GAMMA = 30.0, 125.0, 0.25
LEGACY_OFFSET, LEGACY_PIXEL_SCALE = 0.03, 0.262
# The viewer has g, r, i and z; other filters take the scale of their neighbour.
_LEGACY_SCALES = {"u": 6.0, "g": 6.0, "r": 3.4, "i": 3.0, "z": 2.2, "y": 2.2}


def channel_weight(band: int, settings: DisplaySettings, survey: SurveyPixels) -> float:
    """What a band's nanomaggies are multiplied by before the three are stretched together."""
    if settings.style == "plain":
        return 1.0 / plain_white(band, survey)
    if settings.style == "unions":
        return float(10 ** (0.4 * (UNIONS_ZERO_POINT - NANOMAGGY_ZERO_POINT)))
    if settings.style == "legacy":
        name = survey.bands[band] if band < len(survey.bands) else ""
        ratio = LEGACY_PIXEL_SCALE / (survey.pixel_scale or LEGACY_PIXEL_SCALE)
        return _LEGACY_SCALES.get(band_letter(name), 3.4) * ratio**2
    return band_weight(band, survey)


def rgb_noise(settings: DisplaySettings, survey: SurveyPixels) -> float:
    """Typical noise of the three weighted channels; 0 where the survey's is unknown."""
    noises = [
        noise_of(band, survey) * channel_weight(band, settings, survey) for band in settings.rgb
    ]
    return float(np.median(noises)) if all(noise > 0 for noise in noises) else 0.0


def stretch_rgb(planes: Flux, noise: float, settings: DisplaySettings) -> Flux:
    """Stretch weighted planes (3, …) together to 0…1; `noise` as of `rgb_noise`.

    An unlocked stretch is what the locked one would be if the picture's own scale were the
    survey's noise.
    """
    if settings.style == "plain":
        return plain(planes, noise, settings)
    intensity = planes.mean(axis=0)
    if settings.style == "survey":
        own = noise if settings.locked and noise > 0 else own_scale(intensity)
        return lupton(planes, intensity, own, settings)
    if not settings.locked and noise > 0:
        own = own_scale(intensity)
        gain = np.float32(min(noise / own, _MOST_GAIN)) if own > SMALLEST_SCALE else np.float32(1)
        planes, intensity = planes * gain, intensity * gain
    if settings.black:
        planes = planes - np.float32(settings.black * noise)
        intensity = planes.mean(axis=0)
    return (
        _unions(planes, intensity, settings)
        if settings.style == "unions"
        else _legacy(planes, settings)
    )


def plain_white(band: int, survey: SurveyPixels) -> float:
    """The light of a band, as `in_nanomaggies` has it, that is white as it is."""
    return (survey.white or 1.0) * nanomaggies_per_count(band, survey)


def plain(planes: Flux, noise: float, settings: DisplaySettings) -> Flux:
    """Planes of which 1 is white, on a line: as they are at `stretch` 1 and black point 0."""
    black = np.float32(settings.black * noise)
    shown: Flux = (planes - black) / np.float32(settings.stretch)
    return shown


def lupton(planes: Flux, intensity: Flux, noise: float, settings: DisplaySettings) -> Flux:
    """The stretch of Lupton et al. of planes (c, …) by their intensity, to 0…1."""
    if noise <= SMALLEST_SCALE:
        return np.zeros_like(planes)
    scale = LINEAR_SIGMAS * noise * settings.stretch
    factor = _lupton_factor(
        np.maximum(intensity - np.float32(settings.black * noise), 0) / np.float32(scale),
        settings.softening,
    )
    black = np.float32(settings.black / (LINEAR_SIGMAS * settings.stretch))
    stretched = (planes / np.float32(scale) - black) * factor
    stretched += np.float32(SKY_LEVEL)
    np.maximum(stretched, 0, out=stretched)
    # Where a channel is over-exposed, dim all of them, so that colour stays.
    stretched /= np.maximum(stretched.max(axis=0), 1)
    return stretched


def _lupton_factor(intensity: Flux, softening: float) -> Flux:
    """asinh(Q·x) / x, of the slope of the linear stretch at x = 0.1."""
    q = np.float32(max(softening, 1e-3))
    slope = np.float32(SLOPE_FRACTION / np.arcsinh(SLOPE_FRACTION * q))
    # The limit for x → 0 is Q: no division by a small number.
    small = intensity <= 1e-6
    safe = np.where(small, np.float32(1), intensity)
    factor: Flux = np.where(small, q, np.arcsinh(np.minimum(q * safe, LARGEST)) / safe) * slope
    return factor


def _unions(planes: Flux, intensity: Flux, settings: DisplaySettings) -> Flux:
    scale = np.float32(UNIONS_STRETCH * settings.stretch)
    size = (np.abs(intensity) / scale).astype(np.float32, copy=False)
    # Of the size of the intensity: asinh is odd, so that dark pixels stay as dark as they are.
    factor = _lupton_factor(size, settings.softening) / scale
    stretched = np.maximum(planes * factor, 0)
    result: Flux = np.minimum(stretched, 1) ** np.float32(UNIONS_GAMMA)
    return result


def _legacy(planes: Flux, settings: DisplaySettings) -> Flux:
    offset = np.float32(LEGACY_OFFSET)
    # Their brightness at which everything is a fixed amount of light; ours can be moved.
    light = planes / np.float32(settings.stretch) + offset
    intensity = np.maximum(light, 0).mean(axis=0)
    q = np.float32(max(settings.softening, 1e-3))
    safe = np.where(intensity > 0, intensity, np.float32(1e-6))
    factor = np.arcsinh(np.minimum(q * intensity, LARGEST)) / np.sqrt(q) / safe
    result: Flux = np.clip(light * factor, 0, 1)
    return result


def own_scale(intensity: Flux) -> float:
    """Noise-like scale of one cutout that puts its brightest parts near white."""
    noise = robust_noise(intensity)
    height, width = intensity.shape[-2:]
    middle = intensity[..., height // 4 : height - height // 4, width // 4 : width - width // 4]
    # The galaxy in the middle sets the scale, not a bright star at the edge.
    bright = float(np.percentile(middle if middle.size else intensity, 99.5))
    return max(noise, bright / (4 * LINEAR_SIGMAS))
