"""Directions of vectors: the geometry that search, maps and scores share."""

from __future__ import annotations

import numpy as np


def usable(vectors: np.ndarray) -> np.ndarray:
    """(n,) bool: which of `vectors` (n, D) are finite and not zero, so have a direction."""
    squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64)
    fine: np.ndarray = np.isfinite(squares) & (squares > 0)
    return fine


def unit_vectors(vectors: np.ndarray) -> np.ndarray:
    """(n, D) float32: `vectors` (n, D) scaled to length 1. All must be `usable`."""
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    # Divided in float32: a block of float64 would take twice the memory of the block.
    return np.ascontiguousarray(vectors / lengths.astype(np.float32)[:, None], np.float32)
