"""The space in which embeddings are compared: standardised, then whitened with a floor.

A few directions hold nearly all of the variance of an autoencoder's embeddings (mostly how
bright a galaxy is), and a cosine between them is near 1 whatever the galaxies are. Whitening
gives the other directions their say; the floor keeps it from those that are only noise.
Measured on the demo (1,200 simulated galaxies) and on 2,263 SDSS sources, against the cosine
of the plain vectors: of a lens's ten neighbours 66 % instead of 49 % are lenses, R² of the
half-light radius 0.72 instead of 0.41 at r < 19.5, AUROC after ten lenses and ten others
0.94 instead of 0.90.
"""

from __future__ import annotations

import contextlib
import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.atomic import atomic_path
from trainer.errors import WorkspaceError
from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import usable

WHITENING_NAME = "whitening.npz"
FLOOR = 0.2
"""Added to the variance of every direction, in units of a feature's whole variance."""
MOST_AXES = 256
"""Directions that are kept, those of largest variance first."""
FEWEST = 64
"""Vectors below which their spread says too little: they are then compared as they are."""

_SAMPLE = 20_000
_ARRAYS = ("mean", "axes", "scales")


@dataclass(frozen=True)
class Whitening:
    """An affine map from vectors to the features that are compared."""

    mean: np.ndarray
    """(D,) float32."""
    axes: np.ndarray
    """(D, K) float32, the direction of largest variance first."""
    scales: np.ndarray
    """(K,) float32: what undoes the whitening, so leaves principal components."""
    fitted: bool = True
    """False where too few vectors were at hand and the map changes nothing."""

    @classmethod
    def plain(cls, dimension: int) -> Whitening:
        """The map that changes nothing."""
        zeros, ones = np.zeros(dimension, np.float32), np.ones(dimension, np.float32)
        return cls(zeros, np.eye(dimension, dtype=np.float32), ones, fitted=False)

    @classmethod
    def standardising(cls, vectors: np.ndarray) -> Whitening:
        """Mean 0 and spread 1 for every feature of `vectors` (n, D), and no more."""
        mean, spread = _spread(vectors.astype(np.float64))
        axes = np.diag(1.0 / spread).astype(np.float32)
        return cls(mean.astype(np.float32), axes, np.ones(len(mean), np.float32))

    @classmethod
    def fit(cls, vectors: np.ndarray) -> Whitening:
        """Whiten by `vectors` (n, D); those that are zero or not finite are left out."""
        exact = vectors[usable(vectors)].astype(np.float64)
        if len(exact) < FEWEST:
            return cls.plain(vectors.shape[1])
        mean, spread = _spread(exact)
        standard = (exact - mean) / spread
        variances, directions = np.linalg.eigh(standard.T @ standard / len(standard))
        order = np.argsort(-variances, kind="stable")[:MOST_AXES]
        scales = np.sqrt(np.maximum(variances[order], 0.0) + FLOOR)
        axes = directions[:, order] / spread[:, None] / scales
        return cls(mean.astype(np.float32), axes.astype(np.float32), scales.astype(np.float32))

    def features(self, vectors: np.ndarray) -> np.ndarray:
        """(n, K) float32: `vectors` (n, D) in the space in which they are compared."""
        if not self.fitted:
            return np.asarray(vectors, np.float32)
        features: np.ndarray = (np.asarray(vectors, np.float32) - self.mean) @ self.axes
        return features

    def components(self, features: np.ndarray) -> np.ndarray:
        """(n, K) float32: `features` (n, K) without the whitening, as principal components."""
        components: np.ndarray = features * self.scales
        return components

    @property
    def identity(self) -> str:
        """Hash of the map."""
        digest = hashlib.sha256()
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)).tobytes())
        return digest.hexdigest()


def whitening_of(store: EmbeddingStore) -> Whitening:
    """The whitening of a store: fitted when first asked for, then kept beside its vectors.

    It stays the same when the store grows, so that distances between galaxies do too.
    """
    path = store.folder / WHITENING_NAME
    kept = _read(path, store.manifest.dimension)
    if kept is not None:
        return kept
    count = len(store)
    chosen = np.unique(np.linspace(0, max(count - 1, 0), min(count, _SAMPLE)).astype(np.int64))
    # In order of row: the same whatever order the galaxies were encoded in.
    positions = np.argsort(store.rows)[chosen]
    whitening = Whitening.fit(store.read_positions(positions))
    if whitening.fitted:
        # A store that can only be read, such as the demo's, is whitened anew each time.
        with (
            contextlib.suppress(WorkspaceError),
            atomic_path(path) as temporary,
            temporary.open("wb") as file,
        ):
            np.savez(file, **{name: getattr(whitening, name) for name in _ARRAYS})
    return whitening


def _read(path: Path, dimension: int) -> Whitening | None:
    """What is kept at `path`; None where there is nothing, or nothing of use."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            mean, axes, scales = (np.asarray(kept[name], np.float32) for name in _ARRAYS)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = mean.shape == (dimension,) and axes.shape == (dimension, len(scales))
    return Whitening(mean, axes, scales) if fits else None


def _spread(exact: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (D,) and spread (D,) of `exact` (n, D) float64; a constant feature's spread is 1."""
    mean = exact.mean(axis=0)
    spread = exact.std(axis=0)
    constant = spread <= 1e-6 * np.maximum(np.abs(mean), 1e-12)
    return mean, np.where(constant, 1.0, spread)
