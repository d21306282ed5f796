"""One frame: splat the points as planned, band by band, then tone."""

from __future__ import annotations

import time

import numpy as np

from astromask_gui.raster.frame import Frame, FrameRequest, FrameStats
from astromask_gui.raster.index import PointIndex
from astromask_gui.raster.jit import Runner, run_parallel, thread_count
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.plan import Plan, bands_of, cells_of_band, make_plan
from astromask_gui.raster.splat import add_discs, add_merged, add_points
from astromask_gui.raster.tone import HISTOGRAM_SIZE, Tone, tone_band

_Band = tuple[int, int]


class Renderer:
    """Draws frames of one `Paint`. Not thread-safe: one thread at a time."""

    def __init__(self, run: Runner = run_parallel) -> None:
        self._run = run
        self._tone = Tone()
        self._ink = np.zeros((0, 4), np.float32)
        self._histograms = np.zeros((3 * thread_count(), HISTOGRAM_SIZE), np.int64)

    def forget_brightness(self) -> None:
        """Normalise the next frame on its own: the points or the filter are others."""
        self._tone.forget()

    def render(self, paint: Paint, request: FrameRequest) -> Frame:
        """The exact picture of `request`."""
        began = time.perf_counter()
        plan = make_plan(paint, request)
        table = self._tone.table(plan.sparsity, request.reduction)
        height, width = request.shape
        pixels = np.empty(height * width, np.uint32)
        ink = self._cleared_ink(request)
        bands = bands_of(paint.index, plan, request)

        def draw(number: int, top: int, bottom: int) -> None:
            _splat(paint, plan, width, (top, bottom), ink)
            first, last = top * width, bottom * width
            histogram = self._histograms[number]
            tone_band(ink, first, last, table, request.background, pixels, histogram)

        self._run(draw, [(i, top, bottom) for i, (top, bottom) in enumerate(bands)])
        counts = self._histograms[: len(bands)].sum(axis=0)
        settled = self._tone.learn(counts, request.reduction)
        milliseconds = (time.perf_counter() - began) * 1e3
        stats = _stats(paint.index, plan, settled, milliseconds)
        return Frame(request, pixels.reshape(height, width), plan.rows, stats)

    def ink(self, paint: Paint, request: FrameRequest) -> np.ndarray:
        """(H, W, 4) float32 weight, red, green, blue before toning, for checks of exactness."""
        plan = make_plan(paint, request)
        height, width = request.shape
        ink = self._cleared_ink(request)
        for band in bands_of(paint.index, plan, request):
            _splat(paint, plan, width, band, ink)
        copy = ink.reshape(height, width, 4).copy()
        ink[:] = 0
        return copy

    def _cleared_ink(self, request: FrameRequest) -> np.ndarray:
        height, width = request.shape
        if self._ink.shape[0] < height * width:
            self._ink = np.zeros((height * width, 4), np.float32)
        return self._ink[: height * width]


def _stats(index: PointIndex, plan: Plan, settled: bool, milliseconds: float) -> FrameStats:
    cell = 0.0
    if plan.level is not None:
        cell = float(index.levels[plan.level].cell_width * plan.camera.scale_x)
    return FrameStats(plan.visible, int(plan.work.sum()), cell, plan.radius, settled, milliseconds)


def _splat(paint: Paint, plan: Plan, width: int, band: _Band, ink: np.ndarray) -> None:
    """Add what falls on the pixel rows of one band."""
    index, camera = paint.index, plan.camera
    target = (index.grid.size, cells_of_band(index, plan, *band), camera, width, *band)
    if plan.level is not None:
        level = index.levels[plan.level]
        weights, colours = paint.weights[plan.level], paint.colours[plan.level]
        half = (level.cell_width * camera.scale_x / 2, -level.cell_height * camera.scale_y / 2)
        add_merged(level.x, level.y, weights, colours, level.starts, *target, half, ink)
        return
    x, y, codes = index.x, index.y, paint.codes
    if plan.radius:
        table = paint.tables.points if plan.crowded else paint.tables.discs
        add_discs(x, y, codes, table, index.starts, *target, plan.radius, ink)
    else:
        add_points(x, y, codes, paint.tables.points, index.starts, *target, ink)
