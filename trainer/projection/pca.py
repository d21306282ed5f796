"""Principal components with fixed signs, from blocks, so that memory stays at D × D."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Moments:
    """Mean and second moment of a set of vectors."""

    mean: np.ndarray
    """(D,) float64."""
    second: np.ndarray
    """(D, D) float64: mean of the outer products v vᵀ."""

    def principal_axes(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """(D, C) axes of largest variance about the mean, and (C,) their share of it all."""
        covariance = self.second - np.outer(self.mean, self.mean)
        variances, axes = leading_axes(covariance, count)
        total = max(float(np.trace(covariance)), 0.0)
        return axes, variances / total if total else np.zeros_like(variances)


def moments(blocks: Iterable[np.ndarray], dimension: int) -> Moments:
    """Moments of the vectors in `blocks`, each (n, D) float32."""
    total, second, count = np.zeros(dimension), np.zeros((dimension, dimension)), 0
    for block in blocks:
        exact = block.astype(np.float64)
        total += exact.sum(axis=0)
        second += exact.T @ exact
        count += len(block)
    return Moments(total / max(count, 1), second / max(count, 1))


def leading_axes(matrix: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The `count` largest eigenvalues (C,) and eigenvectors (D, C) of a symmetric `matrix`.

    Each axis points to where its largest entry is positive, so that the same vectors give
    the same picture on every machine.
    """
    values, axes = np.linalg.eigh(matrix)
    values, axes = np.maximum(values[::-1][:count], 0.0), axes[:, ::-1][:, :count]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0)
    return values, axes * np.where(largest < 0, -1.0, 1.0)
