"""A large survey with random vectors and an untrained model, for measuring clicks on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

from astromask_gui.services.workspace.noise import sample_rows
from trainer.config import ModelSize
from trainer.store.embeddings import StoreWriter
from trainer.store.manifest import StoreManifest
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.workspace.workspace import Workspace

SIDE, CROP, BANDS, DIMENSION = 200, 64, ("u", "g", "r", "i", "z"), 1536
FILES = 2
STORE = "random"
_MAKE_MODEL = """
import sys
from pathlib import Path
from trainer.model.architecture import architecture_of_size
from trainer.model.checkpoints import save_checkpoint
from trainer.model.header import CheckpointHeader
from trainer.model.mae import MaskedAutoencoder
size, patch, crop, path = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
shape = architecture_of_size(size, image=crop, patch=patch, bands=5)
header = CheckpointHeader(
    architecture=shape, bands=tuple("ugriz"), crop=crop,
    scaling={"kind": "asinh", "softening": [1.0] * 5},
)
save_checkpoint(path, MaskedAutoencoder(shape), header)
"""


def make_survey(folder: Path, rows: int, clicked: np.ndarray) -> Path:
    """A workspace of `FILES` files of `rows` cutouts of 200×200×5, chunked by row.

    Only the chunks of `clicked` (rows of the survey) are written, and those from which the
    window takes the noise: the files then have the structure of full ones, without their
    8 GB each.
    """
    clicked = np.union1d(clicked, sample_rows(FILES * rows, (len(BANDS), SIDE, SIDE)))
    paths = []
    for number in range(FILES):
        path = folder / f"cutout.stacks.ugriz.bench.{SIDE}x{SIDE}.{number}.{rows}.h5"
        here = clicked[(clicked >= number * rows) & (clicked < (number + 1) * rows)]
        _write_file(path, number, rows, here - number * rows)
        paths.append(path)
    return Workspace.create(folder / "survey", paths, bands=BANDS, crop=CROP).folder


def _write_file(path: Path, number: int, rows: int, written: np.ndarray) -> None:
    random = np.random.default_rng(number)
    shape = (len(BANDS), SIDE, SIDE)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    galaxy = 100 * np.exp(-np.hypot(x, y) / 12)
    with h5py.File(path, "w") as file:
        images = file.create_dataset("images", (rows, *shape), np.float32, chunks=(1, *shape))
        for row in np.sort(written):
            images[row] = galaxy + random.normal(size=shape)
        names = np.array([f"B{number}-{row}" for row in range(rows)], h5py.string_dtype())
        file.create_dataset("cfis_id", data=names)
        file.create_dataset("tile", data=np.array(["1.1"] * rows, h5py.string_dtype()))
        file.create_dataset("ra", data=random.uniform(0, 360, rows))
        file.create_dataset("dec", data=random.uniform(-80, 80, rows))


def add_model(folder: Path, size: str, patch: int) -> Path:
    """An untrained checkpoint; made in another process, because this one shall not load torch."""
    path = folder / "model.safetensors"
    words = [sys.executable, "-c", _MAKE_MODEL, size, str(patch), str(CROP), str(path)]
    subprocess.run(words, check=True)
    return path


def add_vectors(folder: Path, checkpoint: Path, size: ModelSize) -> None:
    """Random vectors for every row, and the rows laid out on a square grid."""
    from trainer.cutouts.scaling import scaling_from_json, scaling_to_json
    from trainer.model.architecture import SIZES  # Without torch.

    workspace = Workspace.open(folder)
    count = len(workspace)
    manifest = StoreManifest(
        name=STORE,
        checkpoint_path=checkpoint.name,
        checkpoint_sha256="0" * 64,
        catalogue_fingerprint=workspace.catalogue.fingerprint,
        rows=count,
        dimension=DIMENSION,
        crop=CROP,
        bands=BANDS,
        scaling=scaling_to_json(scaling_from_json({"kind": "asinh", "softening": [1.0] * 5})),
        heads=SIZES[size].heads,
    )
    writer = StoreWriter(workspace.store_folder(STORE), manifest)
    random = np.random.default_rng(0)
    for start in range(0, count, 5000):
        rows = np.arange(start, min(start + 5000, count), dtype=np.uint32)
        writer.append(rows, random.normal(size=(len(rows), DIMENSION)).astype(np.float32))
    finished = writer.finish()
    rows = np.arange(count, dtype=np.uint32)
    width = int(np.ceil(np.sqrt(count)))
    projection = ProjectionManifest(
        name="grid",
        method="pca",
        store=STORE,
        store_identity=finished.identity,
        catalogue_fingerprint=manifest.catalogue_fingerprint,
        rows=count,
        count=count,
        seed=0,
        metric="euclidean",
    )
    places = np.stack([rows % width, rows // width], axis=1).astype(np.float32)
    write_projection(workspace.store_folder(STORE), projection, rows, places)
