"""The map's engine: points, paint and frames behind one door, safe to share between threads.

Drawing and painting take turns under a lock; picking needs none, for an index never changes.
"""

from __future__ import annotations

import threading

import numpy as np

from astromask_gui.raster import picking
from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.raster.index import PointIndex, build_index, unsorted_index
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.renderer import Renderer
from astromask_gui.raster.styles import StyleTables, plain_tables

_MOST_ROUNDS = 4
"""Drawings until the brightness is that of the picture itself: two, as a rule."""


class MapEngine:
    """Positions of N rows, their colours and states, and pictures of them.

    Coordinates are (N,) floats with NaN where a row has no place. Before they are sorted, which
    takes 0.1 s a million, frames and picks are exact already, only slower.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, *, is_sorted: bool = False) -> None:
        self._lock = threading.Lock()
        self._coordinates = (x, y)
        self._index: PointIndex = (build_index if is_sorted else unsorted_index)(x, y)
        self._renderer = Renderer()
        self._overviews = Renderer()
        self._tables = plain_tables()
        self._colours = np.zeros(self._index.count, np.uint8)
        self._states: np.ndarray | None = None
        self._paint = Paint(self._index, self._tables)

    @property
    def is_sorted(self) -> bool:
        """Whether the index has been built."""
        return self._index.is_sorted

    @property
    def index(self) -> PointIndex:
        """The positions as drawn now."""
        return self._index

    def sort(self) -> None:
        """Build the index and change over to it; frames go on meanwhile."""
        self._change_over(build_index(*self._coordinates))

    def place(self, x: np.ndarray, y: np.ndarray) -> None:
        """Put the rows elsewhere, not yet sorted; the brightness goes on as it was."""
        self._coordinates = (x, y)
        self._change_over(unsorted_index(x, y))

    def _change_over(self, index: PointIndex) -> None:
        paint = Paint(index, self._tables)
        with self._lock:
            paint.apply(self._colours, self._states, self._tables)
            self._index, self._paint = index, paint

    def set_style(
        self, colours: np.ndarray, states: np.ndarray | None, tables: StyleTables
    ) -> None:
        """Colour indices (N,) uint8 and states (N,) uint8 (None: all normal), in row order."""
        count = self._index.count
        if colours.shape != (count,) or (states is not None and states.shape != (count,)):
            found = colours.shape if states is None else (colours.shape, states.shape)
            raise ValueError(f"expected colours and states for {count} rows, found {found}")
        colours = np.require(colours, np.uint8, ["C", "W"])
        if states is not None:
            states = np.require(states, np.uint8, ["C", "W"])
        with self._lock:
            self._colours, self._states, self._tables = colours, states, tables
            self._paint.apply(colours, states, tables)

    def render(self, request: FrameRequest) -> Frame:
        """The exact picture; waits while colours are being renewed."""
        with self._lock:
            return self._renderer.render(self._paint, request)

    def render_overview(self, request: FrameRequest) -> Frame:
        """The exact picture of `request` in a brightness of its own; the next frame's is left."""
        with self._lock:
            self._overviews.forget_brightness()
            frame = self._overviews.render(self._paint, request)
            for _ in range(_MOST_ROUNDS - 1):
                if frame.stats.settled:
                    break
                frame = self._overviews.render(self._paint, request)
            return frame

    def forget_brightness(self) -> None:
        """Normalise the next frame afresh instead of easing over from the last ones."""
        with self._lock:
            self._renderer.forget_brightness()

    def nearest(
        self, x: float, y: float, radius: tuple[float, float], allowed: np.ndarray | None = None
    ) -> int | None:
        """Row of the nearest allowed point within the ellipse, or None. See `picking.nearest`."""
        return picking.nearest(self._index, x, y, radius, allowed)

    def in_box(self, box: ViewRect, allowed: np.ndarray | None = None) -> np.ndarray:
        """Mask of the allowed rows in a box."""
        return picking.in_box(self._index, box, allowed)

    def in_lasso(self, vertices: np.ndarray, allowed: np.ndarray | None = None) -> np.ndarray:
        """Mask of the allowed rows in a polygon of (V, 2) vertices."""
        return picking.in_lasso(self._index, vertices, allowed)
