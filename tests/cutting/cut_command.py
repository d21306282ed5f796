"""The command `astromask cut` on small tiles, and what it has written."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from tests.cutting.sky import SCALE
from trainer.cli import main

SIZE = 40
CENTRE = (150.0, 2.0)
PIXEL = SCALE / 3600


def beside(x: float, y: float, centre: tuple[float, float] = CENTRE) -> tuple[float, float]:
    """The position so many pixels west and north of the middle of a tile."""
    return centre[0] - x * PIXEL / np.cos(np.radians(centre[1])), centre[1] + y * PIXEL


SKY = [beside(0.3, 0.4), beside(-55.2, 40.7), beside(50.4, -60.1)]


def run(*words: object) -> int:
    """`astromask cut CATALOGUE … --size 40 OUT.h5`, as a user types it."""
    *before, out = map(str, words)
    return main(["cut", *before, "--size", str(SIZE), out])


def places(path: Path) -> list[tuple[float, float]]:
    """Where the object of each cutout should lie, by the file's own WCS."""
    with h5py.File(path) as file:
        return [(float(x) - 1, float(y) - 1) for x, y in file["wcs"][:, :2]]


def rows_by_id(path: Path) -> dict[str, int]:
    with h5py.File(path) as file:
        name = "cfis_id" if "cfis_id" in file else "object_id"
        values = file[name][()]
    return {v.decode() if isinstance(v, bytes) else str(v): n for n, v in enumerate(values)}
