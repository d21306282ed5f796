"""What there is to be seen: kinds of galaxies with magnitudes, redshifts, sizes and shapes
that follow one another as on the sky."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from trainer.simulation import spectra

KINDS = ("elliptical", "lenticular", "spiral", "edge-on", "merger", "star", "lens")
MAGNITUDE_LIMITS = (16.0, 23.5)
"""AB magnitudes in r of the objects that cutouts are made of."""
COUNT_SLOPE = 0.12
"""d log10 N / dm of the cutouts' objects: the sky's 0.4 would leave hardly a bright one."""
_FIELD_SLOPE = 0.36
_FIELD_LIMITS = (17.0, 24.8)
FIELD_DENSITY = 48.0
"""Galaxies of the field a square arcmin, to its limit in r."""
_GALAXY_SHARES = {"elliptical": 0.24, "lenticular": 0.16, "spiral": 0.38, "edge-on": 0.12}
_MERGER_SHARE = 0.10
_SPEED_OVER_HUBBLE = 299_792.458 / 70.0
_MATTER = 0.3


@dataclass(frozen=True)
class Galaxy:
    """One galaxy's truth; lengths in arcsec, angles in radians, magnitudes AB."""

    kind: str
    redshift: float
    magnitude_r: float
    spectral_type: float
    """From 0 (elliptical) to 3 (irregular): `trainer.simulation.spectra`."""
    radius: float
    """Half-light radius along the long axis, arcsec."""
    axis_ratio: float
    angle: float
    bulge_fraction: float
    """Share of the light in r."""
    reddening: float = 0.0
    """E(B−V), mag."""
    x: float = 0.0
    y: float = 0.0

    def magnitudes(self) -> np.ndarray:
        """(5,) AB magnitudes u, g, r, i, z."""
        colours = spectra.colours(self.spectral_type, self.redshift, self.reddening)
        return self.magnitude_r + colours


@cache
def _comoving_table() -> tuple[np.ndarray, np.ndarray]:
    z = np.linspace(0.0, 4.0, 4001)
    inverse = 1.0 / np.sqrt(_MATTER * (1 + z) ** 3 + 1.0 - _MATTER)
    steps = 0.5 * (inverse[1:] + inverse[:-1]) * np.diff(z)
    return z, np.concatenate([[0.0], np.cumsum(steps)]) * _SPEED_OVER_HUBBLE


def comoving_distance(redshift: float) -> float:
    """Mpc, in a flat universe of Ω_m = 0.3 and H0 = 70 km/s/Mpc."""
    return float(np.interp(redshift, *_comoving_table()))


def distance_modulus(redshift: float) -> float:
    """m − M without the K-correction, mag."""
    return 5.0 * math.log10(comoving_distance(redshift) * (1 + redshift)) + 25.0


def kiloparsec(redshift: float) -> float:
    """Arcsec that one kpc covers."""
    return 206.265 * (1 + redshift) / comoving_distance(redshift)


def distance_ratio(lens_redshift: float, source_redshift: float) -> float:
    """D_ls / D_s of angular-diameter distances; 0 for a source before the lens."""
    behind = comoving_distance(source_redshift)
    return max(0.0, 1.0 - comoving_distance(lens_redshift) / behind)


def draw_magnitude(
    rng: np.random.Generator,
    limits: tuple[float, float] = MAGNITUDE_LIMITS,
    slope: float = COUNT_SLOPE,
) -> float:
    """A magnitude between the limits with counts rising as 10^(slope·m)."""
    if slope == 0:
        return float(rng.uniform(*limits))
    low, high = 10.0 ** (slope * limits[0]), 10.0 ** (slope * limits[1])
    return math.log10(rng.uniform(low, high)) / slope


def draw_redshift(rng: np.random.Generator, magnitude: float) -> float:
    """p(z|m) ∝ z² exp(−(z/z0)^1.5), of median 0.12 at r = 18 and 0.6 at r = 23."""
    scale = 0.085 * 10.0 ** (0.14 * (magnitude - 18.0))
    return float(np.clip(scale * rng.gamma(2.0) ** (2.0 / 3.0), 0.01, 1.6))


def draw_kind(rng: np.random.Generator, lens_share: float, star_share: float) -> str:
    """Kind of a cutout's main object."""
    others = 1.0 - lens_share - star_share
    ordinary = sum(_GALAXY_SHARES.values())
    shares = {name: share / ordinary for name, share in _GALAXY_SHARES.items()}
    weights = [
        lens_share
        if kind == "lens"
        else star_share
        if kind == "star"
        else others * _MERGER_SHARE
        if kind == "merger"
        else others * (1.0 - _MERGER_SHARE) * shares[kind]
        for kind in KINDS
    ]
    return str(rng.choice(KINDS, p=np.array(weights) / sum(weights)))


