"""Colours of galaxies and stars: template spectra through top-hat bands, redshifted.

The four templates follow the shape of Coleman, Wu & Weedman (1980): elliptical, Sbc, Scd
and irregular; a spectral type between two of them is their geometric mean.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from trainer.simulation.survey import BANDS, SURVEY

ELLIPTICAL, SBC, SCD, IRREGULAR = 0.0, 1.0, 2.0, 3.0
"""Spectral types, the ends and knots of a continuous scale."""
MAXIMUM_REDSHIFT = 4.0

# fmt: off
_KNOTS = np.array([ 912, 1000, 1215, 1500, 2000, 2500, 3000, 3500, 3800, 3950, 4100, 4400,
                   4800, 5300, 5800, 6500, 7000, 7700, 8500, 9300, 10000], dtype=float)
_FLUX = np.array([  # f_λ at the knots, 1 at 5300 Å
    [.004, .005, .010, .016, .030, .070, .165, .300, .370, .420, .630, .790,
     .900, 1.00, 1.05, 1.08, 1.09, 1.10, 1.07, 1.02, .970],
    [.040, .060, .100, .200, .220, .250, .340, .430, .480, .560, .790, .900,
     .970, 1.00, 1.00, .985, .960, .910, .850, .785, .730],
    [.250, .400, .650, .950, .820, .710, .665, .690, .740, .800, .980, 1.02,
     1.02, 1.00, .960, .895, .840, .765, .690, .620, .570],
    [1.00, 1.80, 3.60, 3.60, 2.50, 1.85, 1.45, 1.25, 1.22, 1.20, 1.28, 1.23,
     1.12, 1.00, .910, .810, .740, .650, .570, .510, .460],
])
# Stellar locus by g − i (after Covey et al. 2007): u − g, g − r, r − i, i − z.
_LOCUS_GI = np.array([0.0, 0.4, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8, 3.2])
_LOCUS = np.array([
    [1.05, 0.98, 1.30, 1.80, 2.25, 2.45, 2.50, 2.55, 2.60],
    [0.05, 0.31, 0.59, 0.87, 1.15, 1.33, 1.39, 1.43, 1.48],
    [-.05, 0.09, 0.21, 0.33, 0.45, 0.67, 1.01, 1.37, 1.72],
    [-.08, 0.01, 0.06, 0.14, 0.22, 0.34, 0.54, 0.74, 0.94],
])
# fmt: on
_TYPES = np.linspace(0.0, 3.0, 13)
_REDSHIFTS = np.linspace(0.0, MAXIMUM_REDSHIFT, 201)


def template(spectral_type: float, wavelength: np.ndarray) -> np.ndarray:
    """f_λ at rest wavelengths (Å), 1 at 5300 Å; nothing below the Lyman limit."""
    lower = int(np.clip(np.floor(spectral_type), 0, len(_FLUX) - 2))
    weight = spectral_type - lower
    knots = (1.0 - weight) * np.log(_FLUX[lower]) + weight * np.log(_FLUX[lower + 1])
    flux = np.exp(np.interp(np.log(wavelength), np.log(_KNOTS), knots))
    return np.where(wavelength < _KNOTS[0], 1e-6, flux)


@cache
def _magnitude_table() -> np.ndarray:
    """(T, Z, 5) AB magnitude, up to a constant, of each type at each redshift."""
    table = np.empty((len(_TYPES), len(_REDSHIFTS), len(BANDS)))
    for b, band in enumerate(BANDS):
        observed = np.linspace(*SURVEY[band].edges, 60)
        reference = np.mean(1.0 / observed)
        rest = observed[None, :] / (1.0 + _REDSHIFTS[:, None])
        for t, spectral_type in enumerate(_TYPES):
            flux = template(spectral_type, rest) / (1.0 + _REDSHIFTS[:, None])
            table[t, :, b] = -2.5 * np.log10(np.mean(flux * observed, axis=1) / reference)
    return table


def template_magnitudes(spectral_type: float, redshift: float) -> np.ndarray:
    """(5,) AB magnitudes in u, g, r, i, z, up to one constant a spectral type."""
    table = _magnitude_table()
    z = np.clip(redshift, 0.0, MAXIMUM_REDSHIFT) / (_REDSHIFTS[1] - _REDSHIFTS[0])
    t = np.clip(spectral_type, 0.0, 3.0) / (_TYPES[1] - _TYPES[0])
    i, j = min(int(t), len(_TYPES) - 2), min(int(z), len(_REDSHIFTS) - 2)
    dt, dz = t - i, z - j
    at_i = (1 - dz) * table[i, j] + dz * table[i, j + 1]
    at_next = (1 - dz) * table[i + 1, j] + dz * table[i + 1, j + 1]
    return np.asarray((1 - dt) * at_i + dt * at_next)


def colours(spectral_type: float, redshift: float, reddening: float = 0.0) -> np.ndarray:
    """(5,) AB magnitudes relative to r of a galaxy; `reddening` is E(B−V) at rest, mag.

    The reddening follows λ^−1.2, near enough to Calzetti et al. (2000) in the optical.
    """
    magnitudes = template_magnitudes(spectral_type, redshift)
    wavelength = np.array([SURVEY[band].wavelength for band in BANDS]) / (1.0 + redshift)
    magnitudes = magnitudes + 4.05 * reddening * (wavelength / 5500.0) ** -1.2
    return np.asarray(magnitudes - magnitudes[BANDS.index("r")])


def k_correction_r(spectral_type: float, redshift: float) -> float:
    """K-correction in r, mag: apparent = absolute + distance modulus + this."""
    r = BANDS.index("r")
    here = template_magnitudes(spectral_type, redshift)[r]
    return float(here - template_magnitudes(spectral_type, 0.0)[r])


def star_colours(g_minus_i: float) -> np.ndarray:
    """(5,) AB magnitudes relative to r of a star on the locus at this g − i."""
    ug, gr, ri, iz = (float(np.interp(g_minus_i, _LOCUS_GI, row)) for row in _LOCUS)
    return np.array([ug + gr, gr, 0.0, -ri, -ri - iz])
