"""What the drawing kernels are given: the camera, the points and the bands of the raster."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from astromask_gui.raster.frame import ViewRect

POINTS, DISCS, MERGED = 0, 1, 2


class Items(NamedTuple):
    """What is splatted, and how: points with their codes, or merged points with their ink."""

    kind: int
    """POINTS, DISCS or MERGED."""
    x: np.ndarray
    """(n,) float32."""
    y: np.ndarray
    codes: np.ndarray
    """(n,) uint16, for POINTS and DISCS."""
    table: np.ndarray
    """(2048, 4) float32 ink by code."""
    weights: np.ndarray
    """(n,) float32, for MERGED."""
    colours: np.ndarray
    """(n,) uint32 0xRRGGBB, for MERGED."""
    starts: np.ndarray
    """(cells + 1,) int32."""
    columns: int
    """Cells in a row of the grid."""
    radius: float
    """Of DISCS, in pixels."""
    hole: float
    """Radius of the hole in open discs, in pixels."""
    first_open: int
    """The codes of open discs begin here."""
    half_cell: tuple[float, float]
    """Of MERGED, in pixels."""


class Bands(NamedTuple):
    """How the raster is cut into bands."""

    tops: np.ndarray
    """(bands + 1,) int64 first pixel row of each, then the raster's height."""
    cells: np.ndarray
    """(bands, 4) int64: the grid cells that reach each."""
    width: int
    """Of the raster, pixels."""

    @property
    def largest(self) -> int:
        """Pixels of the largest band."""
        return int(np.diff(self.tops).max(initial=0)) * self.width


class Camera(NamedTuple):
    """From map to pixels: column = (x − x0) · scale_x + shift_x, the same for rows from the top.

    x0 and y0 are representable in float32 and the shift takes what is left: a difference of two
    float32 nearby is exact, so points stay in place at any zoom.
    """

    x0: float
    y0: float
    scale_x: float
    scale_y: float
    shift_x: float
    shift_y: float

    @classmethod
    def over(cls, view: ViewRect, width: int, height: int) -> Camera:
        """The camera that shows `view` on a raster, y upwards."""
        # Plain floats: a kernel would be compiled anew for numbers of another type.
        view = ViewRect(*(float(edge) for edge in view))
        scale_x, scale_y = width / view.width, -height / view.height
        x0, y0 = float(np.float32(view.x0)), float(np.float32(view.y1))
        return cls(x0, y0, scale_x, scale_y, (x0 - view.x0) * scale_x, (y0 - view.y1) * scale_y)
