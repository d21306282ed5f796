"""One object's cutout: every band on one grid, in one count, with what is missing told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.cutouts.stored_wcs import local_terms
from trainer.cutting.grids import Grid, grid_of_image, grid_on_sky, resampled, shifted
from trainer.cutting.objects import Objects
from trainer.cutting.pixels import OpenImages
from trainer.cutting.placing import Placed, Placing

_SAME_SCALE = 0.005
"""Relative difference of pixel scales that passes for none."""


@dataclass(frozen=True)
class StampShape:
    """What every cutout has in common."""

    size: int
    """Side, pixels."""
    pixel_scale: float
    """Arcsec."""
    least_cover: float
    """Share that a band must cover not to count as missing."""


@dataclass(frozen=True)
class Stamp:
    """The cutout of one object."""

    planes: np.ndarray
    """(B, S, S) float32, finite: 0 where there is no data."""
    missing: np.ndarray
    """(B,) bool."""
    at_edge: bool
    """Whether a band that is there ends inside the cutout."""
    wcs: np.ndarray
    """(8,) float64; see `trainer.cutouts.stored_wcs`."""


class StampMaker:
    """Cuts the objects that `Placing` placed."""

    def __init__(
        self,
        objects: Objects,
        placing: Placing,
        images: OpenImages,
        factors: np.ndarray,
        shape: StampShape,
    ) -> None:
        """`factors` (images,) brings each image's counts to its band's zero-point."""
        self._objects, self._placing, self._open = objects, placing, images
        self._factors, self._size = factors, shape.size
        self._pixel_scale, self._least_cover = shape.pixel_scale, shape.least_cover

    def make(self, placed: Placed, place: int) -> Stamp | None:
        """The cutout of one of the placed objects; None where no band holds data of it."""
        grid, reference = self._grid(placed, place)
        planes = np.full((placed.images.shape[1], self._size, self._size), np.nan, np.float32)
        at_edge = np.zeros(len(planes), bool)
        for band, number in enumerate(placed.images[place].tolist()):
            if number >= 0:
                planes[band] = self._plane(grid, reference, number) * self._factors[number]
                at_edge[band] = self._ends_inside(grid, number)
        finite = np.isfinite(planes)
        present = finite.mean(axis=(1, 2)) >= self._least_cover
        planes[~finite | ~present[:, None, None]] = 0
        present &= planes.any(axis=(1, 2))
        if not present.any():
            return None
        row = placed.objects[place]
        sky = (self._objects.ra[row], self._objects.dec[row])
        terms = local_terms(grid.wcs, (grid.left, grid.top), *sky)
        return Stamp(planes, ~present, bool((at_edge & present).any()), terms)

    def _grid(self, placed: Placed, place: int) -> tuple[Grid, int | None]:
        """The grid of an object, and the image whose pixels it has (None for one of its own)."""
        image = self._open.images[placed.reference]
        if abs(image.pixel_scale / self._pixel_scale - 1) <= _SAME_SCALE:
            grid = grid_of_image(image.wcs, placed.positions[place], self._size)
            return grid, placed.reference
        row = placed.objects[place]
        ra, dec = float(self._objects.ra[row]), float(self._objects.dec[row])
        return grid_on_sky(ra, dec, self._pixel_scale, self._size), None

    def _plane(self, grid: Grid, reference: int | None, number: int) -> np.ndarray:
        image = self._open.images[number]

        def window(rows: slice, columns: slice) -> np.ndarray | None:
            return self._open.window(number, rows, columns)

        shift = None if reference is None else self._placing.shift(reference, number)
        if shift is None:
            return resampled(grid, image, window)
        left, top = grid.left + shift[0], grid.top + shift[1]
        return shifted(window, image.shape, left, top, self._size)

    def _ends_inside(self, grid: Grid, number: int) -> bool:
        """Whether a corner of the cutout lies beyond the image."""
        ends = np.array([0, self._size - 1])
        image = self._open.images[number]
        corners = image.locate(*grid.to_sky(*np.meshgrid(ends, ends)).T)
        with np.errstate(invalid="ignore"):
            return not bool((image.margin(corners) > 0).all())


def count_factors(
    zero_points: Sequence[float | None], wanted: Sequence[float | None]
) -> np.ndarray:
    """(n,) factors from counts of each zero-point to counts of the wanted; 1 where unknown."""
    pairs = zip(zero_points, wanted, strict=True)
    return np.array(
        [1.0 if a is None or b is None else 10.0 ** (0.4 * (b - a)) for a, b in pairs], np.float32
    )
