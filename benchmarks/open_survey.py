"""A survey of a million galaxies for the benchmark of opening: all that a window reads of one."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.samples import BANDS
from trainer.store.embeddings import StoreWriter
from trainer.store.manifest import StoreManifest
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.workspace.workspace import Workspace

_SIDE = 64
_DIMENSION = 16
_BLOCK = 50_000


def write_open_survey(folder: Path, count: int) -> Path:
    """A workspace of `count` galaxies with a catalogue of twenty columns, a store of vectors and
    a projection. The cutouts are blank: HDF5 stores no chunk that was never written."""
    cutouts = folder / "cutouts.h5"
    rng = np.random.default_rng(0)
    with h5py.File(cutouts, "w") as file:
        shape = (count, len(BANDS), _SIDE, _SIDE)
        file.create_dataset("images", shape, "float32", chunks=(1, *shape[1:]))
        file["cfis_id"] = np.arange(count) * 7 + 1_000_000_000
        file["ra"], file["dec"] = rng.uniform(0, 360, count), rng.uniform(0, 60, count)
    table = folder / "table.parquet"
    pq.write_table(_table(count, rng), table)
    workspace = Workspace.create(
        folder / "survey", [cutouts], bands=BANDS, crop=_SIDE, catalogue=table
    )
    _write_store(workspace, rng)
    return workspace.folder


def _table(count: int, rng: np.random.Generator) -> pa.Table:
    columns: dict[str, object] = {"object_id": np.arange(count) * 7 + 1_000_000_000}
    for number in range(14):
        columns[f"mag_{number}"] = rng.normal(21, 2, count).astype(np.float32)
    columns["redshift"] = rng.gamma(2, 0.3, count)
    kinds = np.array(["spiral", "elliptical", "irregular", "merger", "lens"])
    columns["morphology"] = kinds[rng.integers(0, len(kinds), count)]
    columns["is_star"] = rng.random(count) < 0.1
    return pa.table(columns)


def _write_store(workspace: Workspace, rng: np.random.Generator) -> None:
    count = len(workspace)
    manifest = StoreManifest(
        name="benchmark",
        checkpoint_path="runs/none/checkpoint-last.safetensors",
        checkpoint_sha256="0" * 64,
        catalogue_fingerprint=workspace.catalogue.fingerprint,
        rows=count,
        dimension=_DIMENSION,
        pool="cls",
        bands=BANDS,
        scaling={"kind": "none"},
        heads=1,
    )
    folder = workspace.store_folder(manifest.name)
    with StoreWriter(folder, manifest) as writer:
        for start in range(0, count, _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, count))
            writer.append(rows, rng.standard_normal((len(rows), _DIMENSION), np.float32))
        manifest = writer.finish()
    groups = rng.integers(0, 40, count)
    places = rng.normal(0, 6, (40, 2))[groups] + rng.normal(0, 0.4, (count, 2))
    made = ProjectionManifest(
        name="umap-0",
        method="umap",
        store=manifest.name,
        store_identity=manifest.identity,
        catalogue_fingerprint=manifest.catalogue_fingerprint,
        rows=count,
        count=count,
        seed=0,
        metric="cosine",
    )
    write_projection(folder, made, np.arange(count), places)
