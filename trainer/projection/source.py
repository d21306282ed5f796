"""The vectors of a store as a projection sees them: whitened, in order of row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import usable
from trainer.store.whitening import whitening_of


class WhitenedVectors:
    """Reads a store's usable vectors in blocks, as often as needed; keeps none of them.

    In order of row, so that a map does not depend on the order in which galaxies were
    encoded. `check` is called at every block; what it raises ends the reading.
    """

    def __init__(self, store: EmbeddingStore, check: Callable[[], None]) -> None:
        self._store = store
        self._check = check
        self.whitening = whitening_of(store)
        order = np.argsort(store.rows)
        fine = [usable(block) & usable(self.whitening.features(block)) for _, block in self._raw()]
        order = order[np.concatenate([*fine, np.empty(0, bool)])[order]]
        self.rows = store.rows[order]
        """(n,) uint32, rising: rows whose vectors are finite and not zero."""
        self.left_out = len(store) - len(order)
        """Number of vectors that are zero or not numbers."""
        self.width = self.whitening.axes.shape[1]
        """Number of features K, those of largest variance first."""
        self._place = np.full(len(store), -1, np.int64)
        self._place[order] = np.arange(len(order))

    def __len__(self) -> int:
        return len(self.rows)

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (places in `rows` (n,), features (n, K) float32), every galaxy once."""
        start = 0
        for rows, vectors in self._raw():
            places = self._place[start : start + len(rows)]
            start += len(rows)
            yield places[places >= 0], self.whitening.features(vectors[places >= 0])

    def transformed(self, width: int, function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """(n, width) float32 in the order of `rows`: `function` of every block's features."""
        out = np.empty((len(self), width), np.float32)
        for places, features in self.blocks():
            out[places] = function(features)
        return out

    def _raw(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for block in self._store.blocks():
            self._check()
            yield block
