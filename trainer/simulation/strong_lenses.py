"""Strong lenses: a massive elliptical, and behind it a blue clumpy galaxy drawn into arcs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from trainer.simulation import spectra
from trainer.simulation.lens import Ellipsoid, einstein_radius
from trainer.simulation.population import (
    Galaxy,
    distance_modulus,
    distance_ratio,
    draw_galaxy,
    kiloparsec,
)

_RADII = (0.8, 2.7)
"""Einstein radii (arcsec) that the survey's seeing and the cutouts' size let one see."""
_TRIES = 200


@dataclass(frozen=True)
class Source:
    """The lensed galaxy: Gaussian clumps on an exponential body, in the source plane."""

    redshift: float
    spectral_type: float
    magnitude_r: float
    """Unlensed."""
    x: float
    y: float
    radius: float
    """Half-light radius of the body, arcsec."""
    axis_ratio: float
    angle: float
    clumps: np.ndarray
    """(n, 4): x, y (arcsec from the source's centre), standard deviation, share of the light."""

    def brightness(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Surface brightness at source-plane positions, arcsec^-2, for a total of 1."""
        x, y = x - self.x, y - self.y
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        u, v = cos * x + sin * y, (cos * y - sin * x) / self.axis_ratio
        scale = self.radius / 1.678
        light = np.exp(-np.hypot(u, v) / scale) / (2 * math.pi * scale**2 * self.axis_ratio)
        light = light * (1.0 - self.clumps[:, 3].sum())
        for clump_x, clump_y, width, share in self.clumps:
            distance = ((x - clump_x) ** 2 + (y - clump_y) ** 2) / width**2
            light = light + share * np.exp(-0.5 * distance) / (2 * math.pi * width**2)
        return np.asarray(light)


@dataclass(frozen=True)
class StrongLens:
    """A deflector, its mass and the source behind it."""

    deflector: Galaxy
    mass: Ellipsoid
    source: Source
    magnification: float
    """Lensed over unlensed flux of the whole source."""

    def source_magnitudes(self) -> np.ndarray:
        """(5,) AB magnitudes of all images together."""
        colours = spectra.colours(self.source.spectral_type, self.source.redshift)
        return self.source.magnitude_r - 2.5 * math.log10(self.magnification) + colours


def draw_strong_lens(rng: np.random.Generator) -> StrongLens:
    """A lens whose arcs the survey shows: bright enough, and resolved from the deflector."""
    for _ in range(_TRIES):
        deflector, mass, source_redshift = _draw_deflector(rng)
        if not _RADII[0] < mass.radius < _RADII[1]:
            continue
        source = _draw_source(rng, mass, source_redshift)
        magnification = _total_magnification(mass, source)
        lens = StrongLens(deflector, mass, source, magnification)
        lensed = lens.source_magnitudes()[1:3].min()
        if magnification > 2.5 and 19.3 < lensed < min(22.4, deflector.magnitude_r + 3.2):
            return lens
    raise AssertionError("the priors of a strong lens exclude each other")


def _draw_deflector(rng: np.random.Generator) -> tuple[Galaxy, Ellipsoid, float]:
    redshift = float(rng.uniform(0.2, 0.75))
    absolute = rng.normal(-22.7, 0.45)
    k_correction = spectra.k_correction_r(spectra.ELLIPTICAL, redshift)
    # Stars were younger then: an elliptical fades by about a magnitude a unit of redshift.
    magnitude = absolute + distance_modulus(redshift) + k_correction - redshift
    galaxy = draw_galaxy(rng, "lens", float(magnitude), redshift)
    # Faber & Jackson (1976), with the scatter that selects the heavier as lenses.
    dispersion = 215.0 * 10.0 ** (-0.1 * (absolute + 21.8)) * math.exp(rng.normal(0.06, 0.1))
    source_redshift = float(rng.uniform(0.9, 2.7))
    radius = einstein_radius(dispersion, distance_ratio(redshift, source_redshift))
    axis_ratio = float(np.clip(galaxy.axis_ratio + rng.normal(0.0, 0.07), 0.5, 0.97))
    angle = galaxy.angle + float(rng.normal(0.0, 0.15))
    galaxy = replace(galaxy, radius=min(galaxy.radius, 1.3 * radius))
    return galaxy, Ellipsoid(radius, axis_ratio, angle), source_redshift


def _draw_source(rng: np.random.Generator, mass: Ellipsoid, redshift: float) -> Source:
    # Uniform in area within the multiply imaged region, and a share near its centre, where
    # quads and rings come from and which lens searches favour.
    limit = 0.15 if rng.random() < 0.25 else 0.6
    distance = mass.radius * limit * math.sqrt(rng.random())
    direction = rng.uniform(0.0, 2.0 * math.pi)
    radius = float(rng.uniform(1.0, 2.6) * kiloparsec(redshift))
    count = int(rng.integers(1, 6))
    share = rng.uniform(0.2, 0.6) * rng.dirichlet(np.ones(count))
    place = rng.normal(0.0, 0.8 * radius, (count, 2))
    width = rng.uniform(0.02, 0.06, count)
    return Source(
        redshift=redshift,
        spectral_type=float(rng.uniform(2.4, 3.0)),
        magnitude_r=float(rng.uniform(22.6, 25.2)),
        x=distance * math.cos(direction),
        y=distance * math.sin(direction),
        radius=radius,
        axis_ratio=float(rng.uniform(0.4, 1.0)),
        angle=float(rng.uniform(0.0, math.pi)),
        clumps=np.column_stack([place, width, share]),
    )


def _total_magnification(mass: Ellipsoid, source: Source) -> float:
    """Flux of all images over the flux of the source, by tracing a coarse grid of rays."""
    reach = 2.0 * mass.radius + 4.0 * source.radius
    axis = np.linspace(-reach, reach, 120)
    x, y = np.meshgrid(axis, axis)
    light = source.brightness(*mass.source_of(x, y))
    return float(light.sum() * (axis[1] - axis[0]) ** 2)
