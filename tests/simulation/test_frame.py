"""Drawing by the sum of transforms, against GalSim's own drawing."""

from __future__ import annotations

import galsim
import numpy as np
import pytest

from trainer.simulation import light
from trainer.simulation.frame import Frame, Part
from trainer.simulation.survey import PIXEL_SCALE

SEEING = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
ROUND = (0.0, 0.0)


def drawn_by_galsim(profile: galsim.GSObject, fwhm: float, size: int) -> np.ndarray:
    seen = galsim.Convolve(profile, galsim.Moffat(beta=3.5, fwhm=fwhm))
    return np.asarray(seen.drawImage(nx=size, ny=size, scale=PIXEL_SCALE).array)


@pytest.mark.parametrize("size", [48, 51])
def test_a_profile_looks_as_galsim_draws_it_in_every_band(size: int) -> None:
    profile = galsim.Exponential(half_light_radius=0.8).shear(g1=0.2, g2=0.1).shift(0.7, -0.4)
    flux = np.array([100.0, 200.0, 300.0, 400.0, 500.0])
    images = Frame(size).expose([Part(profile, flux)], SEEING, ROUND)
    assert images.shape == (5, size, size)
    assert images.dtype == np.float32
    for image, fwhm, counts in zip(images, SEEING, flux, strict=True):
        expected = counts * drawn_by_galsim(profile, float(fwhm), size)
        np.testing.assert_allclose(image, expected, atol=2e-3 * expected.max())


def test_fine_pixels_look_as_the_same_profile() -> None:
    frame = Frame(64)
    blob = light.blobs(frame, *(np.array([value]) for value in (0.5, -0.9, 0.4, 1.0)))
    assert blob.sum() == pytest.approx(1.0, abs=1e-3)
    image = frame.expose([Part(blob, np.ones(5))], SEEING, ROUND)[2]
    expected = drawn_by_galsim(galsim.Gaussian(sigma=0.4).shift(0.5, -0.9), 0.7, 64)
    np.testing.assert_allclose(image, expected, atol=5e-3 * expected.max())


def test_parts_add_up() -> None:
    frame = Frame(32)
    star = light.star(np.full(5, 20.0), 0.3, 0.2)
    disc = Part(galsim.Exponential(half_light_radius=0.5), np.full(5, 1000.0))
    both = frame.expose([star, disc], SEEING, ROUND)
    alone = frame.expose([star], SEEING, ROUND) + frame.expose([disc], SEEING, ROUND)
    np.testing.assert_allclose(both, alone, rtol=1e-4, atol=0.05)


def test_a_star_holds_the_flux_of_its_magnitude() -> None:
    image = Frame(64).expose([light.star(np.full(5, 20.0), 0.0, 0.0)], SEEING, ROUND)
    zero_points = np.array([30.0, 27.0, 30.0, 30.0, 27.0])
    magnitudes = zero_points - 2.5 * np.log10(image.sum(axis=(1, 2)))
    np.testing.assert_allclose(magnitudes, 20.0, atol=0.03)
