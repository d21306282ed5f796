"""Pixels to pictures for every view: cutouts, single bands, thumbnails, residuals.

Fluxes are brought to nanomaggies by the zero-points and stretched as the settings say: a
locked stretch is the same for every cutout, an automatic one is made from the cutout itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.rendering.colour_maps import colour_map
from astromask_gui.rendering.flux import (
    Flux,
    band_weight,
    in_nanomaggies,
    noise_of,
    robust_noise,
)
from astromask_gui.rendering.limits import between, measured_limits
from astromask_gui.rendering.no_data import lay_stripes
from astromask_gui.rendering.rgb_styles import (
    LINEAR_SIGMAS,
    channel_weight,
    lupton,
    own_scale,
    plain,
    plain_white,
    rgb_noise,
    stretch_rgb,
)
from astromask_gui.state.display import DisplaySettings, SurveyPixels

Picture = NDArray[np.uint8]


def render_cutout(
    pixels: Flux,
    missing: NDArray[np.bool_],
    settings: DisplaySettings,
    survey: SurveyPixels,
) -> Picture:
    """Picture (H, W, 3) of a cutout (B, H, W), as RGB or one band after `settings.mode`.

    NaN is a pixel without data: striped where no band has any, else lent the others' light.
    """
    if settings.mode == "band":
        return render_band(pixels[settings.band], settings.band, settings, survey)
    present = [index for index in settings.rgb if not missing[index]]
    if not present:
        return _striped(np.zeros((*pixels.shape[1:], 3), np.uint8), np.ones(pixels.shape[1:], bool))
    planes = {band: _weighted(pixels[band], band, settings, survey) for band in set(present)}
    empty = _lend_light(planes, {band: np.isnan(pixels[band]) for band in planes})
    # A missing band takes the mean of those present: grey light, not a false colour.
    substitute = planes[present[0]]
    if len(present) < len(settings.rgb):
        substitute = np.mean([planes[band] for band in present], axis=0)
    stacked = np.stack([planes.get(band, substitute) for band in settings.rgb])
    stretched = stretch_rgb(stacked, rgb_noise(settings, survey), settings)
    return _striped(_finish(_switched(stretched, settings), settings), empty)


def render_band(
    pixels: Flux, band: int, settings: DisplaySettings, survey: SurveyPixels
) -> Picture:
    """Picture (H, W, 3) of one band (H, W), in the colours of the chosen map; NaN is striped."""
    plane, empty = in_nanomaggies(pixels, band, survey), np.isnan(pixels)
    if settings.limits == "noise" and settings.style == "plain":
        white = np.float32(plain_white(band, survey))
        share = plain(plane / white, noise_of(band, survey) / float(white), settings)
    elif settings.limits == "noise":
        noise = noise_of(band, survey)
        own = noise if settings.locked and noise > 0 else own_scale(plane)
        share = lupton(plane[None], plane, own, settings)[0]
    else:
        limits = limits_of(_with_data(plane, pixels), band, settings)
        share = between(plane, *limits, settings.curve)
    shades = (np.clip(share, 0, 1) * 255 + 0.5).astype(np.uint8)
    if settings.inverted:
        shades = 255 - shades
    picture: Picture = colour_map(settings.colour_map)[shades]
    return _striped(picture, empty)


def limits_of(plane: Flux, band: int, settings: DisplaySettings) -> tuple[float, float]:
    """Black and white of a band in nanomaggies: those held, or measured on these pixels."""
    is_held = settings.locked or settings.limits == "manual"
    if is_held and band < len(settings.held):
        return settings.held[band]
    return measured_limits(plane, settings.limits, settings.percentile)


def limits_by_band(
    pixels: Flux, settings: DisplaySettings, survey: SurveyPixels
) -> tuple[tuple[float, float], ...]:
    """Black and white of every band of a cutout (B, H, W), nanomaggies: limits to be held."""
    return tuple(
        measured_limits(
            _with_data(in_nanomaggies(plane, band, survey), plane),
            settings.limits,
            settings.percentile,
        )
        for band, plane in enumerate(pixels)
    )


def render_thumbnails(
    pictures: NDArray[np.floating], settings: DisplaySettings, survey: SurveyPixels
) -> Picture:
    """Pictures (n, h, w, 3) of linear thumbnails (n, 3, h, w) in nanomaggies.

    NaN is where a band has no data: striped where all lack it, else lent the others' light.
    """
    planes = pictures.astype(np.float32)
    for channel, band in enumerate(settings.rgb):
        planes[:, channel] *= np.float32(channel_weight(band, settings, survey))
    channels = {channel: planes[:, channel] for channel in range(planes.shape[1])}
    empty = _lend_light(channels, {channel: np.isnan(one) for channel, one in channels.items()})
    if empty is not None:
        planes = np.stack(list(channels.values()), axis=1)
    noise = rgb_noise(settings, survey)
    if settings.locked and (noise > 0 or settings.style != "survey"):
        together = stretch_rgb(planes.swapaxes(0, 1), noise, settings)
        return _striped(_finish(_switched(together, settings), settings), empty)
    rendered = [
        _finish(_switched(stretch_rgb(one, noise, settings), settings), settings) for one in planes
    ]
    if not rendered:
        return np.zeros((0, *planes.shape[2:], 3), np.uint8)
    return _striped(np.stack(rendered), empty)


def render_residual(residual: Flux, settings: DisplaySettings, survey: SurveyPixels) -> Picture:
    """Picture (H, W, 3) of input − model (B, H, W): warm where the model is too faint, cool where
    too bright, black where they agree."""
    bands = settings.rgb if settings.mode == "rgb" else (settings.band,)
    weights = {band: band_weight(band, survey) for band in bands}
    plane = np.mean(
        [in_nanomaggies(residual[band], band, survey) * weights[band] for band in bands], axis=0
    )
    noises = [noise_of(band, survey) * weights[band] for band in bands]
    noise = float(np.median(noises)) if all(one > 0 for one in noises) else 0.0
    if noise <= 0:
        noise = robust_noise(plane)
    scale = max(LINEAR_SIGMAS * noise * settings.stretch, 1e-12)
    strength = np.clip(np.arcsinh(3.0 * np.abs(plane) / scale) / np.arcsinh(6.0), 0, 1)[..., None]
    warm = np.array([255, 150, 80], np.float32)
    cool = np.array([90, 160, 255], np.float32)
    colour = np.where(plane[..., None] >= 0, warm, cool)
    picture: Picture = (strength * colour).astype(np.uint8)
    return picture


def _weighted(plane: Flux, band: int, settings: DisplaySettings, survey: SurveyPixels) -> Flux:
    light = in_nanomaggies(plane, band, survey)
    weighted: Flux = light * np.float32(channel_weight(band, settings, survey))
    return weighted


def _lend_light(
    planes: dict[int, Flux], lost: dict[int, NDArray[np.bool_]]
) -> NDArray[np.bool_] | None:
    """Give pixels that a band lacks the mean of the others, in place; where all lack them."""
    if not any(one.any() for one in lost.values()):
        return None
    known = sum((~one).astype(np.float32) for one in lost.values())
    light = sum(np.where(lost[band], 0, plane) for band, plane in planes.items())
    mean = np.asarray(light / np.maximum(known, 1), np.float32)
    for band, plane in planes.items():
        planes[band] = np.where(lost[band], mean, plane)
    return np.asarray(known == 0)


def _with_data(light: Flux, stored: Flux) -> Flux:
    """The light of those pixels that have data: what limits are measured on."""
    lost = np.isnan(stored)
    return light[~lost] if lost.any() else light


def _striped(pictures: Picture, empty: NDArray[np.bool_] | None) -> Picture:
    if empty is not None and empty.any():
        lay_stripes(pictures, empty)
    return pictures


def _switched(planes: Flux, settings: DisplaySettings) -> Flux:
    """Planes (3, …) without the light of the bands that are switched off."""
    for channel, band in enumerate(settings.rgb):
        if band in settings.hidden:
            planes[channel] = 0
    return planes


def _finish(planes: Flux, settings: DisplaySettings) -> Picture:
    """Planes (3, …, H, W) of 0…1 to bytes (…, H, W, 3)."""
    shades = (np.clip(planes, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    if settings.inverted:
        shades = 255 - shades
    return np.ascontiguousarray(np.moveaxis(shades, 0, -1))
