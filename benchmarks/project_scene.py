"""Vectors to lay out whose neighbourhoods are like a survey's, and measures of a placing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.store.vectors import unit_vectors
from trainer.store.whitening import Whitening

DIMENSION = 384
_FEATURES, _GROUPS, _FITTED = 16, 30, 20_000
_BLOCK = 20_000


@dataclass(frozen=True)
class Scene:
    """What a projection works on."""

    unit: np.ndarray
    """(N, K) float32: directions of the whitened vectors."""
    start: np.ndarray
    """(N, 2) float32: their principal components."""


def make_scene(count: int, seed: int = 0) -> Scene:
    """`count` vectors of 384 dimensions: 30 overlapping kinds on a bent surface of 16, in noise."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(_GROUPS, _FEATURES))
    bend = rng.normal(size=(_FEATURES, DIMENSION)) / 4

    def vectors(number: int) -> np.ndarray:
        inner = centres[rng.integers(0, _GROUPS, number)] + rng.normal(size=(number, _FEATURES))
        noise = 0.2 * rng.normal(size=(number, DIMENSION))
        return (np.tanh(inner @ bend) + noise).astype(np.float32)

    whitening = Whitening.fit(vectors(min(max(count, 1000), _FITTED)))
    unit = np.empty((count, whitening.axes.shape[1]), np.float32)
    start = np.empty((count, 2), np.float32)
    for low in range(0, count, _BLOCK):
        high = min(low + _BLOCK, count)
        features = whitening.features(vectors(high - low))
        start[low:high] = whitening.components(features)[:, :2]
        unit[low:high] = unit_vectors(features)
    return Scene(unit, start)


@dataclass(frozen=True)
class Quality:
    """How well points were placed among fixed ones, against a layout of all of them."""

    gap: float
    """Median distance to the place that the layout gave, in units of the map's rms radius."""
    overlap: float
    """Mean share of the 15 nearest fixed points that is the same as from that place."""
    trust: float
    """Mean share of the 15 nearest fixed points that are among the 50 nearest by the vectors."""


def quality(
    places: np.ndarray, wanted: np.ndarray, fixed: np.ndarray, nearest: np.ndarray
) -> Quality:
    """Of `places` (q, 2) against `wanted` (q, 2) among `fixed` (n, 2) points; `nearest` (q, 50)
    by the vectors."""
    from scipy.spatial import cKDTree

    tree = cKDTree(fixed)
    found, expected = tree.query(places, 15)[1], tree.query(wanted, 15)[1]
    radius = np.sqrt(((fixed - fixed.mean(axis=0)) ** 2).sum(axis=1).mean())
    return Quality(
        gap=float(np.median(np.linalg.norm(places - wanted, axis=1)) / radius),
        overlap=_shared(found, expected),
        trust=_shared(found, nearest),
    )


def _shared(found: np.ndarray, among: np.ndarray) -> float:
    """Mean share of each row of `found` (q, k) that is in the same row of `among` (q, m)."""
    return float((found[:, :, None] == among[:, None, :]).any(axis=2).mean())
