"""The density at each point is a Gaussian-weighted count of those about it."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.raster.density import _CELLS, _geometry, density
from tests.raster.point_sets import SETS, clusters


def places_of(name: str) -> np.ndarray:
    return np.stack(SETS[name](), axis=1)


def by_brute_force(places: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The sum over all points, with the smoothing length of the whole set."""
    geometry = _geometry(np.asarray(places))
    assert geometry is not None
    sigma = _CELLS / geometry[1]
    wide = places.astype(np.float64)
    return np.array(
        [
            np.exp(-((wide - wide[row]) ** 2).sum(axis=1) / (2 * sigma**2))[
                np.isfinite(wide).all(axis=1)
            ].sum()
            for row in rows
        ]
    )


@pytest.mark.parametrize("name", ["clusters", "uniform", "not finite", "a line"])
def test_it_is_the_weighted_count(name: str) -> None:
    places = places_of(name)[:20_000]
    found = density(places)
    finite = np.flatnonzero(np.isfinite(places).all(axis=1))
    rows = finite[:: len(finite) // 150]
    expected = by_brute_force(places, rows)
    inside = found[rows] > 1
    np.testing.assert_allclose(found[rows][inside], expected[inside], rtol=0.15, atol=0.6)
    assert np.median(np.abs(found[rows] / expected - 1)) < 0.06


def test_rows_without_a_place_have_no_density() -> None:
    places = places_of("not finite")
    np.testing.assert_array_equal(np.isnan(density(places)), ~np.isfinite(places).all(axis=1))


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_set_has_a_density_of_at_least_one(name: str) -> None:
    places = places_of(name)
    found = density(places)
    assert found.shape == (len(places),)
    finite = np.isfinite(places).all(axis=1)
    assert (found[finite] >= 1).all()
    assert np.isfinite(found[finite]).all()


def test_points_at_one_place_are_all_counted() -> None:
    places = places_of("all equal")
    np.testing.assert_allclose(density(places), len(places), rtol=0.1)


def test_far_points_are_alone_and_do_not_coarsen_the_rest() -> None:
    x, y = clusters(30_000)
    usual = density(np.stack([x, y], axis=1))
    x, y = x.copy(), y.copy()
    x[:2], y[:2] = 1e9, -1e12
    found = density(np.stack([x, y], axis=1))
    assert (found[:2] == 1).all()
    np.testing.assert_allclose(found[100:], usual[100:], rtol=0.1, atol=1)


def test_neither_scale_nor_place_of_the_map_matters() -> None:
    places = np.stack(clusters(20_000), axis=1).astype(np.float64)
    np.testing.assert_allclose(density(places * 1e-4 + 7), density(places), rtol=0.02)


def test_read_only_places_will_do() -> None:
    places = np.stack(clusters(500), axis=1)
    expected = density(places)
    places.flags.writeable = False
    np.testing.assert_array_equal(density(places), expected)
