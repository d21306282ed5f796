"""The graph of nearest neighbours that UMAP and t-SNE lay out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

EXACT_LIMIT = 60_000
"""Up to so many vectors every pair is compared; an inverted file serves more."""

_QUERIES = 2048
_TRAINING_PER_CELL = 64
_PROBES = 24


@dataclass(frozen=True)
class NeighbourGraph:
    """The k nearest of each vector, itself first."""

    indices: np.ndarray
    """(N, k) int32; the first column is 0 … N-1."""
    distances: np.ndarray
    """(N, k) float32: cosine distances, rising along a row; the first column is 0."""


def neighbour_graph(
    unit: np.ndarray,
    k: int,
    *,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda done, total: None,
    exact_limit: int = EXACT_LIMIT,
) -> NeighbourGraph:
    """Find the `k` nearest of each of the unit vectors (N, D) float32, itself counted in.

    Exact up to `exact_limit` vectors, beyond it an inverted file with about 98 % of the
    true neighbours. `report(done, total)` is called often; what it raises ends the search.
    """
    count = len(unit)
    if not 1 <= k <= count:
        raise ValueError(f"k must be from 1 to the number of vectors, {count}; it was {k}.")
    search = _exact_search(unit) if count <= exact_limit else _inverted_file(unit, seed)
    indices = np.empty((count, k), np.int32)
    distances = np.empty((count, k), np.float32)
    for low in range(0, count, _QUERIES):
        report(low, count)
        high = min(low + _QUERIES, count)
        cosines, nearest = search(unit[low:high], k)
        indices[low:high], distances[low:high] = _self_first(
            np.arange(low, high), nearest, np.clip(1.0 - cosines, 0.0, 2.0)
        )
    report(count, count)
    return NeighbourGraph(indices, distances)


_Search = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]


def _exact_search(unit: np.ndarray) -> _Search:
    import faiss

    return lambda queries, k: faiss.knn(queries, unit, k, metric=faiss.METRIC_INNER_PRODUCT)


def _inverted_file(unit: np.ndarray, seed: int) -> _Search:
    import faiss

    count, dimension = unit.shape
    cells = 2 ** round(np.log2(4 * np.sqrt(count)))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.seed = seed + 1
    index.cp.niter = 10
    chosen = np.random.default_rng(seed).permutation(count)[: _TRAINING_PER_CELL * cells]
    index.train(unit[np.sort(chosen)])
    index.add(unit)
    index.nprobe = min(_PROBES, cells)
    exact = _exact_search(unit)

    def search(queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        cosines, nearest = index.search(queries, k)
        # A query among nearly empty cells finds too few; it is compared with all.
        short = np.flatnonzero((nearest < 0).any(axis=1))
        if len(short):
            cosines[short], nearest[short] = exact(queries[short], k)
        return cosines, nearest

    return search


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
