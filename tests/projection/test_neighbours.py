"""The neighbour graph against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from tests.projection.clouds import clusters
from trainer.errors import JobCancelled
from trainer.projection.neighbours import NeighbourGraph, neighbour_graph
from trainer.store.nearest import EXACT_LIMIT, NearestSearch


def _true_neighbours(unit: np.ndarray, k: int) -> np.ndarray:
    gaps = 1 - unit.astype(np.float64) @ unit.T.astype(np.float64)
    np.fill_diagonal(gaps, -1)
    return np.argsort(gaps, axis=1)[:, :k]


def _graph(
    unit: np.ndarray, k: int, seed: int = 0, exact_limit: int = EXACT_LIMIT
) -> NeighbourGraph:
    return neighbour_graph(NearestSearch(unit, seed=seed, exact_limit=exact_limit), k)


def test_a_small_graph_is_exact_with_each_vector_itself_first() -> None:
    unit, _ = clusters(500)
    graph = _graph(unit, 8)
    assert np.array_equal(graph.indices, _true_neighbours(unit, 8))
    assert np.array_equal(graph.indices[:, 0], np.arange(500))
    assert np.all(graph.distances[:, 0] == 0)
    assert np.all(np.diff(graph.distances, axis=1) >= -1e-6)
    expected = 1 - np.einsum("nd,nkd->nk", unit, unit[graph.indices])
    np.testing.assert_allclose(graph.distances, np.maximum(expected, 0), atol=2e-6)


def test_an_inverted_file_finds_nearly_all_of_them() -> None:
    unit, _ = clusters(6000, groups=10)
    graph = _graph(unit, 10, exact_limit=100)
    exact = _graph(unit, 10)
    found = [
        len(set(ours) & set(theirs))
        for ours, theirs in zip(graph.indices, exact.indices, strict=True)
    ]
    assert np.mean(found) / 10 > 0.97
    assert np.array_equal(graph.indices[:, 0], np.arange(6000))


def test_vectors_in_nearly_empty_cells_get_all_their_neighbours() -> None:
    # A lump and a few far away: an inverted file alone finds fewer than k for those.
    unit, _ = clusters(3000, groups=1)
    unit[:3] = -unit[:3]
    graph = _graph(unit, 40, exact_limit=100)
    assert graph.indices.min() >= 0
    assert all(len(set(row)) == 40 for row in graph.indices[:3])


def test_duplicates_keep_themselves_first() -> None:
    unit = np.repeat(clusters(4, seed=2)[0], 20, axis=0)
    graph = _graph(unit, 6)
    assert np.array_equal(graph.indices[:, 0], np.arange(80))
    assert np.all(graph.indices // 20 == np.arange(80)[:, None] // 20)
    assert all(len(set(row)) == 6 for row in graph.indices)


def test_the_graph_is_the_same_with_the_same_seed() -> None:
    unit, _ = clusters(4000)
    one = _graph(unit, 5, seed=3, exact_limit=100)
    two = _graph(unit, 5, seed=3, exact_limit=100)
    assert np.array_equal(one.indices, two.indices)


def test_progress_is_reported_and_can_stop_the_search() -> None:
    unit, _ = clusters(5000)
    calls: list[tuple[int, int]] = []
    neighbour_graph(NearestSearch(unit), 3, report=lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, 5000)
    assert calls[-1] == (5000, 5000)

    def stop(done: int, total: int) -> None:
        if done:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        neighbour_graph(NearestSearch(unit), 3, report=stop)


@pytest.mark.parametrize("k", [0, 11])
def test_a_number_of_neighbours_that_can_not_be_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="from 1 to"):
        _graph(clusters(10)[0], k)
