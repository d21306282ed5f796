"""From one pixel grid to another: whole-pixel shifts where they agree, resampling elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from trainer.cutting.images import SkyImage, sky_to_pixel

AGREE = 0.02
"""Grids that differ from a whole-pixel shift by less than this, in pixels, agree."""
_FITTED = 0.01
"""A smooth map between grids that is off by more than this, in pixels, is worked out in full."""
_KNOTS = 5
_MARGIN = 12
"""Pixels read around a window; the spline's memory fades by a factor of 3.7 each."""

Window = Callable[[slice, slice], "np.ndarray | None"]
"""Reads (h, w) float32 of a part that lies inside an image; None where it can't be read."""


@dataclass(frozen=True)
class Grid:
    """The pixel grid of one cutout: pixel (x, y) is (x + left, y + top) of `wcs`."""

    wcs: Any
    left: int
    top: int
    size: int

    def to_sky(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """(n, 2) RA and Dec in degrees of pixels of the cutout."""
        pixels = np.stack([np.ravel(x) + self.left, np.ravel(y) + self.top], axis=1)
        return np.asarray(self.wcs.all_pix2world(pixels, 0))


def grid_of_image(wcs: Any, position: np.ndarray, size: int) -> Grid:
    """The whole pixels of an image around (x, y), which is then within half a pixel of the middle.

    Rounded as `astropy.nddata.Cutout2D` does.
    """
    left, top = (int(np.ceil(value - size / 2)) for value in position)
    return Grid(wcs, left, top, size)


def grid_on_sky(ra: float, dec: float, pixel_scale: float, size: int) -> Grid:
    """A tangential grid of its own, north up and east left, the position in its very middle."""
    from astropy.wcs import WCS

    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra, dec]
    wcs.wcs.crpix = [(size + 1) / 2] * 2
    wcs.wcs.cdelt = [-pixel_scale / 3600, pixel_scale / 3600]
    return Grid(wcs, 0, 0, size)