def draw_galaxy(
    rng: np.random.Generator, kind: str, magnitude: float, redshift: float | None = None
) -> Galaxy:
    """A galaxy of this kind: redshift after magnitude, size after luminosity, colour after kind."""
    z = draw_redshift(rng, magnitude) if redshift is None else redshift
    spectral_type = _draw_spectral_type(rng, kind, magnitude, z)
    absolute = magnitude - distance_modulus(z) - spectra.k_correction_r(spectral_type, z)
    radius = _draw_size(rng, kind, absolute, z) * kiloparsec(z)
    return Galaxy(
        kind=kind,
        redshift=z,
        magnitude_r=magnitude,
        spectral_type=spectral_type,
        radius=float(np.clip(radius, 0.12, 7.0)),
        axis_ratio=_draw_axis_ratio(rng, kind),
        angle=float(rng.uniform(0.0, math.pi)),
        bulge_fraction=_draw_bulge_fraction(rng, kind),
        reddening=_draw_reddening(rng, kind),
    )


def _draw_spectral_type(
    rng: np.random.Generator, kind: str, magnitude: float, redshift: float
) -> float:
    absolute = magnitude - distance_modulus(redshift)
    faintness = np.clip((absolute + 21.5) / 4.0, -0.4, 1.2)
    if kind in ("elliptical", "lens"):
        return float(np.clip(rng.normal(0.02 + 0.15 * redshift, 0.06), 0.0, 0.6))
    if kind == "lenticular":
        return float(np.clip(rng.normal(0.25 + 0.3 * faintness, 0.2), 0.0, 1.5))
    return float(np.clip(rng.normal(1.9 + 0.8 * faintness, 0.45), 0.6, 3.0))


def _draw_size(rng: np.random.Generator, kind: str, absolute: float, redshift: float) -> float:
    """Half-light radius in kpc (after Shen et al. 2003), shrinking with redshift."""
    if kind in ("elliptical", "lens"):
        size = 3.3 * 10.0 ** (-0.24 * (absolute + 20.5))
    elif kind == "lenticular":
        size = 3.0 * 10.0 ** (-0.18 * (absolute + 20.5))
    else:
        size = 4.6 * 10.0 ** (-0.13 * (absolute + 20.5))
    size = float(np.clip(size, 0.5, 18.0)) * math.exp(rng.normal(0.0, 0.28))
    return float(size * (1.0 + redshift) ** -0.8)


def _draw_axis_ratio(rng: np.random.Generator, kind: str) -> float:
    if kind in ("elliptical", "lens"):
        return float(np.clip(rng.normal(0.8, 0.13), 0.45, 1.0))
    if kind == "edge-on":
        return float(rng.uniform(0.12, 0.24))
    thickness = 0.2
    cos = rng.uniform(0.35, 1.0) if kind == "spiral" else rng.uniform(0.25, 1.0)
    return math.sqrt(cos**2 * (1 - thickness**2) + thickness**2)


def _draw_bulge_fraction(rng: np.random.Generator, kind: str) -> float:
    if kind in ("elliptical", "lens"):
        return 1.0
    if kind == "lenticular":
        return float(rng.uniform(0.3, 0.65))
    return float(np.clip(rng.beta(1.5, 6.0), 0.02, 0.5))


def _draw_reddening(rng: np.random.Generator, kind: str) -> float:
    scale = {"elliptical": 0.01, "lens": 0.01, "lenticular": 0.03, "edge-on": 0.14}.get(kind, 0.04)
    return float(min(rng.exponential(scale), 0.5))


def draw_field(rng: np.random.Generator, side: float) -> list[Galaxy]:
    """Unrelated galaxies before and behind, over a square of this side (arcsec)."""
    galaxies = []
    for _ in range(rng.poisson(FIELD_DENSITY * (side / 60.0) ** 2)):
        magnitude = draw_magnitude(rng, _FIELD_LIMITS, _FIELD_SLOPE)
        kind = "elliptical" if rng.random() < 0.25 else "spiral"
        galaxy = draw_galaxy(rng, kind, magnitude)
        x, y = rng.uniform(-side / 2, side / 2, 2)
        galaxies.append(replace(galaxy, x=float(x), y=float(y)))
    return galaxies


def draw_companions(rng: np.random.Generator, galaxy: Galaxy, side: float) -> list[Galaxy]:
    """Members of the group or cluster around an early-type galaxy: red, fainter, close by."""
    companions = []
    for _ in range(rng.poisson(rng.exponential(0.8))):
        magnitude = galaxy.magnitude_r + rng.uniform(1.0, 4.0)
        member = draw_galaxy(rng, "elliptical", min(magnitude, 24.5), galaxy.redshift)
        x, y = rng.uniform(-side / 2, side / 2, 2)
        companions.append(replace(member, x=float(x), y=float(y)))
    return companions
