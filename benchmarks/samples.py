"""Surveys and models made up for benchmarks."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from trainer.model.architecture import Architecture, DecoderShape, architecture_of_size
from trainer.workspace.workspace import Workspace

BANDS = ("u", "g", "r", "i", "z")


def architectures(small: bool) -> dict[str, Architecture]:
    """ViT-Ti and ViT-S of 64 px, patch 8, 5 bands; with `small` one model of 16 px."""
    if small:
        decoder = DecoderShape(width=16, depth=1, heads=2, hidden=32)
        return {
            "small model": Architecture(
                image=16, patch=8, bands=5, width=32, depth=2, heads=2, hidden=64, decoder=decoder
            )
        }
    return {
        "ViT-Ti": architecture_of_size("tiny", image=64, patch=8, bands=5),
        "ViT-S": architecture_of_size("small", image=64, patch=8, bands=5),
    }


def write_survey(path: Path, count: int, side: int) -> Path:
    """`count` ugriz cutouts of noise in the layout of AstroMASK's training set, by row."""
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        images = file.create_dataset(
            "images", (count, 5, side, side), "float32", chunks=(1, 5, side, side)
        )
        for start in range(0, count, 256):
            block = images[start : start + 256].shape
            images[start : start + 256] = rng.standard_normal(block, dtype=np.float32)
        file["cfis_id"] = np.arange(count)
        file["tile"] = np.array(["000.000"] * count, dtype=h5py.string_dtype())
        file["ra"] = rng.uniform(0, 360, count)
        file["dec"] = rng.uniform(0, 60, count)
    return path


def make_workspace(folder: Path, count: int, side: int) -> Workspace:
    """A workspace of one such file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"cutout.stacks.ugriz.lsb.{side}x{side}.0.{count}.h5"
    return Workspace.create(folder / "survey", [write_survey(path, count, side)], crop=side)
