"""Principal components with fixed signs, from blocks, so that memory stays at K × K."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from trainer.store.whitening import Whitening


@dataclass(frozen=True)
class PrincipalAxes:
    """Directions of largest variance of a set of vectors."""

    mean: np.ndarray
    """(K,) float64."""
    axes: np.ndarray
    """(K, C) float64, orthonormal columns, the largest variance first."""
    explained: np.ndarray
    """(C,) float64: share of the whole variance."""

    def transform(self, vectors: np.ndarray) -> np.ndarray:
        """(n, C) float64: components of `vectors` (n, K)."""
        components: np.ndarray = (vectors - self.mean) @ self.axes
        return components

    def of_vectors(self, whitening: Whitening) -> np.ndarray:
        """(D + 1, 2) float64: the plane of the first two, from vectors as they are stored.

        For axes of a whitening's components: a vector v (D,) lies at v @ out[:-1] + out[-1].
        A second column is 0 where there is one axis only.
        """
        plane = np.zeros((len(self.mean), 2))
        plane[:, : self.axes.shape[1]] = self.axes[:, :2]
        directions = whitening.axes.astype(np.float64) * whitening.scales @ plane
        offset = -(whitening.mean.astype(np.float64) @ directions) - self.mean @ plane
        return np.vstack([directions, offset])


def principal_axes(blocks: Iterable[np.ndarray], dimension: int, count: int) -> PrincipalAxes:
    """The first `count` principal axes of the vectors in `blocks`, each (n, K) float32.

    Each axis points to where its largest entry is positive, so that the same vectors give
    the same picture on every machine. Fewer than `count` where K is smaller.
    """
    total, second, number = np.zeros(dimension), np.zeros((dimension, dimension)), 0
    for block in blocks:
        exact = block.astype(np.float64)
        total += exact.sum(axis=0)
        second += exact.T @ exact
        number += len(block)
    mean = total / max(number, 1)
    covariance = second / max(number, 1) - np.outer(mean, mean)
    values, axes = np.linalg.eigh(covariance)
    values, axes = np.maximum(values[::-1][:count], 0.0), axes[:, ::-1][:, :count]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    whole = float(np.trace(covariance))
    explained = values / whole if whole > 0 else np.zeros_like(values)
    return PrincipalAxes(mean, axes * np.where(largest < 0, -1.0, 1.0), explained)
