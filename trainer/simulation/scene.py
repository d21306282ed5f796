"""One cutout: its main object, what lies before and behind it, and the noise."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import galsim
import numpy as np
from scipy.ndimage import gaussian_filter

from trainer.simulation import light, spectra, survey
from trainer.simulation.frame import Frame, Part
from trainer.simulation.population import (
    COUNT_SLOPE,
    Galaxy,
    draw_companions,
    draw_field,
    draw_galaxy,
    draw_kind,
    draw_magnitude,
)
from trainer.simulation.strong_lenses import StrongLens, draw_strong_lens

_STAR_LIMITS = (16.0, 22.0)
_STAR_DENSITY = 2.5
"""Field stars a square arcmin, away from the Galactic plane."""


@dataclass(frozen=True)
class Truth:
    """What is known of a cutout's main object; the columns of the file.

    Angles in arcsec, magnitudes AB; NaN where the quantity does not exist.
    """

    type: str
    redshift: float
    mag_u: float
    mag_g: float
    mag_r: float
    mag_i: float
    mag_z: float
    radius: float
    """Half-light radius; of a lens, the deflector's; 0 for a star."""
    axis_ratio: float
    bulge_fraction: float
    snr_r: float
    """Signal-to-noise in r within the light of the main object."""
    seeing_r: float
    einstein_radius: float
    source_redshift: float
    source_mag_r: float
    """All images of the source together."""
    magnification: float
    image_count: float
    """Images of the source's centre."""


TRUTH_COLUMNS = tuple(field.name for field in fields(Truth))


@dataclass(frozen=True)
class Mixture:
    """Of what, and how bright, the cutouts' main objects are."""

    lens_share: float = 0.08
    star_share: float = 0.08
    count_slope: float = COUNT_SLOPE
    """d log10 N / dm of the galaxies."""


def draw_scene(
    rng: np.random.Generator, frame: Frame, mixture: Mixture
) -> tuple[np.ndarray, Truth]:
    """(5, size, size) float32 counts with noise, in steps of the survey, and the truth."""
    kind = draw_kind(rng, mixture.lens_share, mixture.star_share)
    seeing = survey.draw_seeing(rng)
    shear = tuple(rng.normal(0.0, 0.015, 2))
    parts, company, truth = _draw_main(rng, kind, frame, mixture.count_slope)
    main = frame.expose(parts, seeing, shear)
    others = company + _draw_others(rng, frame)
    image = main + frame.expose(others, seeing, shear) if others else main
    noise, deviation = draw_noise(rng, image)
    snr = _signal_to_noise(main, deviation)
    truth = replace(truth, seeing_r=float(seeing[survey.BANDS.index("r")]), snr_r=snr)
    return quantised(image + noise), truth


def quantised(image: np.ndarray) -> np.ndarray:
    """Counts (5, H, W) rounded to whole steps of the survey, float32."""
    steps = survey.steps()[:, None, None]
    # Adding 0 turns a negative zero into a zero, which compresses better.
    return np.asarray(np.round(image / steps) * steps + 0.0, np.float32)


def _draw_main(
    rng: np.random.Generator, kind: str, frame: Frame, count_slope: float
) -> tuple[list[Part], list[Part], Truth]:
    """The light of the main object and that of the group around it, and the truth."""
    x, y = rng.uniform(-0.5, 0.5, 2) * survey.PIXEL_SCALE
    if kind == "lens":
        lens = draw_strong_lens(rng)
        lens = replace(lens, deflector=replace(lens.deflector, x=x, y=y))
        parts = [*light.draw_parts(rng, lens.deflector, frame), light.arc_part(lens, frame)]
        return parts, _companion_parts(rng, lens.deflector, frame), _lens_truth(lens)
    if kind == "star":
        magnitude = draw_magnitude(rng, _STAR_LIMITS, 0.12)
        magnitudes = magnitude + spectra.star_colours(float(rng.uniform(0.2, 3.0)))
        return [light.star(magnitudes, x, y)], [], _truth(kind, 0.0, magnitudes)
    magnitude = draw_magnitude(rng, slope=count_slope)
    galaxy = replace(draw_galaxy(rng, kind, magnitude), x=x, y=y)
    if kind == "merger":
        return light.merger_parts(rng, galaxy, frame), [], _galaxy_truth(galaxy)
    parts = light.draw_parts(rng, galaxy, frame)
    early = kind in ("elliptical", "lenticular")
    company = _companion_parts(rng, galaxy, frame) if early else []
    return parts, company, _galaxy_truth(galaxy)


