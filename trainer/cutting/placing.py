"""Which image shows which object best, in every band."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.cutouts.coordinates import sky_directions
from trainer.cutting.grids import whole_pixel_shift
from trainer.cutting.images import SkyImage
from trainer.cutting.objects import Objects
from trainer.cutting.sphere import chord


@dataclass(frozen=True)
class Placed:
    """Objects of one tile in the order in which they are cut."""

    reference: int
    """Image whose grid they are cut on, or its band's stand-in."""
    objects: np.ndarray
    """(n,) int64 rows of the catalogue."""
    positions: np.ndarray
    """(n, 2) x and y in the reference image."""
    images: np.ndarray
    """(n, B) int64 image of each band, −1 where none shows the object."""

    def part(self, start: int, stop: int) -> Placed:
        """Some of the objects."""
        own = slice(start, stop)
        return Placed(self.reference, self.objects[own], self.positions[own], self.images[own])


class Placing:
    """Finds, for every object and band, the image in which it is farthest from an edge.

    The first band of `preference` in which an image shows an object gives its tile; the
    tile's own images are then used for the other bands, unless another covers the object
    better.
    """

    def __init__(
        self,
        objects: Objects,
        images: Sequence[SkyImage],
        bands: Sequence[str],
        preference: Sequence[str],
        size: int,
        all_tiles: bool = False,
    ) -> None:
        self._objects, self._images, self._bands = objects, images, bands
        self._half = size / 2
        self._of_tile = {(image.tile, image.band): n for n, image in enumerate(images)}
        self._shifts: dict[tuple[int, int], tuple[int, int] | None] = {}
        self._best = np.full((len(bands), len(objects)), -1, np.int32)
        margins = np.full((len(bands), len(objects)), -np.inf, np.float32)
        seen: list[tuple[int, np.ndarray]] = []
        known = np.flatnonzero(np.isfinite(objects.ra) & np.isfinite(objects.dec))
        for number, inside, margin in self._visits(known):
            plane = bands.index(images[number].band)
            better = margin > margins[plane, inside]
            self._best[plane, inside[better]] = number
            margins[plane, inside[better]] = margin[better]
            seen.append((number, inside))
        self._tiles = self._group(preference, seen if all_tiles else None)
        self.count = sum(len(rows) for _, rows in self._tiles)
        """Cutouts to be made."""

    def outside(self) -> np.ndarray:
        """(n,) rows of the objects that no image shows, those without a position among them."""
        return np.flatnonzero((self._best < 0).all(axis=0))

    def tiles(self) -> Iterator[Placed]:
        """The tiles with their objects, these from the bottom to the top."""
        for number, rows in self._tiles:
            image = self._images[number]
            positions = image.locate(self._objects.ra[rows], self._objects.dec[rows])
            order = np.lexsort((positions[:, 0], positions[:, 1]))
            rows, positions = rows[order], positions[order]
            planes = [self._of_band(plane, number, rows) for plane in range(len(self._bands))]
            yield Placed(number, rows, positions, np.stack(planes, axis=1))

    def shift(self, reference: int, image: int) -> tuple[int, int] | None:
        """As `whole_pixel_shift`, worked out once for a pair of images."""
        pair = (reference, image)
        if pair not in self._shifts:
            self._shifts[pair] = whole_pixel_shift(self._images[reference], self._images[image])
        return self._shifts[pair]

    def _visits(self, known: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
        """For each image: its number, the objects inside, their distances to an edge, arcsec."""
        from scipy.spatial import cKDTree

        if not len(known):
            return
        ra, dec = self._objects.ra, self._objects.dec
        tree = cKDTree(sky_directions(ra[known], dec[known]))
        for number, image in enumerate(self._images):
            near = tree.query_ball_point(image.centre, chord(image.radius * 1.01) + 1e-9)
            rows = np.sort(known[np.array(near, np.int64)])
            margin = image.margin(image.locate(ra[rows], dec[rows]))
            with np.errstate(invalid="ignore"):
                inside = margin > 0
            yield number, rows[inside], (margin[inside] * image.pixel_scale).astype(np.float32)

    def _group(
        self, preference: Sequence[str], seen: Sequence[tuple[int, np.ndarray]] | None
    ) -> list[tuple[int, np.ndarray]]:
        """Images with the objects that are cut on their grids."""
        left = np.ones(len(self._objects), bool)
        groups: list[tuple[int, np.ndarray]] = []
        for band in preference:
            best = self._best[self._bands.index(band)]
            if seen is None:
                mine = np.flatnonzero(left & (best >= 0))
                groups += [(int(n), mine[best[mine] == n]) for n in np.unique(best[mine])]
            else:
                own = [(n, rows[left[rows]]) for n, rows in seen if self._images[n].band == band]
                groups += [(n, rows) for n, rows in own if len(rows)]
            left &= best < 0
        return sorted(groups, key=lambda group: group[0])

    def _of_band(self, plane: int, reference: int, rows: np.ndarray) -> np.ndarray:
        """(n,) image of one band for objects of a tile; −1 where none shows them."""
        best: np.ndarray = self._best[plane, rows].astype(np.int64)
        own = self._of_tile.get((self._images[reference].tile, self._bands[plane]))
        if own is None:
            return best
        image = self._images[own]
        margin = image.margin(image.locate(self._objects.ra[rows], self._objects.dec[rows]))
        with np.errstate(invalid="ignore"):
            use = (margin >= self._half) | ((margin > 0) & (best < 0)) | (best == own)
        return np.asarray(np.where(use, own, best))
