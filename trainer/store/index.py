"""Nearest neighbours in a store: exact, in bounded memory.

The distance is 1 - cos of the angle between two galaxies' whitened embeddings, see
`trainer.store.whitening`.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from trainer.errors import QueryError
from trainer.store.embeddings import EmbeddingStore
from trainer.store.lengths import feature_lengths
from trainer.store.nearest import nearest_in_blocks
from trainer.store.vectors import unit_vectors, usable
from trainer.store.whitening import Whitening, whitening_of

NO_ROW = np.uint32(0xFFFFFFFF)
"""Stands where fewer than k neighbours exist."""

_BLOCK_BYTES = 2 * 2**20
"""Small enough for a processor's cache: twice as fast as blocks of 30 MB."""

_CACHE_BYTES = 192 * 2**20


_Block: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Positions (n,) int64 of what can be found, and (n, D) float32 to multiply queries with."""


@dataclass(frozen=True)
class _Prepared:
    whitening: Whitening
    lengths: np.ndarray
    """(N,) float32: lengths of the features, NaN for a vector without direction."""
    kept: tuple[_Block, ...] = ()


class ExactIndex:
    """Compares a query with every vector of a store.

    A vector that is zero or holds a NaN has no direction: it is never anyone's neighbour.
    The first search goes through the store once to find lengths. Stores up to `cache_bytes`
    of float32 are then kept in memory; larger ones are read from their memory map, block by
    block, at every search. May be called from any thread.
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
        self._found: _Prepared | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Do now what else the first search has to: load the library, go through the store."""
        import faiss  # noqa: F401

        self._prepared()

    def search(
        self, vectors: np.ndarray, k: int, exclude_rows: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Find the k nearest rows of each query, nearest first, equals in order of row.

        `vectors` (q, D) float32; `exclude_rows` (q,) or (q, e): rows left out of each
        query's answer, such as the query itself. Returns rows (q, k) uint32 and
        distances (q, k) float32 from 0 to 2; where fewer than k exist, `NO_ROW` and
        infinity. Raises QueryError for a query of another length or without direction.
        """
        prepared = self._prepared()
        queries = self._checked(vectors, prepared.whitening)
        if k < 1:
            raise QueryError(f"The number of neighbours must be at least 1; it was {k}.")
        excluded = _as_table(exclude_rows, len(queries))
        wanted = min(k + excluded.shape[1], max(len(self.store), 1))
        rows, cosines = self._best(prepared, queries, wanted)
        cosines[(rows[:, :, None] == excluded[:, None, :]).any(axis=2)] = -np.inf
        distances = np.clip(1.0 - cosines, 0.0, 2.0, where=np.isfinite(cosines), out=1.0 - cosines)
        return _sorted_and_padded(rows, distances.astype(np.float32), k)

    def _checked(self, vectors: np.ndarray, whitening: Whitening) -> np.ndarray:
        dimension = self.store.manifest.dimension
        if vectors.ndim != 2 or vectors.shape[1] != dimension:
            raise QueryError(
                f'The store "{self.store.manifest.name}" holds vectors of length {dimension};'
                f" the query has the shape {vectors.shape}."
            )
        features = whitening.features(vectors)
        fine = usable(vectors) & usable(features)
        if not fine.all():
            raise QueryError(
                f"Query {int(np.argmin(fine))} has no direction: its vector is zero or holds"
                " values that are not numbers, so nothing can be near it."
            )
        # The whitening of the store's vectors is done to the query instead: (A'v)·f = v·(Af).
        turned = unit_vectors(features) @ whitening.axes.T
        return np.ascontiguousarray(turned, np.float32)

    def _prepared(self) -> _Prepared:
        """What every search needs; found by the first."""
        with self._lock:
            if self._found is None:
                whitening = whitening_of(self.store)
                prepared = _Prepared(whitening, feature_lengths(self.store, whitening))
                if self._keep:
                    kept = tuple(self._read_blocks(prepared))
                    prepared = _Prepared(whitening, prepared.lengths, kept)
                self._found = prepared
            return self._found

    def _best(
        self, prepared: _Prepared, queries: np.ndarray, k: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k largest cosines of each query and the rows they belong to."""
        blocks = prepared.kept or self._read_blocks(prepared)
        cosines, positions = nearest_in_blocks(queries, blocks, k)
        cosines = np.where(positions >= 0, cosines, -np.inf)
        rows = np.full(positions.shape, NO_ROW, np.uint32)
        rows[positions >= 0] = self.store.rows[positions[positions >= 0]]
        return rows, cosines

    def _read_blocks(self, prepared: _Prepared) -> Iterator[_Block]:
        start = 0
        for rows, vectors in self.store.blocks(self._block_rows):
            length = prepared.lengths[start : start + len(rows)]
            fine = np.flatnonzero(np.isfinite(length))
            if len(fine):
                directions = vectors if len(fine) == len(rows) else vectors[fine]
                # In place: these blocks are what bounds the memory of a search.
                directions -= prepared.whitening.mean
                directions /= length[fine, None]
                yield start + fine, directions
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
