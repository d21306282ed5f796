"""The nearest of many unit vectors: every pair compared, or by an inverted file."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

EXACT_LIMIT = 60_000
"""Up to so many vectors every pair is compared; an inverted file serves more."""

_TRAINING_PER_CELL = 64
_TRAINING_ROUNDS = 10
_PROBES = 24
_ADDED_AT_ONCE = 20_000


class NearestSearch:
    """Finds the nearest of the unit vectors (N, D) float32, which are kept in memory.

    Exact up to `exact_limit` vectors (`EXACT_LIMIT` if left out), beyond it an inverted file
    with most of the true neighbours. `check` is called often while that is made; what it
    raises ends it.
    """

    def __init__(
        self,
        unit: np.ndarray,
        *,
        seed: int = 0,
        exact_limit: int | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.unit = unit
        limit = EXACT_LIMIT if exact_limit is None else exact_limit
        self._index = _inverted_file(unit, seed, check) if len(unit) > limit else None

    def __call__(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """Cosines (q, k) float32, falling, and positions (q, k) int64 of the k <= N nearest."""
        if self._index is None:
            return self._exact(queries, k)
        cosines, nearest = self._index.search(queries, k)
        # A query among nearly empty cells finds too few; it is compared with all.
        short = np.flatnonzero((nearest < 0).any(axis=1))
        if len(short):
            cosines[short], nearest[short] = self._exact(queries[short], k)
        return cosines, nearest

    def _exact(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        import faiss  # Brings its own OpenMP: only where something is sought.

        cosines, nearest = faiss.knn(queries, self.unit, k, metric=faiss.METRIC_INNER_PRODUCT)
        return cosines, nearest


def nearest_in_blocks(
    queries: np.ndarray, blocks: Iterable[tuple[np.ndarray, np.ndarray]], k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compare queries (q, D) with blocks of (positions (n,), unit vectors (n, D) float32).

    Returns cosines (q, k), falling, and positions (q, k) int64, −1 where there are fewer.
    Only one block at a time is held.
    """
    import faiss

    best = faiss.ResultHeap(len(queries), k, keep_max=True)
    for positions, unit in blocks:
        if len(positions):
            most = min(k, len(positions))
            cosines, nearest = faiss.knn(queries, unit, most, metric=faiss.METRIC_INNER_PRODUCT)
            best.add_result(cosines, positions[nearest])
    best.finalize()
    return best.D, best.I


def _inverted_file(unit: np.ndarray, seed: int, check: Callable[[], None]):  # type: ignore[no-untyped-def]
    import faiss

    count, dimension = unit.shape
    cells = 2 ** round(np.log2(4 * np.sqrt(count)))
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(dimension), dimension, cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.seed = seed + 1
    index.cp.niter = 1
    chosen = np.random.default_rng(seed).permutation(count)[: _TRAINING_PER_CELL * cells]
    sample = unit[np.sort(chosen)]
    clustering = faiss.Clustering(dimension, cells, index.cp)
    for _ in range(_TRAINING_ROUNDS):
        check()
        # It goes on from the centres that it has: one round at a time, to be stopped between.
        clustering.train(sample, index.quantizer)
    index.train(sample)
    for low in range(0, count, _ADDED_AT_ONCE):
        check()
        index.add(unit[low : low + _ADDED_AT_ONCE])
    index.nprobe = min(_PROBES, cells)
    return index
