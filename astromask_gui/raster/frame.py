"""What is asked of the map and what comes back. Free of numba, so that a window can import it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

THUMBNAIL_LIMIT = 300
"""Up to so many visible points, a frame also names them, so that pictures can take their place."""
_INK_SHARE = 0.16
"""Share of the screen that discs may cover: sets how they grow as the view gets sparser."""
LARGEST_RADIUS = 5.0
"""Of a disc, in layout pixels."""


_RIM, _RIM_SHARE = 1.3, 0.4
"""Width of an open disc's rim, in layout pixels, and as a share of its radius: at least both."""


class ViewRect(NamedTuple):
    """A rectangle in map coordinates: x0 < x1 from left to right, y0 < y1 from bottom to top."""

    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def width(self) -> float:
        """Extent in x, in map units."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Extent in y, in map units."""
        return self.y1 - self.y0

    def grown(self, factor: float) -> ViewRect:
        """The rectangle about the same centre, `factor` times as wide and high."""
        x, y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        half_x, half_y = self.width * factor / 2, self.height * factor / 2
        return ViewRect(x - half_x, x + half_x, y - half_y, y + half_y)


@dataclass(frozen=True)
class FrameRequest:
    """One picture of the map."""

    view: ViewRect
    width: int
    """Device pixels."""
    height: int
    """Device pixels."""
    background: tuple[int, int, int] = (16, 18, 22)
    pixel_ratio: float = 1.0
    """Device pixels per pixel of the window's layout: discs grow with it."""
    reduction: int = 1
    """2 renders at half the resolution, for frames that are replaced in a moment."""
    for_print: bool = False
    """A print's pixels are far smaller than a screen's: points of one pixel would vanish. With
    this, each point has the ink that it has on a screen of `pixel_ratio` 1, however fine the
    raster is."""

    @property
    def shape(self) -> tuple[int, int]:
        """(H, W) of the raster."""
        return -(-self.height // self.reduction), -(-self.width // self.reduction)


@dataclass(frozen=True)
class FrameStats:
    """How a frame was made."""

    visible: int
    """Unfiltered points in the view: exact when few, else estimated from the grid's counts."""
    drawn: int
    """Points or merged points that were looked at."""
    cell_pixels: float
    """Width of a merged cell in raster pixels, 0 where the points themselves were drawn."""
    radius: float
    """Radius of the discs in raster pixels, 0 where each point is one pixel."""
    settled: bool
    """False while the brightness still follows the last few views: one more frame refines it."""
    milliseconds: float
    placeless: int = 0
    """Unfiltered rows of the whole catalogue that have no place on the map."""


@dataclass(frozen=True)
class Frame:
    """A finished picture."""

    request: FrameRequest
    image: np.ndarray
    """(H, W) uint32, 0xffRRGGBB, row 0 at the top (y1)."""
    rows: np.ndarray
    """uint32 rows of the visible points when at most `THUMBNAIL_LIMIT`, else empty."""
    stats: FrameStats
    is_moving: bool = False
    """Whether the points are still on their way to where they belong."""
    generation: int = 0
    """Of the worker's points: a frame of others may still be on its way."""


def disc_radius(visible: int, request: FrameRequest) -> float:
    """Radius in device pixels at which `visible` discs would cover their share of the screen."""
    area = request.width * request.height * _INK_SHARE
    share = float(np.sqrt(area / (max(visible, 1) * np.pi)))
    return min(LARGEST_RADIUS * request.pixel_ratio, share)


def hole_radius(radius: float) -> float:
    """Radius of the hole in an open disc of `radius`, in layout pixels; 0 where discs are too small
    to be told open."""
    return max(radius - max(_RIM, _RIM_SHARE * radius), 0.0)
