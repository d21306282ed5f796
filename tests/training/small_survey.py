"""A small survey on disk, in the layout of AstroMASK's training set."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from trainer.workspace.workspace import Workspace

SIDE = 16


def write_cutouts(path: Path, count: int, seed: int = 0, side: int = SIDE) -> Path:
    """`count` ugriz cutouts: a round blob of random brightness in noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side] - side / 2
    blob = np.exp(-(x**2 + y**2) / 8)
    peak = rng.uniform(1, 50, (count, 5, 1, 1))
    images = peak * blob + rng.normal(0, 1, (count, 5, side, side))
    with h5py.File(path, "w") as file:
        file["images"] = images.astype(np.float32)
        file["cfis_id"] = np.arange(count) + 1000 * (seed + 1)
        file["tile"] = np.array(["100.200"] * count, dtype=h5py.string_dtype())
        file["ra"] = rng.uniform(0, 360, count)
        file["dec"] = rng.uniform(-60, 60, count)
    return path


def small_workspace(folder: Path, count: int = 24) -> Workspace:
    """A workspace of `count` cutouts in two files, in `folder`/survey."""
    files = [
        write_cutouts(folder / f"cutout.stacks.ugriz.lsb.16x16.{n}.{count // 2}.h5", count // 2, n)
        for n in range(2)
    ]
    return Workspace.create(folder / "survey", files, crop=SIDE)
