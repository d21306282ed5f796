"""Small files of cutouts in the layout of AstroMASK's own training set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from trainer.workspace.workspace import Workspace


def write_cutouts(
    path: Path,
    ids: Sequence[str] | Sequence[int] | int,
    *,
    bands: int = 5,
    size: int = 16,
    ra: float = 10.0,
    columns: dict[str, np.ndarray] | None = None,
) -> Path:
    """Cutouts whose pixels all hold (row + 1) · 10 + band; `ids` or how many, named after it."""
    names = [f"{path.stem}-{row}" for row in range(ids)] if isinstance(ids, int) else list(ids)
    count = len(names)
    values = (np.arange(count)[:, None] + 1) * 10.0 + np.arange(bands)
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        images = np.broadcast_to(values[:, :, None, None], (count, bands, size, size))
        file["images"] = images.astype(np.float32)
        file["cfis_id"] = np.array(names, dtype=object if isinstance(names[0], str) else np.int64)
        file["ra"] = ra + np.arange(count) * 0.01
        file["dec"] = np.full(count, 5.0)
        file["tile"] = np.array([f"tile{row // 2}" for row in range(count)], dtype=object)
        for name, column in (columns or {}).items():
            file[name] = column
    return path


def make_workspace(folder: Path, count: int = 6, **facts: np.ndarray) -> Workspace:
    """A workspace of one file of `count` cutouts with further columns."""
    cutouts = write_cutouts(folder / "cutouts" / "first.h5", count, columns=facts)
    return Workspace.create(folder / "survey", [cutouts])
