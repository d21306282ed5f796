from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trainer.simulation import light
from trainer.simulation.frame import Frame
from trainer.simulation.population import Galaxy, draw_galaxy
from trainer.simulation.strong_lenses import StrongLens, draw_strong_lens
from trainer.simulation.survey import PIXEL_SCALE, counts

SEEING = np.full(5, 0.6)


def drawn(parts: list) -> np.ndarray:
    return Frame(64).expose(parts, SEEING, (0.0, 0.0))


def compact(kind: str, seed: int = 0) -> Galaxy:
    galaxy = draw_galaxy(np.random.default_rng(seed), kind, 19.0)
    return replace(galaxy, radius=0.7, reddening=0.0)


@pytest.mark.parametrize("kind", ["elliptical", "lenticular", "spiral", "edge-on"])
def test_each_kind_holds_about_the_flux_of_its_magnitude(kind: str) -> None:
    rng = np.random.default_rng(1)
    galaxy = compact(kind)
    image = drawn(light.draw_parts(rng, galaxy, Frame(64)))
    flux = image[2].sum() / counts(galaxy.magnitudes())[2]
    # A dust lane takes some of an edge-on's light; a steep profile's wings leave the cutout.
    assert 0.65 < flux < 1.08


def test_an_edge_on_is_long_along_its_angle_and_thin_across() -> None:
    galaxy = replace(compact("edge-on"), radius=2.0, axis_ratio=0.15, angle=0.0)
    image = drawn(light.draw_parts(np.random.default_rng(2), galaxy, Frame(64)))[2]
    along, across = image.sum(axis=0), image.sum(axis=1)
    assert width(along) > 2.0 * width(across)


def width(profile: np.ndarray) -> float:
    place = np.arange(len(profile)) - (len(profile) - 1) / 2
    return float(np.sqrt((profile * place**2).sum() / profile.sum()))


def test_arms_make_a_spiral_lumpier_than_a_smooth_disc() -> None:
    galaxy = replace(compact("spiral"), radius=2.5, axis_ratio=0.95, bulge_fraction=0.1)
    armed = drawn(light.draw_parts(np.random.default_rng(3), galaxy, Frame(64)))[1]
    smooth = drawn(light.smooth_parts(galaxy))[1]
    assert unevenness_around(armed) > 2.0 * unevenness_around(smooth)


def unevenness_around(image: np.ndarray) -> float:
    """Relative scatter of the light along rings around the centre."""
    axis = np.arange(image.shape[0]) - (image.shape[0] - 1) / 2
    radius = np.hypot(*np.meshgrid(axis, axis)) * PIXEL_SCALE
    rings = [image[(radius > low) & (radius < low + 0.3)] for low in (1.5, 2.0, 2.5, 3.0)]
    return float(np.mean([ring.std() / ring.mean() for ring in rings]))


def test_a_spiral_s_centre_is_redder_than_its_outskirts() -> None:
    galaxy = replace(compact("spiral"), radius=2.5, axis_ratio=0.9, bulge_fraction=0.3)
    image = drawn(light.draw_parts(np.random.default_rng(4), galaxy, Frame(64)))
    centre = (slice(29, 35), slice(29, 35))
    inner = image[1][centre].sum() / image[3][centre].sum()
    outer = image[1].sum() / image[3].sum()
    assert inner < outer


def test_a_merger_has_two_centres_and_the_light_of_one_galaxy() -> None:
    galaxy = compact("merger")
    galaxy = replace(galaxy, radius=1.2)
    image = drawn(light.merger_parts(np.random.default_rng(6), galaxy, Frame(64)))
    assert image[2].sum() / counts(galaxy.magnitudes())[2] == pytest.approx(1.0, abs=0.15)
    inner = image[2][1:-1, 1:-1]
    neighbours = [
        image[2][1 + dy : 63 + dy, 1 + dx : 63 + dx]
        for dy in (-1, 0, 1)
        for dx in (-1, 0, 1)
        if dx or dy
    ]
    peaks = np.all([inner > other for other in neighbours], axis=0) & (inner > 0.2 * inner.max())
    assert peaks.sum() >= 2


def round_lens() -> StrongLens:
    lens = draw_strong_lens(np.random.default_rng(8))
    mass = replace(lens.mass, radius=1.5, axis_ratio=1.0)
    return replace(lens, mass=mass, source=replace(lens.source, x=0.0, y=0.0))


def test_a_source_behind_a_round_lens_becomes_a_ring_at_the_einstein_radius() -> None:
    lens = round_lens()
    image = drawn([light.arc_part(lens, Frame(64))])[1]
    axis = (np.arange(64) - 31.5) * PIXEL_SCALE
    radius = np.hypot(*np.meshgrid(axis, axis))
    rings = [image[(radius >= r) & (radius < r + 0.2)].mean() for r in np.arange(0, 3, 0.2)]
    assert np.argmax(rings) in (6, 7)
    assert image[31:33, 31:33].mean() < 0.5 * max(rings)


def test_arcs_follow_their_deflector_and_hold_the_lensed_flux() -> None:
    lens = round_lens()
    frame = Frame(64)
    here = drawn([light.arc_part(lens, frame)])
    moved = replace(lens, deflector=replace(lens.deflector, x=2 * PIXEL_SCALE, y=0.0))
    there = drawn([light.arc_part(moved, frame)])
    np.testing.assert_allclose(here[2][:, :-2], there[2][:, 2:], atol=0.02 * here[2].max())
    assert here[2].sum() == pytest.approx(counts(lens.source_magnitudes())[2], rel=0.05)
