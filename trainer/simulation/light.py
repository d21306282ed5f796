"""The shapes of light: bulges, discs, arms, knots, dust lanes, tails and arcs.

Smooth profiles are GalSim's; what it has no profile for is drawn on the frame's fine grid.
"""

from __future__ import annotations

import math
from dataclasses import replace

import galsim
import numpy as np

from trainer.simulation import spectra
from trainer.simulation.frame import Frame, Part
from trainer.simulation.population import Galaxy
from trainer.simulation.strong_lenses import StrongLens
from trainer.simulation.survey import counts

_EXPONENTIAL_HALF_LIGHT = 1.678
"""Half-light radius of an exponential disc over its scale length."""
_SERSIC_INDICES = (3.0, 3.5, 4.0, 5.0)


def draw_parts(rng: np.random.Generator, galaxy: Galaxy, frame: Frame) -> list[Part]:
    """The light of a galaxy of any kind but a lens, at its place in the frame."""
    if galaxy.kind in ("elliptical", "lens"):
        return [_elliptical(rng, galaxy)]
    if galaxy.kind == "edge-on":
        return _edge_on(rng, galaxy, frame)
    if galaxy.kind == "spiral":
        return _spiral(rng, galaxy, frame)
    if galaxy.kind == "star":
        return [star(galaxy.magnitudes(), galaxy.x, galaxy.y)]
    return smooth_parts(galaxy)


def star(magnitudes: np.ndarray, x: float, y: float) -> Part:
    """A point at (x, y) arcsec of AB magnitudes (5,)."""
    return Part(galsim.DeltaFunction().shift(x, y), counts(magnitudes))


def smooth_parts(galaxy: Galaxy) -> list[Part]:
    """A bulge in a smooth disc; nothing but a disc where the bulge has hardly any light."""
    if galaxy.bulge_fraction > 0.95:
        return [Part(_placed(galsim.DeVaucouleurs(half_light_radius=1.0), galaxy), _flux(galaxy))]
    disc = replace(galaxy, spectral_type=min(3.0, galaxy.spectral_type + 0.2))
    parts = [
        Part(
            _placed(galsim.Exponential(half_light_radius=1.0), galaxy),
            _flux(disc) * (1.0 - galaxy.bulge_fraction),
        )
    ]
    if galaxy.bulge_fraction > 0.05:
        parts.append(_bulge(galaxy))
    return parts


def _flux(galaxy: Galaxy) -> np.ndarray:
    return counts(galaxy.magnitudes())


def _placed(profile: galsim.GSObject, galaxy: Galaxy) -> galsim.GSObject:
    """A profile of half-light radius 1 given the galaxy's size along its long axis, its axis
    ratio, angle and place."""
    q = galaxy.axis_ratio
    size = galaxy.radius * math.sqrt(q)
    turned = profile.dilate(size).shear(q=q, beta=galaxy.angle * galsim.radians)
    return turned.shift(galaxy.x, galaxy.y)


def _elliptical(rng: np.random.Generator, galaxy: Galaxy) -> Part:
    # A few indices only: GalSim tabulates each new one, which takes longer than a cutout.
    index = float(rng.choice(_SERSIC_INDICES))
    return Part(_placed(galsim.Sersic(index, half_light_radius=1.0), galaxy), _flux(galaxy))


def _bulge(galaxy: Galaxy) -> Part:
    """An old, rounder, smaller spheroid in the middle of a disc."""
    bulge = replace(
        galaxy,
        spectral_type=0.3 * galaxy.spectral_type,
        radius=galaxy.radius * (0.18 + 0.35 * galaxy.bulge_fraction),
        axis_ratio=min(1.0, 0.5 + 0.5 * galaxy.axis_ratio),
    )
    profile = _placed(galsim.Sersic(2.5, half_light_radius=1.0), bulge)
    return Part(profile, _flux(bulge) * galaxy.bulge_fraction)


