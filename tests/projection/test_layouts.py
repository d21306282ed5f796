"""UMAP and t-SNE: seeded, groups kept apart, stopped when asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.projection.clouds import clusters, purity
from trainer.errors import JobCancelled
from trainer.projection.layouts import tsne_layout, umap_layout
from trainer.projection.neighbours import neighbour_graph
from trainer.store.nearest import NearestSearch

LAYOUTS = [
    pytest.param(umap_layout, {"min_dist": 0.1}, 10, id="umap"),
    pytest.param(tsne_layout, {"perplexity": 5}, 16, id="tsne"),
]


def _ignore(done: int, total: int) -> None:
    pass


def _start(unit: np.ndarray) -> np.ndarray:
    return unit[:, :2].copy()


@pytest.mark.parametrize(("layout", "options", "k"), LAYOUTS)
def test_groups_stay_together_and_the_same_seed_gives_the_same_map(
    layout: Any, options: dict, k: int
) -> None:
    unit, group = clusters(200)
    graph = neighbour_graph(NearestSearch(unit), k)
    calls: list[tuple[int, int]] = []
    points, parameters = layout(
        graph, _start(unit), seed=3, report=lambda *call: calls.append(call), **options
    )
    assert points.shape == (200, 2)
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    assert purity(points, group) > 0.95
    assert calls[-1][0] == calls[-1][1] > 100
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)

    again, _ = layout(graph, _start(unit), seed=3, report=_ignore, **options)
    assert np.array_equal(points, again)
    assert options.items() <= parameters.items()


@pytest.mark.parametrize(("layout", "options", "k"), LAYOUTS)
def test_a_layout_stops_when_asked(layout: Any, options: dict, k: int) -> None:
    unit, _ = clusters(100)

    def stop(done: int, total: int) -> None:
        if done:
            assert done < total
            raise JobCancelled

    with pytest.raises(JobCancelled):
        layout(
            neighbour_graph(NearestSearch(unit), k), _start(unit), seed=0, report=stop, **options
        )


@pytest.mark.parametrize(("layout", "options", "k"), LAYOUTS)
def test_identical_vectors_and_an_axis_without_extent_are_laid_out(
    layout: Any, options: dict, k: int
) -> None:
    unit = np.repeat(clusters(2, seed=1)[0], 20, axis=0)
    start = np.column_stack([np.arange(40) // 20, np.zeros(40)]).astype(np.float32)
    points, _ = layout(
        neighbour_graph(NearestSearch(unit), k), start, seed=0, report=_ignore, **options
    )
    assert np.isfinite(points).all()


def test_a_and_b_are_kept_for_placing_new_points() -> None:
    unit, _ = clusters(50)
    _, parameters = umap_layout(
        neighbour_graph(NearestSearch(unit), 10), _start(unit), min_dist=0.1, seed=0, report=_ignore
    )
    # The published curve for min_dist 0.1, spread 1.
    assert parameters["a"] == pytest.approx(1.577, abs=1e-3)
    assert parameters["b"] == pytest.approx(0.895, abs=1e-3)
    assert parameters["n_neighbors"] == 10
