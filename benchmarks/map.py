"""The map: pan and zoom, first frame, picking, recolouring and memory, beside ScatterPlotItem.

Drawn offscreen through the real widget: a time runs from the wheel or mouse event to the moment
when the exact frame has been painted. Sizes and targets follow the map's specification.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from astromask_gui.raster.motion import MOST_MOVED
from astromask_gui.services.concurrency.cores import spare_cores
from benchmarks.results import Result

_LIMITS = {
    # points: (median, p95, first frame, index, MB, pick, box, lasso, recolour), in ms but for MB
    100_000: (8, 12, 30, None, 350, 0.1, 1, 2, 5),
    1_000_000: (10, 16, 50, 200, 450, 0.2, 2, 5, 15),
    10_000_000: (12, 22, 200, 2000, 900, 0.5, 5, 15, 150),
    100_000_000: (None, 40, None, None, 16_000, None, None, None, None),
}
_MOST_COMPARED = 10_000_000
"""More points than this ScatterPlotItem can't hold, and a harder setting takes minutes."""
_WINDOW_LIMIT = 4.0
_JOB = """
import os
import numpy as np
if hasattr(os, "nice"):
    os.nice(10)
a = np.ones((768, 768), np.float32) / 768
while True:
    a = a @ a
"""
_CONDITIONS: dict[str, dict[str, Any]] = {
    "2560×1440": {"size": (2560, 1440)},
    "half filtered out": {"filtered": True},
    "uniformly dense": {"uniform": True},
    "beside a job": {"beside_job": True},
}
_CONDITION_STEPS = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Number and kind of points, size of the canvas, what makes it harder."""
    parser.add_argument("--n", type=int, default=1_000_000, help="Points (1,000,000).")
    parser.add_argument("--size", default="1200x900", help="Canvas in pixels (1200x900).")
    parser.add_argument("--uniform", action="store_true", help="Uniformly dense points.")
    parser.add_argument("--filtered", action="store_true", help="A filter leaves half the points.")
    parser.add_argument("--beside-job", action="store_true", help="A job computes meanwhile.")
    parser.add_argument("--no-scatter", action="store_true", help="Leave ScatterPlotItem out.")
    parser.add_argument(
        "--no-conditions",
        action="store_true",
        help="Leave out the rows on what makes it harder: pixels, a filter, density, a job.",
    )


def run(args: argparse.Namespace) -> list[Result]:
    """Measure everything; a harder setting may take twice the time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.map_scene import MapScene

    count = 20_000 if args.small else args.n
    width, height = (int(part) for part in args.size.split("x"))
    harder = args.uniform or args.filtered or args.beside_job or width * height > 1_100_000
    limits = _limits(count, 2.0 if harder else 1.0)
    steps = 12 if args.small else 60
    x, y, classes = points(count, args.uniform)
    results: list[Result] = []
    with _job() if args.beside_job else nullcontext():
        scene = MapScene(x, y, classes, (width, height), filtered=args.filtered)
        try:
            results += _frames(scene, limits, steps)
            results += _hands(scene, limits)
            results += _pixels(scene)
            if count <= MOST_MOVED:
                moved = scene.frames_of_a_motion()
                results.append(Result("frames while points move for 160 ms", moved, ""))
            brute = _brute_force(scene, 4 if count > 2_000_000 else 12)
        finally:
            scene.close()
        results.append(Result("brute-force raster, zoom, median", brute, "ms"))
    few = count <= _MOST_COMPARED
    if few and not (harder or args.small or args.no_conditions):
        for name, condition in _CONDITIONS.items():
            results += _under(name, count, **condition)
    if few and not args.no_scatter:
        scatter = _scatter(x, y, (width, height), 3 if count > 200_000 else 8)
        results.append(Result("pyqtgraph ScatterPlotItem, zoom, median", scatter, "ms"))
        ours = next(r.value for r in results if r.metric == "zoom, median")
        results.append(Result("ScatterPlotItem / this map", scatter / ours, "×"))
    return results


