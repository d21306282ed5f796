"""Nearest neighbours in a store: exact, by cosine distance, in bounded memory."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator

import numpy as np

from trainer.errors import QueryError
from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import unit_vectors, usable

NO_ROW = np.uint32(0xFFFFFFFF)
"""Stands where fewer than k neighbours exist."""

_BLOCK_BYTES = 32 * 2**20
_CACHE_BYTES = 192 * 2**20


class ExactIndex:
    """Compares a query with every vector of a store.

    A vector that is zero or holds a NaN has no direction: it is never anyone's neighbour.
    Stores up to `cache_bytes` of float32 are kept in memory after the first search; larger
    ones are read from their memory map, block by block, at every search. May be called
    from any thread.
    """

    def __init__(
        self,
        store: EmbeddingStore,
        *,
        block_bytes: int = _BLOCK_BYTES,
        cache_bytes: int = _CACHE_BYTES,
    ) -> None:
        self.store = store
        self._block_rows = max(1, block_bytes // (4 * store.manifest.dimension))
        self._keep = 4 * store.manifest.dimension * len(store) <= cache_bytes
        self._kept: list[tuple[np.ndarray, np.ndarray]] | None = None
        self._lock = threading.Lock()

    def search(
        self, vectors: np.ndarray, k: int, exclude_rows: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the k nearest rows of each query, nearest first, equals in order of row.

        `vectors` (q, D) float32; `exclude_rows` (q,) or (q, e): rows left out of each
        query's answer, such as the query itself. Returns rows (q, k) uint32 and cosine
        distances (q, k) float32 from 0 to 2; where fewer than k exist, `NO_ROW` and
        infinity. Raises QueryError for a query of another length or without direction.
        """
        queries = self._checked(vectors)
        if k < 1:
            raise QueryError(f"The number of neighbours must be at least 1; it was {k}.")
        excluded = _as_table(exclude_rows, len(queries))
        wanted = min(k + excluded.shape[1], max(len(self.store), 1))
        rows, cosines = self._best(queries, wanted)
        cosines[(rows[:, :, None] == excluded[:, None, :]).any(axis=2)] = -np.inf
        distances = np.clip(1.0 - cosines, 0.0, 2.0, where=np.isfinite(cosines), out=1.0 - cosines)
        return _sorted_and_padded(rows, distances.astype(np.float32), k)

    def _checked(self, vectors: np.ndarray) -> np.ndarray:
        dimension = self.store.manifest.dimension
        if vectors.ndim != 2 or vectors.shape[1] != dimension:
            raise QueryError(
                f'The store "{self.store.manifest.name}" holds vectors of length {dimension};'
                f" the query has the shape {vectors.shape}."
            )
        fine = usable(vectors)
        if not fine.all():
            raise QueryError(
                f"Query {int(np.argmin(fine))} has no direction: its vector is zero or holds"
                " values that are not numbers, so nothing can be near it."
            )
        return unit_vectors(vectors)

    def _best(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k largest cosines of each query and the rows they belong to."""
        import faiss  # Brings its own OpenMP: only where something is sought.

        best = faiss.ResultHeap(len(queries), k, keep_max=True)
        for positions, vectors in self._blocks():
            cosines, nearest = faiss.knn(
                queries, vectors, min(k, len(vectors)), metric=faiss.METRIC_INNER_PRODUCT
            )
            best.add_result(cosines, positions[nearest])
        best.finalize()
        cosines = np.where(best.I >= 0, best.D, -np.inf)
        rows = np.full(best.I.shape, NO_ROW, np.uint32)
        rows[best.I >= 0] = self.store.rows[best.I[best.I >= 0]]
        return rows, cosines

    def _blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Positions (n,) int64 and unit vectors (n, D) float32 of what can be found."""
        if not self._keep:
            yield from self._read_blocks()
            return
        with self._lock:
            if self._kept is None:
                self._kept = list(self._read_blocks())
        yield from self._kept

    def _read_blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        start = 0
        for rows, vectors in self.store.blocks(self._block_rows):
            fine = np.flatnonzero(usable(vectors))
            if len(fine):
                yield start + fine, unit_vectors(vectors[fine])
            start += len(rows)


def _as_table(rows: np.ndarray | None, queries: int) -> np.ndarray:
    if rows is None:
        return np.empty((queries, 0), np.uint32)
    table = np.asarray(rows)
    if table.size % max(queries, 1) or len(table) != queries:
        raise QueryError(
            f"Rows to leave out were given for {len(table)} queries; there are {queries}."
        )
    return table.reshape(queries, math.prod(table.shape[1:]))


def _sorted_and_padded(
    rows: np.ndarray, distances: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order each answer by distance, then row; cut or fill it to a width of k."""
    order = np.lexsort((rows, distances), axis=1)[:, :k]
    shape = (len(rows), k)
    out_rows, out_distances = np.full(shape, NO_ROW), np.full(shape, np.inf, np.float32)
    out_rows[:, : order.shape[1]] = np.take_along_axis(rows, order, axis=1)
    out_distances[:, : order.shape[1]] = np.take_along_axis(distances, order, axis=1)
    out_rows[~np.isfinite(out_distances)] = NO_ROW
    return out_rows, out_distances
