"""Compile or load every kernel ahead of use, on a few points; meant for a background thread."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.crossfilter_kernels import mark_range, move_filter
from astromask_gui.raster.density import density
from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import FrameRequest, ViewRect
from astromask_gui.raster.scaling import count_codes, mapped_codes, scaled_index
from astromask_gui.raster.styles import point_states, style_tables

_COUNT = 40_000


def warm_up() -> None:
    """Draw, paint and pick once in every way, so that nothing compiles under the user's hands."""
    generator = np.random.default_rng(0)
    # Few places for many points, so that merging is worthwhile and levels exist.
    x, y = generator.normal(size=(2, _COUNT // 16)).astype(np.float32).repeat(16, axis=1)
    tables = style_tables(np.zeros((256, 3), np.uint8), (0, 0, 0))
    engine = MapEngine(x, y)
    everything = ViewRect(-4.0, 4.0, -4.0, 4.0)
    engine.render(FrameRequest(everything, 64, 64))
    engine.sort()
    visible = x > -3
    engine.set_style(np.zeros(x.size, np.uint8), point_states(visible, x > 0), tables)
    for factor in (1.0, 1e-3):
        engine.render(FrameRequest(everything.grown(factor), 64, 64))
    # Where few are in view, their rows are listed too.
    x0, y0 = float(x[0]), float(y[0])
    engine.render(FrameRequest(ViewRect(x0 - 1e-3, x0 + 1e-3, y0 - 1e-3, y0 + 1e-3), 64, 64))
    for kind in (np.float32, np.float64):
        density(np.stack([x, y], axis=1).astype(kind))
        scaled_index(x.astype(kind), (0.0, 1.0), 254.0, False, 255)
    codes = np.zeros(x.size, np.int16)
    mapped_codes(codes, count_codes(codes, 1).astype(np.uint8))
    engine.nearest(0.0, 0.0, (0.1, 0.1), visible)
    engine.in_box(everything, visible)
    engine.in_lasso(np.array([[0, 0], [1, 0], [0, 1]]), visible)
    for kind in (np.float32, np.float64):
        # Values are read-only where they are kept for the next time, and are no copies then.
        for values in (x.astype(kind), _read_only(x.astype(kind))):
            mark_range(values, 0.0, 1.0, np.empty(x.size, bool))
    counts = np.zeros((1, 256), np.int64)
    move_filter(
        np.zeros(x.size, np.uint32), visible, np.uint32(1), np.zeros((x.size, 1), np.uint8), counts
    )


def _read_only(values: np.ndarray) -> np.ndarray:
    values.setflags(write=False)
    return values
