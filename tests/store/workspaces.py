"""Small workspaces with cutouts, a stand-in checkpoint and a store of embeddings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.store.stores import manifest
from trainer.store.checkpoint_file import file_sha256
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.workspace.workspace import Workspace

BANDS = ("u", "g", "r", "i", "z")
SIDE = 10
CROP = 8
CHECKPOINT = "runs/model.safetensors"


def cutouts(n: int, seed: int = 0) -> np.ndarray:
    """(n, 5, 10, 10) float32: no two galaxies alike."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(n, 5, 1, 1))
    return (level + rng.normal(size=(n, 5, SIDE, SIDE)) * rng.random((n, 5, 1, 1))).astype("f4")


def write_cutouts(path: Path, pixels: np.ndarray, first: int = 0) -> Path:
    """A file in the layout of AstroMASK's training set; ids G0, G1 …"""
    n = len(pixels)
    with h5py.File(path, "w") as file:
        file["images"] = pixels
        file["cfis_id"] = [f"G{first + number}" for number in range(n)]
        file["tile"] = ["000.000"] * n
        file["ra"] = 10 + 0.1 * np.arange(n)
        file["dec"] = -5 + 0.1 * np.arange(n)
    return path


def make_workspace(folder: Path, n: int = 40) -> Workspace:
    """A workspace of `n` galaxies of five bands, cropped to 8 × 8 px, and its checkpoint."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    survey = write_cutouts(folder.parent / f"{folder.name}.h5", cutouts(n))
    workspace = Workspace.create(folder, [survey], bands=BANDS, crop=CROP)
    checkpoint = workspace.folder / CHECKPOINT
    checkpoint.parent.mkdir(exist_ok=True)
    checkpoint.write_bytes(b"weights")
    return workspace


def fake_embeddings(pixels: np.ndarray) -> np.ndarray:
    """(n, 2 B): what `tests.launch.fake_encoder` answers for these images."""
    return np.concatenate([pixels.mean(axis=(2, 3)), pixels.std(axis=(2, 3))], axis=1)


def add_store(
    workspace: Workspace,
    name: str = "tiny",
    vectors: np.ndarray | None = None,
    rows: np.ndarray | None = None,
    **changes: Any,
) -> EmbeddingStore:
    """A finished store in the workspace, of the stand-in encoder's vectors if none are given."""
    if vectors is None:
        vectors = fake_embeddings(workspace.survey().read(np.arange(len(workspace))).pixels)
    rows = np.arange(len(vectors), dtype=np.uint32) if rows is None else rows
    facts = {
        "name": name,
        "checkpoint_path": CHECKPOINT,
        "checkpoint_sha256": file_sha256(workspace.folder / CHECKPOINT),
        "catalogue_fingerprint": workspace.catalogue.fingerprint,
        "rows": len(workspace),
        "dimension": vectors.shape[1],
        "bands": BANDS,
        "crop": CROP,
    }
    folder = workspace.store_folder(name)
    with StoreWriter(folder, manifest(**(facts | changes))) as writer:
        writer.append(rows, vectors)
        writer.finish()
    return EmbeddingStore.open(folder)
