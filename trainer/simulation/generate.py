"""Simulated surveys in the layout of AstroMASK's own training set."""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from trainer.atomic import atomic_path
from trainer.simulation import survey
from trainer.simulation.frame import Frame
from trainer.simulation.scene import TRUTH_COLUMNS, Mixture, Truth, draw_scene

_BATCH = 32
"""Cutouts a task of a process."""
_PEDESTAL = 100
"""Steps added to packed pixels: noise that changes sign would change every byte."""


@dataclass(frozen=True)
class Plan:
    """What to simulate; row k depends on the seed and k alone, not on how many rows there are."""

    count: int
    seed: int
    size: int = 64
    mixture: Mixture = field(default_factory=Mixture)
    packed: bool = False
    """Store whole steps as integers, with `scale_factor` and `add_offset` by band as netCDF
    has them: a quarter smaller than float32."""


@dataclass(frozen=True)
class Cutout:
    """One row of the file."""

    pixels: np.ndarray
    """(5, size, size) float32 counts."""
    truth: Truth
    ra: float
    dec: float


def simulate(
    path: Path,
    plan: Plan,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write `plan.count` cutouts with their truth to an HDF5 file, chunked by row.

    `progress(done, total)` is called after every batch. The same plan gives the same bytes,
    whatever the number of processes.
    """
    with atomic_path(path) as temporary, h5py.File(temporary, "w") as file:
        _create(file, plan)
        done = 0
        for cutouts in _batches(plan, processes):
            _write(file, done, plan.seed, cutouts)
            done += len(cutouts)
            if progress is not None:
                progress(done, plan.count)


def draw_row(plan: Plan, row: int) -> Cutout:
    """The cutout of one row."""
    rng = np.random.default_rng([plan.seed, row])
    pixels, truth = draw_scene(rng, _frame(plan.size), plan.mixture)
    # The northern sky of the survey, uniform in area.
    ra = float(rng.uniform(110.0, 260.0))
    dec = math.degrees(
        math.asin(rng.uniform(math.sin(math.radians(30)), math.sin(math.radians(70))))
    )
    return Cutout(pixels, truth, ra, dec)


def _draw_rows(plan: Plan, rows: range) -> list[Cutout]:
    return [draw_row(plan, row) for row in rows]


@cache
def _frame(size: int) -> Frame:
    return Frame(size)


def _batches(plan: Plan, processes: int) -> Iterator[list[Cutout]]:
    starts = range(0, plan.count, _BATCH)
    batches = [range(start, min(start + _BATCH, plan.count)) for start in starts]
    if processes <= 1:
        for rows in batches:
            yield _draw_rows(plan, rows)
        return
    # Spawned, as on macOS and Windows, so that every system runs the same code.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(_draw_rows, [plan] * len(batches), batches)


def _create(file: h5py.File, plan: Plan) -> None:
    shape = (plan.count, len(survey.BANDS), plan.size, plan.size)
    dtype = np.int32 if plan.packed else np.float32
    images = file.create_dataset(
        "images", shape, dtype, chunks=(1, *shape[1:]), compression="gzip", shuffle=True
    )
    images.attrs["bands"] = list(survey.BANDS)
    images.attrs["pixel_scale"] = survey.PIXEL_SCALE
    images.attrs["zero_points"] = survey.ZERO_POINTS
    if plan.packed:
        images.attrs["scale_factor"] = survey.steps()
        images.attrs["add_offset"] = -_PEDESTAL * survey.steps()
    text = h5py.string_dtype()
    for name in ("cfis_id", "tile", "type"):
        file.create_dataset(name, (plan.count,), text)
    for name in ("ra", "dec"):
        file.create_dataset(name, (plan.count,), "f8")
    for name in TRUTH_COLUMNS:
        if name != "type":
            file.create_dataset(name, (plan.count,), "f4")


def packed(pixels: np.ndarray) -> np.ndarray:
    """(…, 5, H, W) int32: whole steps of the survey above the pedestal."""
    steps = survey.steps()[:, None, None]
    return np.asarray(np.rint(pixels / steps) + _PEDESTAL, np.int32)


def _write(file: h5py.File, first: int, seed: int, cutouts: list[Cutout]) -> None:
    rows = slice(first, first + len(cutouts))
    pixels = np.stack([cutout.pixels for cutout in cutouts])
    images = file["images"]
    images[rows] = packed(pixels) if images.dtype.kind == "i" else pixels
    numbers = range(first, first + len(cutouts))
    file["cfis_id"][rows] = [f"SIM-{seed}-{number:06d}" for number in numbers]
    file["tile"][rows] = [tile_name(cutout.ra, cutout.dec) for cutout in cutouts]
    file["ra"][rows] = [cutout.ra for cutout in cutouts]
    file["dec"][rows] = [cutout.dec for cutout in cutouts]
    for name in TRUTH_COLUMNS:
        file[name][rows] = [getattr(cutout.truth, name) for cutout in cutouts]


def tile_name(ra: float, dec: float) -> str:
    """Name "XXX.YYY" of the half-degree tile of the survey at these degrees."""
    y = round((dec + 90.0) * 2.0)
    x = round(ra * math.cos(math.radians(y / 2.0 - 90.0)) * 2.0)
    return f"{x:03d}.{y:03d}"
