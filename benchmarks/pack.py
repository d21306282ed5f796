"""Packing: rows a second of a gzip-chunked file before and after, and what the copy costs.

200 px, 5 bands, chunks of 64 cutouts; the central 64 px are read.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from benchmarks.results import Result
from trainer.config import PackConfig
from trainer.cutouts.survey import Survey
from trainer.launch.context import JobContext
from trainer.packing import pack
from trainer.workspace.workspace import Workspace

_CHUNK = 64
_BATCH = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the benchmark."""
    parser.add_argument("--rows", type=int, default=1024, help="Cutouts. Default: 1024.")


def run(args: argparse.Namespace) -> list[Result]:
    """Measure single rows, shuffled batches and a pass in order, from the file and its copy."""
    rows, side, crop = (128, 32, 16) if args.small else (args.rows, 200, 64)
    with tempfile.TemporaryDirectory() as name:
        workspace = _workspace(Path(name), rows, side, crop)
        began = time.perf_counter()
        context = JobContext(workspace.folder)
        pack.run(PackConfig(workspace=workspace.folder, files="all"), context)
        packing = rows / (time.perf_counter() - began)
        with workspace.survey() as source, workspace.survey(packed=True) as copy:
            before, after = _rates(source, rows), _rates(copy, rows)
            error = _error(source, copy, min(rows, 512))
        size = sum(path.stat().st_size for path in workspace.packed_folder.glob("*.npy"))
    results = [Result("packing", packing, "cutouts/s"), Result("copy", size / rows, "bytes/cutout")]
    for how in before:
        results += [
            Result(f"{how}, from the file", before[how], "cutouts/s"),
            Result(f"{how}, from the copy", after[how], "cutouts/s"),
            Result(f"{how}, gain", after[how] / before[how], ""),
        ]
    return [*results, Result.at_most("rounding of the sky, by its noise", error, "%", 1.0)]


def _workspace(folder: Path, rows: int, side: int, crop: int) -> Workspace:
    path = folder / f"cutout.stacks.ugriz.lsb.{side}x{side}.0.{rows}.h5"
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side] - side / 2
    galaxy = 50 * np.exp(-np.hypot(x, y) / 3)
    with h5py.File(path, "w") as file:
        images = file.create_dataset(
            "images", (rows, 5, side, side), "f4", chunks=(_CHUNK, 5, side, side), compression=1
        )
        for start in range(0, rows, _CHUNK):
            block = rng.standard_normal(images[start : start + _CHUNK].shape, dtype=np.float32)
            images[start : start + _CHUNK] = block + galaxy.astype(np.float32)
        file["cfis_id"] = np.arange(rows)
        file["tile"] = np.array(["000.000"] * rows, dtype=h5py.string_dtype())
        file["ra"], file["dec"] = rng.uniform(0, 360, rows), rng.uniform(0, 60, rows)
    return Workspace.create(folder / "survey", [path], crop=crop)


def _rates(survey: Survey, rows: int) -> dict[str, float]:
    """Cutouts a second of three ways of reading."""
    shuffled = np.random.default_rng(1).permutation(rows)
    few = shuffled[: min(rows, 12)]
    batches = [shuffled[start : start + _BATCH] for start in range(0, min(rows, 192), _BATCH)]
    in_order = np.arange(min(rows, 512))
    return {
        "single rows at random": _rate(
            [lambda row=row: survey.read(np.array([row])) for row in few], 1
        ),
        "shuffled batches of 64": _rate([lambda b=b: survey.read(b) for b in batches], _BATCH),
        "in order": _rate([lambda: survey.read(in_order)], len(in_order)),
    }


def _rate(reads: list[Callable[[], object]], rows: int) -> float:
    """By the median of reads of `rows` each."""
    seconds = []
    for read in reads:
        began = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - began)
    return rows / statistics.median(seconds)


def _error(source: Survey, copy: Survey, rows: int) -> float:
    """Root mean square of what rounding changes in the sky, as percent of its noise of 1."""
    chosen = np.arange(rows)
    exact, rounded = source.read(chosen).pixels, copy.read(chosen).pixels
    sky = np.abs(exact) < 3
    return 100 * float(np.sqrt(np.mean((rounded - exact)[sky] ** 2)))