def whole_pixel_shift(reference: SkyImage, image: SkyImage) -> tuple[int, int] | None:
    """(x, y) to add to the reference's pixels to have the image's; None where grids disagree."""
    if reference is image:
        return 0, 0
    height, width = reference.shape
    x, y = np.meshgrid(np.linspace(0, width - 1, _KNOTS), np.linspace(0, height - 1, _KNOTS))
    pixels = np.stack([x.ravel(), y.ravel()], axis=1)
    offset = sky_to_pixel(image.wcs, reference.wcs.all_pix2world(pixels, 0)) - pixels
    middle = offset[len(offset) // 2]
    if not np.isfinite(offset).all() or np.abs(offset - np.rint(middle)).max() > AGREE:
        return None
    return int(np.rint(middle[0])), int(np.rint(middle[1]))


def shifted(window: Window, shape: tuple[int, int], left: int, top: int, size: int) -> np.ndarray:
    """(size, size) float32 from pixel (left, top) of an image (H, W); NaN beyond its edges."""
    from astropy.nddata import NoOverlapError, overlap_slices

    plane = np.full((size, size), np.nan, np.float32)
    middle = (top + size / 2, left + size / 2)
    try:
        (rows, columns), inside = overlap_slices(shape, (size, size), middle, mode="partial")
    except NoOverlapError:
        return plane
    if rows.stop > rows.start and columns.stop > columns.start:
        found = window(rows, columns)
        if found is not None:
            plane[inside] = found
    return plane


def resampled(grid: Grid, image: SkyImage, window: Window) -> np.ndarray:
    """(size, size) float32: the image on the cutout's grid, in counts a pixel of the cutout.

    A cubic spline of the image is averaged over each new pixel and multiplied by the ratio
    of the pixels' areas, so that flux is kept. NaN beyond the edges and next to NaN.
    """
    from scipy.ndimage import map_coordinates

    blank = np.full((grid.size, grid.size), np.nan, np.float32)
    area = _area_ratio(grid, image)
    if area is None:
        return blank
    # Where the image's pixels are much finer, several of its points make one new pixel.
    parts = max(1, int(np.ceil(np.sqrt(area) - 0.25)))
    x, y = _positions(grid, image, parts)
    height, width = image.shape
    with np.errstate(invalid="ignore"):
        inside = (x >= -0.5) & (x < width - 0.5) & (y >= -0.5) & (y < height - 0.5)
    if not inside.any():
        return blank
    rows, columns = _bounds(y[inside], height), _bounds(x[inside], width)
    pixels = window(rows, columns)
    if pixels is None:
        return blank
    places = np.stack([np.where(inside, y - rows.start, 0), np.where(inside, x - columns.start, 0)])
    filled, finite = _filled(pixels)
    values = map_coordinates(filled, places, np.float32, order=3, mode="mirror")
    if finite is not None:
        inside &= map_coordinates(finite.astype(np.float32), places, order=1, mode="nearest") > 0.99
    values[~inside] = np.nan
    blocks = values.reshape(grid.size, parts, grid.size, parts)
    return np.asarray(blocks.mean(axis=(1, 3)) * area, np.float32)


def _bounds(places: np.ndarray, length: int) -> slice:
    """The pixels that are needed to interpolate at `places`, inside the image."""
    low, high = int(np.floor(places.min())) - _MARGIN, int(np.ceil(places.max())) + _MARGIN + 1
    return slice(max(low, 0), min(high, length))


def _filled(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Pixels with the nearest value where they are not finite, and which were (None for all)."""
    finite = np.isfinite(pixels)
    if finite.all():
        return pixels, None
    if not finite.any():
        return np.zeros_like(pixels), finite
    from scipy.ndimage import distance_transform_edt

    # Zeros instead would ring through the spline next to a bright star.
    nearest = distance_transform_edt(~finite, return_distances=False, return_indices=True)
    return pixels[tuple(nearest)], finite


def _area_ratio(grid: Grid, image: SkyImage) -> float | None:
    """Area of the cutout's pixel in the middle, in pixels of the image."""
    middle = (grid.size - 1) / 2
    step = np.array([[0, 0], [1, 0], [0, 1]], float) + middle
    at = sky_to_pixel(image.wcs, grid.to_sky(step[:, 0], step[:, 1]))
    (a, b), (c, d) = at[1] - at[0], at[2] - at[0]
    area = abs(float(a * d - b * c))
    return area if np.isfinite(area) and area > 0 else None


def _positions(grid: Grid, image: SkyImage, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y in the image of every point (size·parts, size·parts) of the cutout."""
    points = (np.arange(grid.size * parts) + 0.5) / parts - 0.5
    design, inverse, knots = _quadratic(grid.size)
    knot_x, knot_y = np.meshgrid(knots, knots)
    exact = sky_to_pixel(image.wcs, grid.to_sky(knot_x, knot_y))
    fitted = inverse @ exact
    if np.isfinite(exact).all() and np.abs(design @ fitted - exact).max() < _FITTED:
        u = (points - (grid.size - 1) / 2) / grid.size
        basis = _basis(u[None, :], u[:, None])
        x, y = (sum(c * b for c, b in zip(row, basis, strict=True)) for row in fitted.T)
        return np.asarray(x), np.asarray(y)
    all_x, all_y = np.meshgrid(points, points)
    found = sky_to_pixel(image.wcs, grid.to_sky(all_x, all_y))
    return found[:, 0].reshape(all_x.shape), found[:, 1].reshape(all_x.shape)


def _basis(u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
    return np.ones(np.broadcast(u, v).shape), u, v, u * u, u * v, v * v


@lru_cache(maxsize=4)
def _quadratic(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A polynomial over a cutout: its values at knots (25, 6), the fit (6, 25), the knots (5,)."""
    knots = np.linspace(-0.5, size - 0.5, _KNOTS)
    u, v = np.meshgrid((knots - (size - 1) / 2) / size, (knots - (size - 1) / 2) / size)
    design = np.stack([np.broadcast_to(part, u.shape).ravel() for part in _basis(u, v)], axis=1)
    return design, np.linalg.pinv(design), knots
