"""Pixels to pictures: the asinh stretch of Lupton et al. 2004 (PASP 116, 133) for every view.

Fluxes are brought to nanomaggies by the zero-points, weighted by band so that an average
galaxy is neither red nor blue, and stretched together so that a pixel keeps its colour
however bright it is. A locked stretch takes its scale from the survey's noise and is the
same for every cutout; an automatic one from the cutout itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.display import DisplaySettings, SurveyPixels

Picture = NDArray[np.uint8]
Flux = NDArray[np.float32]

NANOMAGGY_ZERO_POINT = 22.5
_LINEAR_SIGMAS = 10.0
"""Noise units that the linear part of a locked stretch spans at `stretch` 1."""
_SLOPE_FRACTION = 0.1
_SKY_LEVEL = 0.02
_SMALLEST_SCALE = 1e-30
"""Below this a picture is constant for all that float32 can tell."""
# A typical galaxy at z = 0.1–0.5 is this much fainter than in r; its inverse balances colours.
_BAND_WEIGHTS = {"u": 4.0, "g": 1.6, "r": 1.0, "i": 0.75, "z": 0.62, "y": 0.58}


def render_cutout(
    pixels: Flux,
    missing: NDArray[np.bool_],
    settings: DisplaySettings,
    survey: SurveyPixels,
) -> Picture:
    """Picture (H, W, 3) of a cutout (B, H, W), as RGB or one band after `settings.mode`."""
    if settings.mode == "band":
        return render_band(pixels[settings.band], settings.band, settings, survey)
    channels = [index for index in settings.rgb if not missing[index]]
    if not channels:
        return _finish(np.zeros((3, *pixels.shape[1:]), np.float32), settings)
    # A missing band takes the mean of those present: grey light, not a false colour.
    substitute = np.mean([_balanced(pixels[i], i, survey) for i in channels], axis=0)
    planes = np.stack(
        [
            substitute if missing[index] else _balanced(pixels[index], index, survey)
            for index in settings.rgb
        ]
    )
    noise = _rgb_noise(settings, survey)
    return _finish(_stretch(planes, noise, settings), settings)


def render_band(
    pixels: Flux, band: int, settings: DisplaySettings, survey: SurveyPixels
) -> Picture:
    """Grey picture (H, W, 3) of one band (H, W)."""
    plane = _balanced(pixels, band, survey)[None]
    stretched = _stretch(plane, _noise_of(band, survey), settings)
    return _finish(np.broadcast_to(stretched, (3, *pixels.shape)), settings)


def render_thumbnails(
    pictures: NDArray[np.floating], settings: DisplaySettings, survey: SurveyPixels
) -> Picture:
    """Pictures (n, h, w, 3) of linear thumbnails (n, 3, h, w) in nanomaggies."""
    planes = pictures.astype(np.float32)
    for channel, band in enumerate(settings.rgb):
        planes[:, channel] *= band_weight(band, survey)
    noise = _rgb_noise(settings, survey)
    if settings.locked and noise > 0:
        return _finish(_stretch(planes.swapaxes(0, 1), noise, settings), settings)
    rendered = [_finish(_stretch(one, 0.0, settings), settings) for one in planes]
    return np.stack(rendered) if rendered else np.zeros((0, *planes.shape[2:], 3), np.uint8)


def render_residual(residual: Flux, settings: DisplaySettings, survey: SurveyPixels) -> Picture:
    """Picture (H, W, 3) of input − model (B, H, W): warm where the model is too faint, cool where
    too bright, black where they agree."""
    bands = settings.rgb if settings.mode == "rgb" else (settings.band,)
    plane = np.mean([_balanced(residual[band], band, survey) for band in bands], axis=0)
    noise = _rgb_noise(settings, survey) if settings.mode == "rgb" else _noise_of(bands[0], survey)
    if noise <= 0:
        noise = robust_noise(plane)
    scale = max(_LINEAR_SIGMAS * noise * settings.stretch, 1e-12)
    strength = np.clip(np.arcsinh(3.0 * np.abs(plane) / scale) / np.arcsinh(6.0), 0, 1)[..., None]
    warm = np.array([255, 150, 80], np.float32)
    cool = np.array([90, 160, 255], np.float32)
    colour = np.where(plane[..., None] >= 0, warm, cool)
    picture: Picture = (strength * colour).astype(np.uint8)
    return picture


def robust_noise(plane: NDArray[np.floating]) -> float:
    """Noise of a picture's sky: 1.4826 times the median deviation from the median."""
    sample = plane.ravel()
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return 0.0
    return float(1.4826 * np.median(np.abs(sample - np.median(sample))))


