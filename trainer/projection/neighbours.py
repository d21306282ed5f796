"""The graph of nearest neighbours that UMAP and t-SNE lay out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.launch.context import Report
from trainer.store.nearest import NearestSearch

_QUERIES = 2048


@dataclass(frozen=True)
class NeighbourGraph:
    """The k nearest of each vector, itself first."""

    indices: np.ndarray
    """(N, k) int32; the first column is 0 … N-1."""
    distances: np.ndarray
    """(N, k) float32: cosine distances, rising along a row; the first column is 0."""


def neighbour_graph(
    search: NearestSearch, k: int, *, report: Report = lambda done, total: None
) -> NeighbourGraph:
    """Find the `k` nearest of each of the vectors that `search` knows, itself counted in.

    `report(done, total)` is called often; what it raises ends the search.
    """
    count = len(search.unit)
    if not 1 <= k <= count:
        raise ValueError(f"k must be from 1 to the number of vectors, {count}; it was {k}.")
    indices = np.empty((count, k), np.int32)
    distances = np.empty((count, k), np.float32)
    for low in range(0, count, _QUERIES):
        report(low, count)
        high = min(low + _QUERIES, count)
        cosines, nearest = search(search.unit[low:high], k)
        indices[low:high], distances[low:high] = _self_first(
            np.arange(low, high), nearest, np.clip(1.0 - cosines, 0.0, 2.0)
        )
    report(count, count)
    return NeighbourGraph(indices, distances)


def _self_first(
    own: np.ndarray, nearest: np.ndarray, distances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Put each vector itself first, at distance 0, and keep the rest in order.

    Among duplicates a vector may come late in its own list or be missing from it; then
    the last of the list makes room.
    """
    is_self = nearest == own[:, None]
    missing = ~is_self.any(axis=1)
    nearest[missing, -1] = own[missing]
    is_self[missing, -1] = True
    order = np.argsort(~is_self, axis=1, kind="stable")
    nearest = np.take_along_axis(nearest, order, axis=1)
    distances = np.take_along_axis(distances, order, axis=1)
    distances[:, 0] = 0.0
    return nearest, distances
