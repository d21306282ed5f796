"""What the readers of FITS files with one cutout in several HDUs share."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from trainer.cutouts import fits_beside, fits_file
from trainer.cutouts.bands import settle_bands
from trainer.cutouts.coordinates import clean_coordinates
from trainer.cutouts.files import check_rows
from trainer.cutouts.protocol import Extras, Layout


@dataclass(frozen=True)
class Plane:
    """One band of a cutout and the HDUs that go with it."""

    band: str | None
    image: Any
    """None where the file lacks the band, which then reads as NaN."""
    noise: tuple[fits_beside.Kind, Any] | None = None
    """Which kind of noise map, and its HDU."""
    mask: Any | None = None
    psf: Any | None = None


@dataclass(frozen=True)
class FoundPlanes:
    """Where a layout keeps its things. The first plane has an image."""

    name: str
    sentence: str
    planes: tuple[Plane, ...]
    bands_guessed: bool = False
    place: Any | None = None
    """Header with the object's identifier and position; the first image's if left out."""
    warnings: tuple[str, ...] = ()


class FitsPlanesReader:
    """One cutout whose bands are images (H, W) in HDUs of their own.

    A subclass finds them in `find`. `bands` is the user's word, or the survey's bands.
    """

    def __init__(
        self, path: Path, bands: Sequence[str] | None = None, hdus: fits.HDUList | None = None
    ) -> None:
        self.path = path
        self._hdus = hdus if hdus is not None else fits_file.open_fits(path)
        with ExitStack() as on_failure, fits_file.reading_fits(path):
            on_failure.callback(self._hdus.close)
            self._found = self.find(self._hdus, bands)
            self._image: Any = self._found.planes[0].image
            self._wcs = fits_file.celestial_wcs(self._image.header)
            self.layout = self._make_layout(bands)
            on_failure.pop_all()

    @staticmethod
    def recognises(hdus: fits.HDUList, path: Path) -> bool:
        """Whether the file bears this layout's signature."""
        raise NotImplementedError

    def find(self, hdus: fits.HDUList, bands: Sequence[str] | None) -> FoundPlanes:
        """Where this layout keeps its things in `hdus`."""
        raise NotImplementedError

    def __len__(self) -> int:
        """One."""
        return 1

    def ids(self) -> np.ndarray:
        """(1,) text: the header's identifier, else the file's name."""
        return np.array([fits_file.object_id(self._place) or self.path.name.split(".fit")[0]])

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) by the header or the WCS; None where neither says."""
        found = fits_file.centre(self._place, self._wcs, *self.layout.shape[1:])
        if found is None:
            return None
        return clean_coordinates(np.array([found[0]]), np.array([found[1]]))

    def columns(self) -> dict[str, np.ndarray]:
        """None: FITS images have no columns."""
        return {}

    def units(self) -> dict[str, str]:
        """None: FITS images have no columns."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored."""
        rows = check_rows(rows, 1, self.path)
        pixels = np.stack(
            [
                np.full(self.layout.shape[1:], np.nan, np.float32)
                if plane.image is None
                else self._map(plane.image)
                for plane in self._found.planes
            ]
        )
        return np.repeat(pixels[None], len(rows), axis=0)

    def extras(self, rows: np.ndarray) -> Extras:
        """WCS, zero-points and PSF width by the headers; inverse variance and bad pixels."""
        count = len(check_rows(rows, 1, self.path))
        zero_points = self._by_band(fits_file.zero_points)
        widths = [_psf_fwhm(plane, self._cards(plane)) for plane in self._found.planes]

        def each(value: Any) -> Any:
            return None if value is None else np.repeat(np.asarray(value)[None], count, axis=0)

        return Extras(
            inverse_variance=each(self._inverse_variance()),
            pixel_mask=each(self._bad_pixels()),
            psf_fwhm=each(np.array(widths, np.float32) if np.isfinite(widths).any() else None),
            wcs_headers=None if self._wcs is None else [fits_file.wcs_text(self._wcs)] * count,
            zero_points=each(zero_points if np.isfinite(zero_points).any() else None),
        )

    def metadata(self) -> dict[str, Any]:
        """The file's HDUs."""
        return {"hdus": fits_file.hdu_facts(self._hdus)}

    def close(self) -> None:
        """Release the file."""
        self._hdus.close()

    @property
    def _place(self) -> Any:
        return self._image.header if self._found.place is None else self._found.place

    def _cards(self, plane: Plane) -> Any:
        """The plane's header, with the primary header's cards where it has none."""
        image = self._image if plane.image is None else plane.image
        return fits_file.with_primary(self._hdus, image)

    def _map(self, hdu: Any) -> np.ndarray:
        with fits_file.reading_fits(self.path):
            return np.asarray(hdu.section[:])

    def _inverse_variance(self) -> np.ndarray | None:
        maps = [
            None
            if plane.noise is None
            else fits_beside.to_inverse_variance(plane.noise[0], self._map(plane.noise[1]))
            for plane in self._found.planes
        ]
        return self._stacked(maps, np.float32(0))

    def _bad_pixels(self) -> np.ndarray | None:
        maps = [
            None
            if plane.mask is None
            else fits_beside.to_bad(plane.mask.header, self._map(plane.mask))
            for plane in self._found.planes
        ]
        return self._stacked(maps, np.True_)

    def _stacked(self, maps: Sequence[np.ndarray | None], absent: np.generic) -> np.ndarray | None:
        """(B, H, W) with `absent` where a band has no map; None where none has."""
        if all(values is None for values in maps):
            return None
        empty = np.full(self.layout.shape[1:], absent)
        return np.stack([empty if values is None else values for values in maps])

    def _by_band(self, find: Any) -> np.ndarray:
        """(B,) float32: what `find(header, [band])` gives for each plane, NaN for nothing."""
        values = []
        for plane, band in zip(self._found.planes, self.layout.bands, strict=True):
            known = find(self._cards(plane), [band]) if plane.image is not None else None
            values.append(known[0] if known else np.nan)
        return np.array(values, np.float32)

    def _make_layout(self, users_word: Sequence[str] | None) -> Layout:
        found = self._found
        names = [plane.band for plane in found.planes]
        known = tuple(name for name in names if name is not None)
        bands, guessed = settle_bands(
            self.path,
            len(names),
            known if len(known) == len(names) else None,
            found.bands_guessed,
            users_word,
        )
        headers = [self._cards(plane) for plane in found.planes]
        points = [
            fits_file.zero_points(header, [band])
            for header, band in zip(headers, bands, strict=True)
        ]
        return Layout(
            name=found.name,
            sentence=found.sentence,
            bands=bands,
            shape=(len(bands), *self._image.shape),
            dtype=fits_file.stored_dtype(self._image),
            bands_guessed=guessed,
            pixel_scale=fits_file.pixel_scale(headers[0], self._wcs),
            zero_points=tuple(point[0] for point in points if point) if all(points) else None,
            warnings=found.warnings,
        )


def images(hdus: fits.HDUList) -> list[Any]:
    """The HDUs with an image of two dimensions."""
    return [hdu for hdu in hdus if hdu.is_image and len(hdu.shape) == 2 and 0 not in hdu.shape]


def _psf_fwhm(plane: Plane, cards: Any) -> float:
    """Arcsec, by the header of the PSF or the image; NaN where neither says."""
    headers = [] if plane.psf is None else [plane.psf.header]
    for header in (*headers, cards):
        if (known := fits_file.psf_fwhm(header, 1)) is not None:
            return known[0]
    return float("nan")
