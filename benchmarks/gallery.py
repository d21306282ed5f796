"""The gallery: frames while flinging through a survey, time to the first tiles, memory, sorting."""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.results import Result

_FRAME_MS = 1000 / 60
_SIDES = (48, 96, 256)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey and of the panel."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="Galaxies (1,000,000).")
    parser.add_argument("--size", default="1200x600", help="Panel in pixels (1200x600).")


def run(args: argparse.Namespace) -> list[Result]:
    """Fling, jump and sort at three sizes of tiles, drawn offscreen through the real widget."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.gallery_scene import GalleryScene

    rows, frames, jumps = (20_000, 10, 2) if args.small else (args.rows, 180, 25)
    width, height = (int(part) for part in args.size.split("x"))
    before = _memory()
    scene = GalleryScene(rows, (width, height))
    results: list[Result] = []
    try:
        for side in _SIDES:
            results += _at_side(scene, side, frames, jumps)
        used = _memory() - before
        results.append(Result.at_most("memory after all this, with the window", used, "MB", 512))
    finally:
        scene.close()
    return results + _sorting(rows)


def _at_side(scene, side: int, frames: int, jumps: int) -> list[Result]:  # type: ignore[no-untyped-def]
    scene.set_side(side)
    scene.fling(3000, 20)  # warms everything up
    taken = np.array(scene.fling(6000, frames)) * 1e3
    stall, busy = 1e3 * scene.stall, 1e3 * scene.busy
    shares = np.random.default_rng(side).random(jumps)
    first, whole = zip(*(scene.jump(float(share)) for share in shares), strict=True)
    name = f"{side} px"
    return [
        Result.at_most(f"{name}: frame of a fling, median", float(np.median(taken)), "ms", 8),
        Result.at_most(
            f"{name}: frame of a fling, 95th percentile",
            float(np.percentile(taken, 95)), "ms", round(_FRAME_MS, 1),
        ),
        Result(f"{name}: processor time of the window's thread, a frame", busy, "ms"),
        Result(f"{name}: slowest frame of a fling", float(taken.max()), "ms"),
        Result.at_most(f"{name}: longest stall of a fling", stall, "ms", 16),
        Result.at_most(f"{name}: first tiles after a jump, median", _median(first), "ms", 100),
        Result(f"{name}: all tiles after a jump, median", _median(whole), "ms"),
    ]  # fmt: skip


def _sorting(count: int) -> list[Result]:
    from astromask_gui.services.gallery.ordering import sort_rows
    from astromask_gui.state.columns import Column

    random = np.random.default_rng(2)
    rows = np.arange(count, dtype=np.uint32)
    names = tuple(f"class {number}" for number in range(20))
    columns = {
        "numbers": (Column("mag", "number"), random.normal(size=count)),
        "categories": (
            Column("class", "category", categories=names),
            random.integers(-1, 20, count).astype(np.int16),
        ),
    }
    results = []
    for kind, (column, values) in columns.items():
        times = []
        for _ in range(5):
            began = time.perf_counter()
            sort_rows(rows, column, values, True)
            times.append(time.perf_counter() - began)
        name = f"sort of {count:,} rows by {kind}"
        results.append(Result.at_most(name, 1e3 * min(times), "ms", 300))
    return results


def _median(seconds: tuple[float, ...]) -> float:
    return 1e3 * statistics.median(seconds)


def _memory() -> float:
    """Resident memory of this process, MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
