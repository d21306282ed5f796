"""Lengths of a store's features, without which no angle can be told; kept beside a large store."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import numpy as np

from trainer.atomic import atomic_path
from trainer.errors import WorkspaceError
from trainer.store.embeddings import EmbeddingStore
from trainer.store.vectors import usable
from trainer.store.whitening import Whitening

LENGTHS_NAME = "lengths.npz"
KEPT_FROM = 20_000
"""Vectors from which finding the lengths takes long enough to keep them."""


def feature_lengths(
    store: EmbeddingStore, whitening: Whitening, block_rows: int = 2048
) -> np.ndarray:
    """(N,) float32 in the order of storage: lengths of the features that `whitening` makes.

    NaN for a vector that is zero or not finite and so has no direction.
    """
    path = store.folder / LENGTHS_NAME
    if len(store) < KEPT_FROM:
        return _measured(store, whitening, block_rows)
    kept = _read(path, store, whitening)
    if kept is not None:
        return kept
    lengths = _measured(store, whitening, block_rows)
    # A store that can only be read is measured anew each time.
    with (
        contextlib.suppress(WorkspaceError),
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
    ):
        np.savez(file, lengths=lengths, identity=np.array(_identity(store, whitening)))
    return lengths


def _measured(store: EmbeddingStore, whitening: Whitening, block_rows: int) -> np.ndarray:
    lengths = [np.empty(0)]
    for _, vectors in store.blocks(block_rows):
        features = whitening.features(vectors)
        length = np.sqrt(np.einsum("nk,nk->n", features, features, dtype=np.float64))
        lengths.append(np.where(usable(vectors) & usable(features), length, np.nan))
    return np.concatenate(lengths).astype(np.float32)


def _identity(store: EmbeddingStore, whitening: Whitening) -> str:
    # A store that has grown, or was made anew under its name, was finished at another time.
    return f"{whitening.identity} {store.manifest.identity} {store.manifest.created}"


def _read(path: Path, store: EmbeddingStore, whitening: Whitening) -> np.ndarray | None:
    """The lengths kept at `path`; None where there are none, or those of other vectors."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            identity, lengths = str(kept["identity"]), np.asarray(kept["lengths"], np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    fits = identity == _identity(store, whitening) and lengths.shape == (len(store),)
    return lengths if fits else None