def _companion_parts(rng: np.random.Generator, galaxy: Galaxy, frame: Frame) -> list[Part]:
    companions = draw_companions(rng, galaxy, frame.extent)
    return [part for each in companions for part in light.smooth_parts(each)]


def _draw_others(rng: np.random.Generator, frame: Frame) -> list[Part]:
    """Field galaxies and stars over the cutout and a margin of 6 pixels around it."""
    side = (frame.size + 12) * survey.PIXEL_SCALE
    parts = [part for each in draw_field(rng, side) for part in light.smooth_parts(each)]
    for _ in range(rng.poisson(_STAR_DENSITY * (side / 60.0) ** 2)):
        magnitude = draw_magnitude(rng, (17.0, 24.0), 0.15)
        magnitudes = magnitude + spectra.star_colours(float(rng.uniform(0.3, 3.0)))
        x, y = rng.uniform(-side / 2, side / 2, 2)
        parts.append(light.star(magnitudes, float(x), float(y)))
    return parts


def draw_noise(rng: np.random.Generator, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Noise (5, H, W) and its standard deviation: sky and photons, as resampling leaves it."""
    depth = np.exp(rng.normal(0.0, 0.06, len(survey.BANDS)))
    variance = ((survey.sky_noise() * depth) ** 2)[:, None, None]
    variance = variance + np.clip(image, 0, None) / survey.gains()[:, None, None]
    white = galsim.ImageF(image.shape[2], image.shape[0] * image.shape[1])
    white.addNoise(galsim.GaussianNoise(galsim.BaseDeviate(int(rng.integers(1, 2**31)))))
    noise = white.array.reshape(image.shape)
    smooth = np.stack(
        [
            _unit_smoothed(noise[b], survey.SURVEY[band].correlation)
            for b, band in enumerate(survey.BANDS)
        ]
    )
    deviation = np.sqrt(variance)
    return smooth * deviation, deviation


def _unit_smoothed(noise: np.ndarray, width: float) -> np.ndarray:
    """Noise of unit variance, correlated by a Gaussian of `width` pixels."""
    reach = np.arange(-3, 4)
    kernel = np.exp(-0.5 * (reach / width) ** 2)
    kernel /= kernel.sum()
    gain = float((kernel**2).sum())
    return np.asarray(gaussian_filter(noise, width, mode="wrap", radius=3) / gain)


def _signal_to_noise(main: np.ndarray, deviation: np.ndarray) -> float:
    """Optimal signal-to-noise in r of the main object's own light."""
    r = survey.BANDS.index("r")
    return float(math.sqrt(((main[r] / deviation[r]) ** 2).sum()))


def _truth(kind: str, redshift: float, magnitudes: np.ndarray) -> Truth:
    u, g, r, i, z = (float(value) for value in magnitudes)
    none = math.nan
    return Truth(
        type=kind, redshift=redshift, mag_u=u, mag_g=g, mag_r=r, mag_i=i, mag_z=z,
        radius=0.0, axis_ratio=1.0, bulge_fraction=none, snr_r=none, seeing_r=none,
        einstein_radius=none, source_redshift=none, source_mag_r=none,
        magnification=none, image_count=none,
    )  # fmt: skip


def _galaxy_truth(galaxy: Galaxy) -> Truth:
    truth = _truth(galaxy.kind, galaxy.redshift, galaxy.magnitudes())
    return replace(
        truth,
        radius=galaxy.radius,
        axis_ratio=galaxy.axis_ratio,
        bulge_fraction=galaxy.bulge_fraction,
    )


def _lens_truth(lens: StrongLens) -> Truth:
    source = lens.source_magnitudes()
    flux = 10 ** (-0.4 * lens.deflector.magnitudes()) + 10 ** (-0.4 * source)
    together = _truth("lens", lens.deflector.redshift, -2.5 * np.log10(flux))
    return replace(
        together,
        radius=lens.deflector.radius,
        axis_ratio=lens.deflector.axis_ratio,
        bulge_fraction=lens.deflector.bulge_fraction,
        einstein_radius=lens.mass.radius,
        source_redshift=lens.source.redshift,
        source_mag_r=float(source[survey.BANDS.index("r")]),
        magnification=lens.magnification,
        image_count=float(len(lens.mass.images(lens.source.x, lens.source.y)[0])),
    )
