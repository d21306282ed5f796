"""The model of an elliptical leaves noise; what is not elliptical stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.photometry.galaxies import gaussian, noisy, sersic
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.isophotes import subtract_isophotes

SHAPE = (64, 64)
GALAXY = Ellipse(31.7, 32.2, 6.0, 0.6, 0.4)
ALL = np.zeros(2, bool)


@pytest.mark.parametrize("index", [1.0, 2.5, 4.0])
@pytest.mark.parametrize("ratio", [0.45, 0.75, 1.0])
def test_an_elliptical_leaves_noise(index: float, ratio: float) -> None:
    galaxy = sersic(SHAPE, replace(GALAXY, axis_ratio=ratio), index, 60.0)
    found = subtract_isophotes(noisy(np.stack([galaxy, 0.5 * galaxy]), 1.0), ALL)
    assert found.sentence == ""
    assert found.residual.std() == pytest.approx(1.0, rel=0.1)
    assert found.residual[:, 24:41, 24:41].std() == pytest.approx(1.0, rel=0.25)


def test_the_ellipses_have_the_shape_of_the_galaxy() -> None:
    galaxy = sersic(SHAPE, GALAXY, 2.5, 100.0)
    ellipses = subtract_isophotes(noisy(np.stack([galaxy] * 2), 0.5), ALL).ellipses
    outside_seeing = [each for each in ellipses if 8 < each.radius < 14]
    assert outside_seeing
    for each in outside_seeing:
        assert each.axis_ratio == pytest.approx(0.6, abs=0.08)
        assert np.cos(2 * (each.angle - 0.4)) > 0.98


def test_an_arc_keeps_its_light() -> None:
    arc = gaussian(SHAPE, Ellipse(42, 37, 3.0, 0.35, 2.0), 300.0)
    galaxy = sersic(SHAPE, GALAXY, 4.0, 60.0)
    found = subtract_isophotes(noisy(np.stack([galaxy + arc, galaxy]), 0.3), ALL)
    near = arc > 0.05 * arc.max()
    assert found.residual[0][near].sum() == pytest.approx(arc[near].sum(), rel=0.1)


def test_the_profile_of_the_model_never_rises() -> None:
    ring = np.hypot(*np.meshgrid(np.arange(64) - 31.7, np.arange(64) - 32.2))
    ring = 5.0 * np.exp(-0.5 * ((ring - 12) / 1.5) ** 2)
    galaxy = sersic(SHAPE, replace(GALAXY, axis_ratio=0.9), 4.0, 60.0)
    model = subtract_isophotes(noisy((galaxy + ring)[None], 0.3), np.zeros(1, bool)).model[0]
    assert (np.diff(model[32, 32:]) <= 1e-3).all()


def test_nothing_but_noise_is_said_and_left_alone() -> None:
    pixels = noisy(np.zeros((2, *SHAPE)), 1.0)
    found = subtract_isophotes(pixels, ALL)
    assert "could not be fitted" in found.sentence
    assert found.residual.std() == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("shape", [(1, 17, 23), (2, 5, 5), (1, 90, 40)])
@pytest.mark.parametrize("value", [0.0, 3.0, np.nan])
def test_constant_pictures_of_any_shape_leave_nothing(
    shape: tuple[int, int, int], value: float
) -> None:
    found = subtract_isophotes(np.full(shape, value, np.float32), np.zeros(shape[0], bool))
    assert found.sentence and not np.nan_to_num(found.residual).any()


def test_missing_bands_stay_empty() -> None:
    galaxy = sersic(SHAPE, GALAXY, 4.0, 60.0)
    pixels = noisy(np.stack([galaxy, np.zeros(SHAPE)]), 1.0)
    found = subtract_isophotes(pixels, np.array([False, True]))
    assert not found.model[1].any() and not found.residual[1].any()
