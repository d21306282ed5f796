"""One frame: plan it, draw its bands, learn from their counts."""

from __future__ import annotations

import time

import numpy as np

from astromask_gui.raster.bands import Bands
from astromask_gui.raster.frame import Frame, FrameRequest, FrameStats
from astromask_gui.raster.jit import Runner, run_parallel, thread_count
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.plan import Plan, bands_of, items_of, make_plan
from astromask_gui.raster.splat import draw_bands, splat_band
from astromask_gui.raster.tone import HISTOGRAM_SIZE, Tone


class Renderer:
    """Draws frames of one `Paint`. Not thread-safe: one thread at a time."""

    def __init__(self, run: Runner = run_parallel) -> None:
        self._run = run
        self._tone = Tone()
        self._inks = [np.zeros((0, 4), np.float32) for _ in range(thread_count())]
        self._histograms = np.zeros((thread_count(), HISTOGRAM_SIZE), np.int64)

    def forget_brightness(self) -> None:
        """Normalise the next frame on its own: the points or the filter are others."""
        self._tone.forget()

    def render(self, paint: Paint, request: FrameRequest) -> Frame:
        """The exact picture of `request`."""
        began = time.perf_counter()
        plan = make_plan(paint, request)
        table = self._tone.table(plan.sparsity, request.reduction)
        pixels = np.empty(request.shape, np.uint32)
        self._draw(paint, plan, request, table, pixels.reshape(-1))
        settled = self._tone.learn(self._histograms.sum(axis=0), request.reduction)
        milliseconds = (time.perf_counter() - began) * 1e3
        stats = _stats(paint, plan, settled, milliseconds)
        return Frame(request, pixels, plan.rows, stats)

    def _draw(
        self,
        paint: Paint,
        plan: Plan,
        request: FrameRequest,
        table: np.ndarray,
        pixels: np.ndarray,
    ) -> None:
        """Fill `pixels` and the histograms, on all threads."""
        bands = bands_of(paint.index, plan, request)
        items, taken = items_of(paint, plan), np.zeros(1, np.int64)
        self._histograms[:] = 0
        calls = [
            (items, bands, plan.camera, taken, ink, table, request.background, pixels, histogram)
            for ink, histogram in zip(self._cleared_inks(bands), self._histograms, strict=True)
        ]
        self._run(draw_bands, calls)

    def _cleared_inks(self, bands: Bands) -> list[np.ndarray]:
        """An accumulator a thread, zero, for a band of any of these."""
        if self._inks[0].shape[0] < bands.largest:
            self._inks = [np.zeros((bands.largest, 4), np.float32) for _ in self._inks]
        return self._inks

    def ink(self, paint: Paint, request: FrameRequest) -> np.ndarray:
        """(H, W, 4) float32 weight, red, green, blue before toning, for checks of exactness."""
        plan = make_plan(paint, request)
        bands = bands_of(paint.index, plan, request)
        height, width = request.shape
        ink = np.zeros((height * width, 4), np.float32)
        for number, top in enumerate(bands.tops[:-1]):
            splat_band(items_of(paint, plan), bands, plan.camera, number, ink[top * width :])
        return ink.reshape(height, width, 4)


def _stats(paint: Paint, plan: Plan, settled: bool, milliseconds: float) -> FrameStats:
    cell = 0.0
    if plan.level is not None:
        cell = float(paint.index.levels[plan.level].cell_width * plan.camera.scale_x)
    drawn = (plan.visible, plan.work, cell, plan.radius)
    return FrameStats(*drawn, settled, milliseconds, paint.placeless)