def _disc_coordinates(galaxy: Galaxy, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Along and across the long axis, in the plane of the sky, in scale lengths."""
    x, y = frame.fine_grid
    cos, sin = math.cos(galaxy.angle), math.sin(galaxy.angle)
    scale = galaxy.radius / _EXPONENTIAL_HALF_LIGHT
    dx, dy = x - galaxy.x, y - galaxy.y
    return (dx * cos + dy * sin) / scale, (dy * cos - dx * sin) / scale


def _spiral(rng: np.random.Generator, galaxy: Galaxy, frame: Frame) -> list[Part]:
    """Bulge, disc, logarithmic arms of younger stars, and blue knots along them."""
    u, v = _disc_coordinates(galaxy, frame)
    v = v / galaxy.axis_ratio
    radius = np.hypot(u, v) + 1e-3
    count = int(rng.choice([2, 2, 2, 3, 4]))
    pitch = math.tan(math.radians(rng.uniform(11.0, 28.0))) * rng.choice([-1.0, 1.0])
    turn = rng.uniform(0.0, 2.0 * math.pi)
    phase = count * (np.arctan2(v, u) - np.log(radius) / pitch - turn)
    crest = (0.5 + 0.5 * np.cos(phase)) ** 2
    scale = galaxy.radius / _EXPONENTIAL_HALF_LIGHT
    area = frame.fine_scale**2
    disc = np.exp(-radius) * (area / (2.0 * math.pi * scale**2 * galaxy.axis_ratio))
    # Arms start outside the bulge and are three eighths of the area on average.
    arms = disc * crest * (1.0 - np.exp(-(radius**2))) / 0.375 / 0.8
    contrast = rng.uniform(0.45, 0.8)
    knot_share = rng.uniform(0.05, 0.16)
    rest = 1.0 - galaxy.bulge_fraction
    old = replace(galaxy, spectral_type=min(3.0, galaxy.spectral_type + 0.05))
    young = replace(galaxy, spectral_type=min(3.0, galaxy.spectral_type + 0.7))
    parts = [
        Part(disc, _flux(old) * rest * (1.0 - contrast)),
        Part(arms, _flux(young) * rest * contrast * (1.0 - knot_share)),
        _knots(rng, galaxy, frame, (count, pitch, turn), rest * contrast * knot_share),
    ]
    if galaxy.bulge_fraction > 0.02:
        parts.append(_bulge(galaxy))
    return parts


def _knots(
    rng: np.random.Generator,
    galaxy: Galaxy,
    frame: Frame,
    arms: tuple[int, float, float],
    share: float,
) -> Part:
    """Star-forming knots on the crests of the arms (their number, pitch and turn)."""
    count, pitch, turn = arms
    number = int(rng.integers(6, 22))
    radius = np.clip(rng.gamma(3.0, 0.65, number), 0.5, 5.0)
    arm = rng.integers(0, count, number) * (2.0 * math.pi / count)
    phi = arm + turn + np.log(radius) / pitch + rng.normal(0.0, 0.18, number)
    scale = galaxy.radius / _EXPONENTIAL_HALF_LIGHT
    u, v = radius * np.cos(phi) * scale, radius * np.sin(phi) * scale * galaxy.axis_ratio
    cos, sin = math.cos(galaxy.angle), math.sin(galaxy.angle)
    x, y = galaxy.x + u * cos - v * sin, galaxy.y + u * sin + v * cos
    width = np.clip(0.07 * galaxy.radius * rng.uniform(0.5, 1.5, number), 0.05, 0.3)
    knots = blobs(frame, x, y, width, rng.dirichlet(np.ones(number)))
    blue = replace(galaxy, spectral_type=spectra.IRREGULAR, reddening=0.0)
    return Part(knots, _flux(blue) * share)


def blobs(
    frame: Frame, x: np.ndarray, y: np.ndarray, width: np.ndarray, flux: np.ndarray
) -> np.ndarray:
    """Sum of round Gaussians (each (n,); arcsec) on the fine grid, as a product of matrices."""
    axis = frame.fine_axis
    along_x = np.exp(-0.5 * ((axis[None, :] - x[:, None]) / width[:, None]) ** 2)
    along_y = np.exp(-0.5 * ((axis[None, :] - y[:, None]) / width[:, None]) ** 2)
    norm = flux * frame.fine_scale**2 / (2.0 * math.pi * width**2)
    return np.asarray((along_y * norm[:, None]).T @ along_x)


def _edge_on(rng: np.random.Generator, galaxy: Galaxy, frame: Frame) -> list[Part]:
    """A disc seen from the side, with a lane of dust that reddens and dims its middle."""
    u, v = _disc_coordinates(galaxy, frame)
    height = max(0.8 * galaxy.axis_ratio, 0.5 * frame.fine_scale / galaxy.radius)
    along = np.exp(-np.sqrt(u**2 + 0.05))
    disc = along / np.cosh(np.clip(v / height, -20, 20)) ** 2
    disc = disc * (1.0 - galaxy.bulge_fraction) / max(float(disc.sum()), 1e-9)
    lane = np.exp(-0.5 * ((v + rng.normal(0.0, 0.25) * height) / (0.35 * height)) ** 2)
    lane = lane * rng.uniform(0.0, 0.9)
    dust = replace(galaxy, reddening=galaxy.reddening + 0.35)
    # The same light behind dust: the extinction in r itself is taken off as well.
    dimmed = _flux(dust) * 10.0 ** (-0.4 * 4.05 * 0.35 * 0.8)
    parts = [Part(disc * (1.0 - lane), _flux(galaxy)), Part(disc * lane, dimmed)]
    if galaxy.bulge_fraction > 0.05:
        parts.append(_bulge(replace(galaxy, axis_ratio=0.4)))
    return parts


def merger_parts(rng: np.random.Generator, galaxy: Galaxy, frame: Frame) -> list[Part]:
    """Two galaxies in contact, the light shared between them, with tidal tails."""
    share = rng.uniform(0.3, 0.7)
    distance = galaxy.radius * rng.uniform(0.9, 2.2)
    direction = rng.uniform(0.0, 2.0 * math.pi)
    step_x, step_y = distance * math.cos(direction), distance * math.sin(direction)
    parts = []
    for part_share, side in ((share, 1.0 - share), (1.0 - share, -share)):
        member = replace(
            galaxy,
            kind="spiral" if rng.random() < 0.65 else "lenticular",
            magnitude_r=galaxy.magnitude_r - 2.5 * math.log10(0.88 * part_share),
            radius=galaxy.radius * math.sqrt(part_share),
            axis_ratio=float(rng.uniform(0.4, 0.95)),
            angle=float(rng.uniform(0.0, math.pi)),
            spectral_type=float(np.clip(galaxy.spectral_type + rng.normal(0, 0.4), 0, 3)),
            x=galaxy.x + side * step_x,
            y=galaxy.y + side * step_y,
        )
        parts += draw_parts(rng, member, frame)
        away = direction if side > 0 else direction + math.pi
        parts.append(_tail(rng, member, frame, away, 0.12 * part_share, galaxy))
    return parts


def _tail(
    rng: np.random.Generator,
    member: Galaxy,
    frame: Frame,
    direction: float,
    share: float,
    whole: Galaxy,
) -> Part:
    """A tidal tail: a widening, fading curve from a member outwards."""
    steps = np.linspace(0.15, 1.0, 36)
    length = whole.radius * rng.uniform(1.8, 4.0)
    bend = rng.uniform(0.8, 2.2) * rng.choice([-1.0, 1.0])
    phi = direction + rng.normal(0.6, 0.3) * np.sign(bend) + bend * steps
    x = member.x + np.cumsum(np.cos(phi)) * length / len(steps)
    y = member.y + np.cumsum(np.sin(phi)) * length / len(steps)
    width = whole.radius * (0.12 + 0.2 * steps)
    flux = np.exp(-1.6 * steps) * rng.uniform(0.6, 1.4, len(steps))
    young = replace(whole, spectral_type=min(3.0, whole.spectral_type + 0.4))
    return Part(blobs(frame, x, y, width, flux / flux.sum()), _flux(young) * share)


def arc_part(lens: StrongLens, frame: Frame) -> Part:
    """All images of a lens's source, traced ray by ray through the deflector."""
    reach = 2.0 * lens.mass.radius + 4.0 * lens.source.radius
    finer = 2
    half = min(int(reach / frame.fine_scale) + 1, frame.fine_side // 2)
    step = frame.fine_scale / finer
    axis = (np.arange(2 * half * finer) + 0.5 - half * finer) * step
    x, y = np.meshgrid(axis, axis)
    light = lens.source.brightness(*lens.mass.source_of(x - lens.deflector.x, y - lens.deflector.y))
    binned = light.reshape(2 * half, finer, 2 * half, finer).mean(axis=(1, 3))
    pixels = np.zeros((frame.fine_side, frame.fine_side), np.float32)
    middle = slice(frame.fine_side // 2 - half, frame.fine_side // 2 + half)
    pixels[middle, middle] = binned / binned.sum()
    return Part(pixels, counts(lens.source_magnitudes()))
