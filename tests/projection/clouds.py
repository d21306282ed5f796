"""Clouds of unit vectors whose neighbourhoods are known."""

from __future__ import annotations

import numpy as np

from trainer.store.vectors import unit_vectors


def clusters(
    n: int, groups: int = 4, dimension: int = 16, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors (n, D) float32 in well-separated groups, and the group (n,) of each."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, n)
    centres = 4 * rng.normal(size=(groups, dimension))
    vectors = centres[group] + rng.normal(size=(n, dimension))
    return unit_vectors(vectors.astype(np.float32)), group


def purity(points: np.ndarray, group: np.ndarray, k: int = 5) -> float:
    """Share of the k nearest points (n, 2) that belong to the same group."""
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    nearest = np.argsort(gaps, axis=1)[:, :k]
    return float((group[nearest] == group[:, None]).mean())
