"""The vectors of a store as a projection sees them: whitened, in order of row."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Self

import numpy as np

from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import unit_vectors, usable
from trainer.store.whitening import whitening_of

_BLOCK_ROWS = 8192


class WhitenedVectors:
    """Reads a store's usable vectors in blocks, as often as needed; keeps none of them.

    In order of row, so that a map does not depend on the order in which galaxies were
    encoded, not even in its last digits. `check` is called at every block; what it raises
    ends the reading.
    """

    def __init__(self, store: EmbeddingStore, check: Callable[[], None]) -> None:
        self._store = store
        self._check = check
        self.whitening = whitening_of(store)
        self._positions = np.argsort(store.rows)
        fine = [usable(block) & usable(self.whitening.features(block)) for _, block in self.raw()]
        self._positions = self._positions[np.concatenate([*fine, np.empty(0, bool)])]
        self.rows = store.rows[self._positions]
        """(n,) uint32, rising: rows whose vectors are finite and not zero."""
        self.left_out = len(store) - len(self.rows)
        """Number of vectors that are zero or not numbers."""
        self.width = self.whitening.axes.shape[1]
        """Number of features K, those of largest variance first."""

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, chosen: np.ndarray) -> Self:
        """The vectors of `rows[chosen]`, `chosen` (n,) bool, as a source of their own."""
        part = copy.copy(self)
        part._positions, part.rows = self._positions[chosen], self.rows[chosen]
        return part

    def raw(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield (the places in `rows`, vectors (n, D) float32) as they are stored."""
        for low in range(0, len(self._positions), _BLOCK_ROWS):
            self._check()
            block = self._positions[low : low + _BLOCK_ROWS]
            yield slice(low, low + len(block)), self._store.read_positions(block)

    def features(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield (the places in `rows`, features (n, K) float32)."""
        for places, vectors in self.raw():
            yield places, self.whitening.features(vectors)

    def directions(self, width: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield (the places in `rows`, unit vectors (n, width) float32 of the first features)."""
        for places, features in self.features():
            yield places, unit_vectors(features[:, :width])

    def unit(self, width: int) -> np.ndarray:
        """(n, width) float32: all of `directions` together."""
        out = np.empty((len(self), width), np.float32)
        for places, directions in self.directions(width):
            out[places] = directions
        return out
