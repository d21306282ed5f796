from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.services.workspace.noise import noise_by_band, sample_rows


def test_noise_is_found_beside_bright_galaxies_and_sky_levels() -> None:
    random = np.random.default_rng(3)
    sigma = np.array([1.0, 5.0], np.float32)
    pixels = random.normal(0, 1, (40, 2, 48, 48)).astype(np.float32) * sigma[:, None, None]
    pixels += random.uniform(-50, 50, (40, 2, 1, 1)).astype(np.float32)
    pixels[:, :, 18:30, 18:30] += 1000
    found = noise_by_band(pixels, np.zeros((40, 2), bool))
    assert found == pytest.approx(sigma, rel=0.05)


def test_cutouts_without_a_band_do_not_count() -> None:
    pixels = np.random.default_rng(3).normal(0, 2, (8, 2, 32, 32)).astype(np.float32)
    pixels[:5, 0] = 0
    pixels[:, 1] = 0
    missing = pixels.any(axis=(2, 3)) == False  # noqa: E712
    first, second = noise_by_band(pixels, missing)
    assert first == pytest.approx(2, rel=0.1)
    assert second == 0


@pytest.mark.parametrize(
    ("count", "side", "rows"),
    [
        (1, 64, [0]),
        (3, 64, [0, 1, 2]),
        (1000, 2048, [0, 333, 666, 999]),
        (64, 64, list(range(64))),
    ],
)
def test_a_sample_spans_the_catalogue(count: int, side: int, rows: list[int]) -> None:
    assert sample_rows(count, (5, side, side)).tolist() == rows