def _under(
    name: str,
    count: int,
    size: tuple[int, int] = (1200, 900),
    filtered: bool = False,
    uniform: bool = False,
    beside_job: bool = False,
) -> list[Result]:
    """Pan and zoom where something makes it harder; that may take twice the time."""
    from benchmarks.map_scene import MapScene

    limits = _limits(count, 2.0)
    with _job() if beside_job else nullcontext():
        scene = MapScene(*points(count, uniform), size, filtered=filtered)
        try:
            scene.first_frame()
            steps = scene.zoom_path(_CONDITION_STEPS) + scene.pan_path(_CONDITION_STEPS // 2)
        finally:
            scene.close()
    totals = [step.total for step in steps]
    p95 = float(np.percentile(totals, 95))
    return [
        _result(f"{name}: pan and zoom, median", statistics.median(totals), "ms", limits[0]),
        _result(f"{name}: pan and zoom, 95th percentile", p95, "ms", limits[1]),
    ]


def points(count: int, uniform: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x, y) float32 and classes uint8, like a UMAP: arcs and blobs of many densities."""
    rng = np.random.default_rng(0)
    if uniform:
        x, y = (rng.random(count, np.float32) * 20 - 10 for _ in range(2))
        return x, y, rng.integers(0, 20, count, dtype=np.uint8)
    groups = 40
    classes = rng.integers(0, groups, count, dtype=np.uint8)
    centre = rng.normal(0, 6, (groups, 2)).astype(np.float32)
    bend = rng.uniform(0, 1.5, groups).astype(np.float32)
    width = rng.uniform(0.05, 0.6, groups).astype(np.float32)
    along = rng.random(count, np.float32) * 3 - 1.5
    across = rng.standard_normal(count, np.float32) * width[classes]
    x = centre[classes, 0] + along
    y = centre[classes, 1] + bend[classes] * along * along + across
    return x, y, classes


def _limits(count: int, factor: float) -> tuple[float | None, ...]:
    known = next((size for size in sorted(_LIMITS) if count <= size), max(_LIMITS))
    limits = (*_LIMITS[known], _WINDOW_LIMIT)
    return tuple(None if limit is None else limit * factor for limit in limits)


def _result(metric: str, value: float, unit: str, limit: float | None) -> Result:
    return (
        Result(metric, value, unit) if limit is None else Result.at_most(metric, value, unit, limit)
    )


def _frames(scene, limits: tuple[float | None, ...], steps: int) -> list[Result]:  # type: ignore[no-untyped-def]
    """First frame, index and memory, then every zoom and pan of a path."""
    first = scene.first_frame()
    index = scene.index_build()
    zooms, pans = scene.zoom_path(steps), scene.pan_path(steps // 2)
    totals = sorted([step.total for step in (*zooms, *pans)])
    window = max(step.window for step in (*zooms, *pans))
    median_window = statistics.median(step.window for step in (*zooms, *pans))
    gc.collect()
    p95 = float(np.percentile(totals, 95))
    return [
        _result("pan and zoom, median", statistics.median(totals), "ms", limits[0]),
        _result("pan and zoom, 95th percentile", p95, "ms", limits[1]),
        Result("zoom, median", statistics.median(s.total for s in zooms), "ms"),
        Result("pan at full view, median", statistics.median(s.total for s in pans), "ms"),
        _result("window's own thread, median", median_window, "ms", limits[9]),
        Result("window's own thread, longest", window, "ms"),
        _result("first frame", first, "ms", limits[2]),
        _result("index build", index, "ms", limits[3]),
        _result("memory of the process", _resident_megabytes(), "MB", limits[4]),
    ]


def _hands(scene, limits: tuple[float | None, ...]) -> list[Result]:  # type: ignore[no-untyped-def]
    """Picking, selecting, recolouring."""
    return [
        _result("pick", scene.pick(), "ms", limits[5]),
        _result("box", scene.box(), "ms", limits[6]),
        _result("lasso of 1000 vertices", scene.lasso(), "ms", limits[7]),
        _result("recolour", scene.recolour(), "ms", limits[8]),
    ]


def _pixels(scene) -> list[Result]:  # type: ignore[no-untyped-def]
    """The frames' ink against an exact raster, at several zooms."""
    total, local = scene.largest_differences()
    return [
        Result.at_most("ink of a frame, difference from the exact raster", total, "", 0.01),
        Result.at_most("ink of 3 × 3 pixels, mean difference", local, "", 0.1),
    ]


def _brute_force(scene, steps: int) -> float:  # type: ignore[no-untyped-def]
    """Median of frames drawn point by point from the unsorted arrays, by the same kernels."""
    return float(statistics.median(scene.brute_force(steps)))


def _scatter(x: np.ndarray, y: np.ndarray, size: tuple[int, int], steps: int) -> float:
    """Median of zoom steps of pyqtgraph's own scatter plot."""
    import pyqtgraph as pg
    from PyQt6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    plot = pg.PlotWidget()
    plot.resize(*size)
    item = pg.ScatterPlotItem(
        x=x, y=y, size=2, pen=None, brush=pg.mkBrush(90, 160, 255), pxMode=True
    )
    plot.addItem(item)
    plot.show()
    plot.grab()
    times = []
    for step in range(steps):
        half = 10 * 1.12**-step
        began = time.perf_counter()
        plot.setRange(xRange=(-half, half), yRange=(-half, half), padding=0)
        plot.grab()
        times.append((time.perf_counter() - began) * 1e3)
    plot.close()
    application.processEvents()
    return statistics.median(times)


def _resident_megabytes() -> float:
    """Memory of this process now; the most it ever had where there is no /proc."""
    status = Path("/proc/self/statm")
    if status.exists():
        pages = int(status.read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


@contextmanager
def _job() -> Iterator[None]:
    """A process that does what a training job does: multiply matrices at low priority, on all
    cores but one."""
    threads = str(spare_cores())
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, threads)}
    busy = subprocess.Popen([sys.executable, "-c", _JOB], env=environment)
    try:
        yield
    finally:
        busy.kill()
        busy.wait()
