"""Small stores of embeddings to test with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from trainer.store.embeddings import EmbeddingStore, StoreManifest, StoreWriter


def manifest(**changes: Any) -> StoreManifest:
    """A manifest of eight-dimensional vectors over 100 rows, with `changes`."""
    facts: dict[str, Any] = {
        "name": "tiny",
        "checkpoint_path": "runs/a-pretrain/last.safetensors",
        "checkpoint_sha256": "a" * 64,
        "catalogue_fingerprint": "f" * 16,
        "rows": 100,
        "dimension": 8,
        "bands": ("u", "g", "r", "i", "z"),
        "scaling": {"kind": "none"},
        "heads": 3,
    }
    return StoreManifest(**(facts | changes))


def make_store(
    folder: Path,
    vectors: np.ndarray,
    rows: np.ndarray | None = None,
    shard_rows: int = 1000,
    **changes: Any,
) -> EmbeddingStore:
    """A finished store of `vectors` (n, D) for `rows` (0 … n-1 if left out)."""
    rows = np.arange(len(vectors), dtype=np.uint32) if rows is None else rows
    facts = {
        "dimension": vectors.shape[1],
        "rows": int(rows.max()) + 1 if len(rows) else 0,
    } | changes
    writer = StoreWriter(folder, manifest(**facts), shard_rows)
    if len(rows):
        writer.append(rows, vectors)
    writer.finish()
    return EmbeddingStore.open(folder)
