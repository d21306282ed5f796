"""New points among fixed ones: weights, means and UMAP's force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.store.placement import TWIN, mean_places, neighbour_weights, settled_places

A, B = 1.577, 0.895


def _rising(rows: list[list[float]]) -> np.ndarray:
    return np.sort(np.array(rows), axis=1)


@given(
    st.integers(2, 20).flatmap(
        lambda k: st.lists(
            st.lists(st.floats(1e-3, 2), min_size=k, max_size=k), min_size=1, max_size=5
        )
    )
)
def test_weights_fall_with_distance_and_the_nearest_has_1(rows: list[list[float]]) -> None:
    weights = neighbour_weights(_rising(rows))
    assert np.all(weights[:, 0] == 1)
    assert np.all(np.diff(weights, axis=1) <= 0)
    assert np.all((weights >= 0) & (weights <= 1))


def test_weights_sum_to_the_logarithm_of_their_number_as_in_umap() -> None:
    distances = np.sort(np.random.default_rng(0).uniform(0.1, 1, (50, 15)), axis=1)
    np.testing.assert_allclose(neighbour_weights(distances).sum(axis=1), np.log2(15), rtol=1e-4)


@given(st.floats(1e-3, 1e3))
def test_weights_do_not_depend_on_the_unit_of_distance(factor: float) -> None:
    distances = np.array([[0.2, 0.3, 0.35, 0.6]])
    far = neighbour_weights(np.maximum(distances * factor, 10 * TWIN))
    np.testing.assert_allclose(far, neighbour_weights(distances), rtol=1e-3, atol=1e-6)


def test_missing_neighbours_have_no_weight_and_nobody_has_no_place() -> None:
    inf = np.inf
    weights = neighbour_weights(np.array([[0.1, 0.2, inf], [0.3, inf, inf], [inf, inf, inf]]))
    assert weights[0, 2] == 0 and weights[0, 1] > 0
    assert weights[1].tolist() == [1, 0, 0]
    neighbours = np.array([[0, 1, -1], [1, -1, -1], [-1, -1, -1]])
    points = np.array([[0, 0], [4, 2], [np.nan, np.nan]], np.float32)
    for places in (
        mean_places(points, neighbours, weights),
        settled_places(points, neighbours, weights, a=A, b=B, keys=np.arange(3)),
    ):
        assert np.isfinite(places[0]).all()
        assert places[1].tolist() == [4, 2]
        assert np.isnan(places[2]).all()


def test_equal_distances_weigh_the_same() -> None:
    assert np.all(neighbour_weights(np.full((1, 6), 0.4)) == 1)


def test_a_twin_decides_alone() -> None:
    weights = neighbour_weights(np.array([[1e-7, 0.2, 0.3]]))
    assert weights.tolist() == [[1, 0, 0]]
    points = np.array([[1, 1], [5, 5], [9, 9]], np.float32)
    places = settled_places(
        points, np.array([[0, 1, 2]]), weights, a=A, b=B, keys=np.zeros(1, np.uint32)
    )
    assert places.tolist() == [[1, 1]]


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_means_lie_within_their_neighbours(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(30, 2)).astype(np.float32)
    neighbours = rng.integers(0, 30, (8, k))
    distances = np.sort(rng.uniform(0.01, 2, (8, k)), axis=1)
    places = mean_places(points, neighbours, neighbour_weights(distances))
    around = points[neighbours]
    assert np.all(places >= around.min(axis=1) - 1e-5)
    assert np.all(places <= around.max(axis=1) + 1e-5)


def _scene(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    points = rng.normal(scale=3, size=(400, 2)).astype(np.float32)
    new = rng.normal(scale=3, size=(60, 2))
    gaps = np.linalg.norm(new[:, None] - points[None], axis=2)
    neighbours = np.argsort(gaps, axis=1)[:, :10]
    weights = neighbour_weights(np.take_along_axis(gaps, neighbours, axis=1) + 0.01)
    return points, neighbours, weights


def test_the_force_moves_points_a_little_and_leaves_the_fixed_ones_alone() -> None:
    points, neighbours, weights = _scene()
    before = points.copy()
    means = mean_places(points, neighbours, weights)
    settled = settled_places(points, neighbours, weights, a=A, b=B, keys=np.arange(60))
    assert points.tobytes() == before.tobytes()
    moved = np.linalg.norm(settled - means, axis=1)
    assert 0 < np.median(moved) < 1
    assert np.array_equal(
        settled_places(points, neighbours, weights, a=A, b=B, keys=np.arange(60), epochs=0), means
    )


def test_the_force_pulls_a_point_from_the_void_to_the_heavier_side() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(2, 200, 2)) * 0.3 + [[[-8, 0]], [[8, 0]]]
    points = np.concatenate([left, right]).astype(np.float32)
    neighbours = np.array([[*range(9), *range(200, 206)]])
    weights = np.array([[1.0] * 9 + [0.1] * 6], np.float32)
    mean = mean_places(points, neighbours, weights)
    settled = settled_places(
        points, neighbours, weights, a=A, b=B, keys=np.zeros(1, int), epochs=500
    )
    assert abs(mean[0, 0] + 8) > 0.9
    assert abs(settled[0, 0] + 8) < abs(mean[0, 0] + 8)


def test_a_place_is_the_same_alone_and_among_others_and_again() -> None:
    points, neighbours, weights = _scene()
    keys = np.arange(100, 160)

    def settled(chosen: slice, seed: int = 3) -> np.ndarray:
        return settled_places(
            points, neighbours[chosen], weights[chosen], a=A, b=B, keys=keys[chosen], seed=seed
        )

    everything = settled(slice(None))
    assert np.array_equal(everything, settled(slice(None)))
    assert np.array_equal(everything[17:18], settled(slice(17, 18)))
    assert not np.array_equal(everything, settled(slice(None), seed=4))


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1])
def test_any_seed_does(seed: int) -> None:
    points, neighbours, weights = _scene()
    keys = np.array([0, 2**32 - 1] * 30, np.uint32)
    settled = settled_places(points, neighbours, weights, a=A, b=B, keys=keys, seed=seed)
    assert np.isfinite(settled).all()


def test_new_points_that_all_fall_together_are_finite() -> None:
    points = np.zeros((5, 2), np.float32)
    neighbours, weights = np.tile(np.arange(5), (3, 1)), np.ones((3, 5), np.float32)
    settled = settled_places(points, neighbours, weights, a=A, b=B, keys=np.arange(3))
    assert np.isfinite(settled).all()
