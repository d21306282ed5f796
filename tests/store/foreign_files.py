"""Files of embeddings as other programs write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.cutouts.layouts import text, write


def vectors(count: int, dimension: int = 6, seed: int = 0) -> np.ndarray:
    """(count, dimension) float32: no two alike."""
    return np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)


def simclr(path: Path, ids: list[str], **changes: Any) -> Path:
    """`simclr_reps`, `cfis_id`, `ra`, `dec`, `tile`; `changes` replaces datasets, None removes."""
    count = len(ids)
    datasets: dict[str, Any] = {
        "simclr_reps": vectors(count),
        "cfis_id": text(ids),
        "ra": 10 + 0.1 * np.arange(count),
        "dec": -5 + 0.1 * np.arange(count),
        "tile": text(["000.000"] * count),
    }
    datasets.update(changes)
    kept = {name: np.asarray(v) for name, v in datasets.items() if v is not None}
    if path.suffix == ".npz":
        np.savez(path, **{n: v.astype(str) if v.dtype == object else v for n, v in kept.items()})
        return path
    return write(path, kept)
