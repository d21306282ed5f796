"""A small workspace with a store and a projection, made without any model."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.manifest import StoreManifest
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.workspace.workspace import Workspace

COUNT, FEW, BANDS, SIDE, CROP = 40, 10, ("g", "r", "i"), 24, 16
NOISE = (1.0, 2.0, 4.0)


def write_cutouts(path: Path, count: int = COUNT, bands: int = len(BANDS), seed: int = 5) -> Path:
    """An HDF5 file in AstroMASK's training layout; row k's galaxy has a peak of 100 + k."""
    random = np.random.default_rng(seed)
    sigma = np.resize(NOISE, bands)[:, None, None]
    images = (random.normal(0, 1, (count, bands, SIDE, SIDE)) * sigma).astype(np.float32)
    images[:, :, SIDE // 2, SIDE // 2] = 100 + np.arange(count)[:, None]
    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=images, chunks=(1, bands, SIDE, SIDE))
        names = [f"G{seed}-{row}" for row in range(count)]
        file.create_dataset("cfis_id", data=np.array(names, h5py.string_dtype()))
        file.create_dataset("tile", data=np.array(["1.2"] * count, h5py.string_dtype()))
        file.create_dataset("ra", data=150 + 0.01 * np.arange(count))
        file.create_dataset("dec", data=np.full(count, 2.0))
    return path


def make_workspace(folder: Path, *, embedded: bool = True) -> Path:
    """A workspace of `COUNT` galaxies; its vectors lie on an arc in the order of the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    cutouts = write_cutouts(folder / "cutouts.gri.h5")
    made = Workspace.create(folder / "survey", [cutouts], bands=BANDS, crop=CROP)
    if embedded:
        add_store(made)
    return made.folder


def make_other(folder: Path) -> Path:
    """A workspace of `FEW` galaxies, other ones, without a store."""
    cutouts = write_cutouts(folder / "few.gri.h5", count=FEW, seed=6)
    return Workspace.create(folder / "other", [cutouts], bands=BANDS, crop=CROP).folder


def add_store(workspace: Workspace, name: str = "small", checkpoint: str = "none.pth") -> None:
    """A store of two-dimensional vectors, and a projection of it."""
    count = len(workspace)
    angle = np.linspace(0, 1, count)
    vectors = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    manifest = StoreManifest(
        name=name,
        checkpoint_path=checkpoint,
        checkpoint_sha256="0" * 64,
        catalogue_fingerprint=workspace.catalogue.fingerprint,
        rows=count,
        dimension=2,
        crop=CROP,
        bands=BANDS,
        scaling={"kind": "none"},
        heads=2,
    )
    rows = np.arange(count, dtype=np.uint32)
    writer = StoreWriter(workspace.store_folder(name), manifest)
    writer.append(rows, vectors)
    writer.finish()
    add_projection(workspace, "pca", name)


def add_projection(workspace: Workspace, name: str, store: str = "small") -> None:
    """The places (row, 2 · row)."""
    folder = workspace.store_folder(store)
    manifest = EmbeddingStore.open(folder).manifest
    rows = np.arange(len(workspace), dtype=np.uint32)
    projection = ProjectionManifest(
        name=name,
        method="pca",
        store=store,
        store_identity=manifest.identity,
        catalogue_fingerprint=manifest.catalogue_fingerprint,
        rows=len(workspace),
        count=len(workspace),
        seed=0,
        metric="euclidean",
    )
    write_projection(folder, projection, rows, np.stack([rows, 2 * rows], axis=1))
