"""The singular isothermal ellipsoid in closed form (Kormann, Schneider & Bartelmann 1994).

Angles are arcsec. In the lens's own frame, with f the axis ratio of the surface density
(the long axis along y) and b the Einstein radius, the convergence is
κ = b √f / (2 √(x² + f² y²)): the critical curve κ = 1/2 encloses the area π b², and f = 1 is
the singular isothermal sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

Angles: TypeAlias = np.ndarray | float

SPEED_OF_LIGHT = 299_792.458
"""km/s."""
_ARCSEC = 180.0 * 3600.0 / math.pi
_ROUND = 1e-6
"""Below this 1 − f the ellipsoid is computed as a sphere, whose limit it is."""


def einstein_radius(velocity_dispersion: float, distance_ratio: float) -> float:
    """θ_E = 4π (σ/c)² D_ls/D_s in arcsec, of a dispersion in km/s."""
    return 4.0 * math.pi * (velocity_dispersion / SPEED_OF_LIGHT) ** 2 * distance_ratio * _ARCSEC


@dataclass(frozen=True)
class Ellipsoid:
    """A singular isothermal ellipsoid at the origin.

    `radius` is the Einstein radius (arcsec), `axis_ratio` f in (0, 1], `angle` that of the
    long axis from x towards y (radians). Coordinates are arrays of one shape, arcsec.
    """

    radius: float
    axis_ratio: float = 1.0
    angle: float = 0.0

    def __post_init__(self) -> None:
        if not (self.radius > 0 and 0 < self.axis_ratio <= 1):
            raise ValueError(
                "A lens needs an Einstein radius above 0 and an axis ratio in (0, 1]; found"
                f" {self.radius} and {self.axis_ratio}."
            )

    def deflection(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(α_x, α_y), arcsec: the source lies at (x − α_x, y − α_y)."""
        u, v = self._to_lens(x, y)
        return self._to_sky(*self._lens_deflection(u, v))

    def potential(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """ψ, arcsec², with α = ∇ψ; being homogeneous of degree one, ψ = x·α."""
        alpha_x, alpha_y = self.deflection(x, y)
        return np.asarray(x * alpha_x + y * alpha_y)

    def convergence(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """κ = Σ/Σ_crit; infinite at the centre."""
        u, v = self._to_lens(x, y)
        f = self.axis_ratio
        with np.errstate(divide="ignore"):
            return self.radius * math.sqrt(f) / (2.0 * np.sqrt(u**2 + (f * v) ** 2))

    def magnification(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Signed μ = 1/(1 − 2κ): an isothermal lens's shear equals its convergence."""
        with np.errstate(divide="ignore"):
            return 1.0 / (1.0 - 2.0 * self.convergence(x, y))

    def source_of(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The lens equation β = θ − α(θ), arcsec."""
        alpha_x, alpha_y = self.deflection(x, y)
        return x - alpha_x, y - alpha_y

    def critical_curve(self, points: int = 360) -> tuple[np.ndarray, np.ndarray]:
        """The ellipse κ = 1/2 on which the magnification diverges."""
        phi = np.linspace(0.0, 2.0 * math.pi, points, endpoint=False)
        f = self.axis_ratio
        scale = self.radius * math.sqrt(f) / np.sqrt(np.cos(phi) ** 2 + (f * np.sin(phi)) ** 2)
        return self._to_sky(scale * np.cos(phi), scale * np.sin(phi))

    def caustic(self, points: int = 360) -> tuple[np.ndarray, np.ndarray]:
        """The astroid that the critical curve maps to: a source inside has four images
        (two where the astroid sticks out of the cut)."""
        return self.source_of(*self.critical_curve(points))

    def cut(self, points: int = 360) -> tuple[np.ndarray, np.ndarray]:
        """The curve −α(φ) of the centre's image: a source outside has one image fewer."""
        phi = np.linspace(0.0, 2.0 * math.pi, points, endpoint=False)
        alpha_u, alpha_v = self._lens_deflection(np.cos(phi), np.sin(phi))
        return self._to_sky(-alpha_u, -alpha_v)

    def images(self, beta_x: float, beta_y: float) -> tuple[np.ndarray, np.ndarray]:
        """Positions (n,), (n,) of the images of a point source; n is 1, 2, 3 or 4.

        Along the direction φ the deflection does not depend on the distance, so that the
        lens equation is one equation in φ: (β + α(φ)) is parallel to (cos φ, sin φ), and its
        length is the image's distance (Kormann et al. 1994, section 4).
        """
        beta_u, beta_v = (float(part) for part in self._to_lens(beta_x, beta_y))
        grid = np.linspace(0.0, 2.0 * math.pi, 4097) + 1e-4
        across = self._across(grid, beta_u, beta_v)
        starts = np.nonzero(np.sign(across[:-1]) != np.sign(across[1:]))[0]
        low, high = grid[starts], grid[starts + 1]
        sign = np.sign(across[starts])
        for _ in range(50):
            middle = 0.5 * (low + high)
            before = np.sign(self._across(middle, beta_u, beta_v)) == sign
            low, high = np.where(before, middle, low), np.where(before, high, middle)
        phi = 0.5 * (low + high)
        alpha_u, alpha_v = self._lens_deflection(np.cos(phi), np.sin(phi))
        distance = (beta_u + alpha_u) * np.cos(phi) + (beta_v + alpha_v) * np.sin(phi)
        keep = distance > 0
        return self._to_sky(distance[keep] * np.cos(phi[keep]), distance[keep] * np.sin(phi[keep]))

    def _across(self, phi: np.ndarray, beta_u: float, beta_v: float) -> np.ndarray:
        """Component of β + α(φ) across the direction φ; zero at an image."""
        alpha_u, alpha_v = self._lens_deflection(np.cos(phi), np.sin(phi))
        return np.asarray((beta_u + alpha_u) * np.sin(phi) - (beta_v + alpha_v) * np.cos(phi))

    def _lens_deflection(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        distance = np.hypot(u, v)
        safe = np.where(distance > 0, distance, 1.0)
        cos, sin = u / safe, v / safe
        f = self.axis_ratio
        if 1.0 - f < _ROUND:
            return self.radius * cos, self.radius * sin
        flattening = math.sqrt(1.0 - f * f)
        scale = self.radius * math.sqrt(f) / flattening
        return scale * np.arcsinh(flattening / f * cos), scale * np.arcsin(flattening * sin)

    def _to_lens(self, x: Angles, y: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Turn the long axis onto the second axis."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.asarray(x * sin - y * cos), np.asarray(x * cos + y * sin)

    def _to_sky(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return u * sin + v * cos, v * sin - u * cos
