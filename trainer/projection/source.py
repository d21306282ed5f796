"""The vectors of a store as a projection sees them: scaled to length 1, in order of row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import unit_vectors, usable


class UnitVectors:
    """Reads a store's usable vectors in blocks, as often as needed; keeps none of them.

    In order of row, so that a map does not depend on the order in which galaxies were
    encoded. `check` is called at every block; what it raises ends the reading.
    """

    def __init__(self, store: EmbeddingStore, check: Callable[[], None]) -> None:
        self._store = store
        self._check = check
        order = np.argsort(store.rows)
        fine = np.concatenate([usable(block) for _, block in self._raw()] or [np.empty(0, bool)])
        order = order[fine[order]]
        self.rows = store.rows[order]
        """(n,) uint32, rising: rows whose vectors are finite and not zero."""
        self.left_out = len(store) - len(order)
        """Number of vectors that are zero or not numbers."""
        self.dimension = store.manifest.dimension
        self._place = np.full(len(store), -1, np.int64)
        self._place[order] = np.arange(len(order))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of all vectors in float32."""
        return 4 * len(self) * self.dimension

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (places in `rows` (n,), unit vectors (n, D) float32), every vector once."""
        start = 0
        for rows, vectors in self._raw():
            places = self._place[start : start + len(rows)]
            start += len(rows)
            yield places[places >= 0], unit_vectors(vectors[places >= 0])

    def transformed(
        self, width: int, function: Callable[[np.ndarray], np.ndarray] = lambda block: block
    ) -> np.ndarray:
        """(n, width) float32 in the order of `rows`: `function` of every block."""
        out = np.empty((len(self), width), np.float32)
        for places, vectors in self.blocks():
            out[places] = function(vectors)
        return out

    def _raw(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for block in self._store.blocks():
            self._check()
            yield block