def nanomaggies_per_count(band: int, survey: SurveyPixels) -> float:
    """Factor from counts to nanomaggies, by the band's zero-point; 1 where none is known."""
    if band >= len(survey.zero_points):
        return 1.0
    return float(10 ** (-0.4 * (survey.zero_points[band] - NANOMAGGY_ZERO_POINT)))


def band_weight(band: int, survey: SurveyPixels) -> float:
    """Weight that makes an average galaxy white, by the band's last letter (`ps-i`: i)."""
    name = survey.bands[band] if band < len(survey.bands) else ""
    letter = name.replace("_", "-").rsplit("-", 1)[-1].lower()[:1]
    return _BAND_WEIGHTS.get(letter, 1.0)


def _balanced(plane: Flux, band: int, survey: SurveyPixels) -> Flux:
    return plane * np.float32(nanomaggies_per_count(band, survey) * band_weight(band, survey))


def _noise_of(band: int, survey: SurveyPixels) -> float:
    if band >= len(survey.noise):
        return 0.0
    return survey.noise[band] * nanomaggies_per_count(band, survey) * band_weight(band, survey)


def _rgb_noise(settings: DisplaySettings, survey: SurveyPixels) -> float:
    """Typical noise of the three balanced channels; 0 where the survey's is unknown."""
    noises = [_noise_of(band, survey) for band in settings.rgb]
    return float(np.median(noises)) if all(noise > 0 for noise in noises) else 0.0


def _stretch(planes: Flux, noise: float, settings: DisplaySettings) -> Flux:
    """Stretch planes (c, …) together to 0…1; `noise` 0 or an unlocked stretch measure their own."""
    intensity = planes.mean(axis=0)
    if not settings.locked or noise <= 0:
        noise = _own_scale(intensity)
    if noise <= _SMALLEST_SCALE:
        return np.zeros_like(planes)
    scale = _LINEAR_SIGMAS * noise * settings.stretch
    intensity = np.maximum(intensity - settings.black * noise, 0) / scale
    q = max(settings.softening, 1e-3)
    slope = _SLOPE_FRACTION / np.arcsinh(_SLOPE_FRACTION * q)
    # The limit of asinh(Qx)·slope / x for x → 0 is Q·slope: no division by a small number.
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(intensity > 1e-6, np.arcsinh(q * intensity) / intensity, q) * slope
    stretched = (planes / scale - settings.black / (_LINEAR_SIGMAS * settings.stretch)) * factor
    stretched = np.maximum(stretched + _SKY_LEVEL, 0)
    # Lupton et al.: where a channel is over-exposed, dim all of them, so that colour stays.
    brightest = stretched.max(axis=0)
    result: Flux = (stretched / np.maximum(brightest, 1)).astype(np.float32)
    return result


def _own_scale(intensity: Flux) -> float:
    """Noise-like scale of one cutout that puts its brightest parts near white."""
    noise = robust_noise(intensity)
    height, width = intensity.shape[-2:]
    middle = intensity[..., height // 4 : height - height // 4, width // 4 : width - width // 4]
    # The galaxy in the middle sets the scale, not a bright star at the edge.
    bright = float(np.percentile(middle if middle.size else intensity, 99.5))
    return max(noise, bright / (4 * _LINEAR_SIGMAS))


def _finish(planes: Flux, settings: DisplaySettings) -> Picture:
    """Planes (3, …, H, W) of 0…1 to bytes (…, H, W, 3)."""
    values = 1 - planes if settings.inverted else planes
    data = np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(data, 0, -1))
