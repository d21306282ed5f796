"""A FITS file with a cutout: a cube of bands, one band, or a stack of cubes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from trainer.cutouts import fits_beside, fits_file
from trainer.cutouts.axes import band_axis, bands_second, cutout_shape
from trainer.cutouts.bands import settle_bands
from trainer.cutouts.coordinates import clean_coordinates
from trainer.cutouts.files import check_rows
from trainer.cutouts.protocol import Extras, Layout


class FitsCubeReader:
    """The first image of three dimensions (B, H, W): one cutout; of four: N; of two: one band.

    Bands, zero-points, pixel scale, identifier and coordinates come from the header; further
    HDUs of the same shape whose names say so are inverse variance, RMS or mask.
    """

    def __init__(
        self, path: Path, bands: Sequence[str] | None = None, hdus: fits.HDUList | None = None
    ) -> None:
        self.path = path
        self._hdus = hdus if hdus is not None else fits_file.open_fits(path)
        with ExitStack() as on_failure, fits_file.reading_fits(path):
            on_failure.callback(self._hdus.close)
            self._hdu = fits_file.find_images(self._hdus, path)
            self._wcs = fits_file.celestial_wcs(self._hdu.header)
            self.layout = self._make_layout(bands)
            on_failure.pop_all()

    def __len__(self) -> int:
        """Number of cutouts: 1 but for a stack."""
        return int(self._hdu.shape[0]) if len(self._hdu.shape) == 4 else 1

    def ids(self) -> np.ndarray:
        """(N,) text: the header's identifier or the file's name; numbered in a stack."""
        name = fits_file.object_id(self._hdu.header) or self.path.name.split(".fit")[0]
        if len(self._hdu.shape) < 4:
            return np.array([name])
        return np.array([f"{name}:{row}" for row in range(len(self))])

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) of a single cutout by its header; None for a stack or where unknown."""
        if len(self) > 1:
            return None
        _, height, width = self.layout.shape
        found = fits_file.centre(self._hdu.header, self._wcs, height, width)
        if found is None:
            return None
        return clean_coordinates(np.array([found[0]]), np.array([found[1]]))

    def columns(self) -> dict[str, np.ndarray]:
        """None: a FITS image has no columns."""
        return {}

    def units(self) -> dict[str, str]:
        """None: a FITS image has no columns."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored."""
        rows = check_rows(rows, len(self), self.path)
        return self._maps(self._hdu, rows, np.float32)

    def extras(self, rows: np.ndarray) -> Extras:
        """WCS, zero-points and PSF width from the header; inverse variance and mask from HDUs."""
        rows = check_rows(rows, len(self), self.path)
        count, bands = len(rows), self.layout.shape[0]
        header = self._hdu.header
        extras = Extras()

        def maps(hdu: Any) -> np.ndarray:
            return self._maps(hdu, rows)

        if self._wcs is not None:
            extras.wcs_headers = [fits_file.wcs_text(self._wcs)] * count
        if self.layout.zero_points is not None:
            extras.zero_points = np.tile(np.asarray(self.layout.zero_points, "f4"), (count, 1))
        if (fwhm := fits_file.psf_fwhm(header, bands)) is not None:
            extras.psf_fwhm = np.tile(np.asarray(fwhm, np.float32), (count, 1))
        extras.inverse_variance = fits_beside.inverse_variance(self._hdus, self._hdu, maps)
        extras.pixel_mask = fits_beside.bad_pixels(self._hdus, self._hdu, maps)
        return extras

    def metadata(self) -> dict[str, Any]:
        """The file's HDUs."""
        return {"hdus": fits_file.hdu_facts(self._hdus)}

    def close(self) -> None:
        """Release the file."""
        self._hdus.close()

    def _same_shape(self) -> list[Any]:
        return [
            hdu
            for hdu in self._hdus
            if hdu.is_image and hdu is not self._hdu and hdu.shape == self._hdu.shape
        ]

    def _maps(self, hdu: Any, rows: np.ndarray, dtype: type | None = None) -> np.ndarray:
        """(n, B, H, W) of an HDU shaped as the cutouts are; without a `dtype` as stored."""
        axis = band_axis(self._shape4)
        with fits_file.reading_fits(self.path), np.errstate(over="ignore"):
            if len(hdu.shape) == 4:
                blocks = [np.asarray(hdu.section[row], dtype) for row in rows.tolist()]
            else:
                one = np.asarray(hdu.section[:], dtype).reshape(self._shape4[1:])
                blocks = [one] * len(rows)
        if not blocks:
            return np.empty((0, *self.layout.shape), np.float32)
        return bands_second(np.stack(blocks), axis)

    @property
    def _shape4(self) -> tuple[int, ...]:
        shape = tuple(self._hdu.shape)
        return (1,) * (4 - len(shape)) + shape

    def _make_layout(self, users_word: Sequence[str] | None) -> Layout:
        header = self._hdu.header
        count, height, width = cutout_shape(self._shape4)
        named = fits_file.band_names(header, count)
        bands, guessed = settle_bands(self.path, count, named, named is None, users_word)
        kind = {2: "an image of one band", 3: "a cube of bands", 4: "a stack of cubes"}
        return Layout(
            name="fits_cube",
            sentence=f"A FITS file with {kind[len(self._hdu.shape)]}.",
            bands=bands,
            shape=(count, height, width),
            dtype=fits_file.stored_dtype(self._hdu),
            bands_guessed=guessed,
            pixel_scale=fits_file.pixel_scale(header, self._wcs),
            zero_points=fits_file.zero_points(header, bands),
            warnings=self._ignored_images(),
        )

    def _ignored_images(self) -> tuple[str, ...]:
        others = [
            hdu.name or "PRIMARY" for hdu in self._same_shape() if not fits_file.is_beside(hdu)
        ]
        if not others:
            return ()
        return (f"Further images of the same shape were left out: {', '.join(others)}.",)
