"""MultimodalUniverse: `healpix=NNNN/*.hdf5` (The Multimodal Universe Collaboration 2024)."""

from __future__ import annotations

from functools import cached_property

import h5py
import numpy as np

from trainer.cutouts import hdf5_file
from trainer.cutouts.bands import short_names
from trainer.cutouts.files import check_rows
from trainer.cutouts.protocol import Extras
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.cutouts.text import text_array

_OF_IMAGES = ("image_band", "image_ivar", "image_mask", "image_psf_fwhm", "image_scale")


class MultimodalReader(Hdf5Reader):
    """`image_array` (N, B, H, W) with each cutout's own `image_band` (N, B).

    Rows whose bands come in another order than the first row's are put in order; a band
    that a row lacks reads as NaN, and so counts as missing.
    """

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`image_array`."""
        return "image_array" in file

    def find(self, file: h5py.File) -> Found:
        """Bands of the first cutout; the pixel scale is the median of `image_scale`."""
        first = self._names(file, slice(0, 1))
        scale = file["image_scale"][()] if "image_scale" in file else np.array([])
        scale = scale[np.isfinite(scale) & (scale > 0)]
        return Found(
            name="multimodal",
            sentence="MultimodalUniverse cutouts, known by `image_array`.",
            images="image_array",
            bands=short_names(first[0].tolist()) if first is not None else None,
            bands_guessed=first is None,
            pixel_scale=float(np.median(scale)) if scale.size else None,
            id_column="object_id",
            not_columns=frozenset(_OF_IMAGES),
        )

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored, bands in the layout's order."""
        return self._in_order(super().read(rows), rows, np.float32(np.nan))

    def extras(self, rows: np.ndarray) -> Extras:
        """Inverse variance, mask and PSF width, as far as the file has them."""
        rows = check_rows(rows, len(self), self.path)
        extras = super().extras(rows)
        if (ivar := self._beside(["image_ivar"], rows, 4)) is not None:
            extras.inverse_variance = self._in_order(ivar, rows, np.float32(0))
        if (mask := self._beside(["image_mask"], rows, 4)) is not None:
            extras.pixel_mask = self._in_order(mask != 0, rows, np.True_)
        if (fwhm := self._beside(["image_psf_fwhm"], rows, 2)) is not None:
            extras.psf_fwhm = self._in_order(fwhm, rows, np.float32(np.nan))
        return extras

    def _names(self, file: h5py.File, rows: slice) -> np.ndarray | None:
        bands = file.get("image_band")
        if not isinstance(bands, h5py.Dataset) or bands.ndim != 2:
            return None
        values = bands[rows]
        return text_array(values).reshape(values.shape)

    @cached_property
    def _sources(self) -> np.ndarray | None:
        """(N, B): the stored plane of each of the layout's bands, −1 where a row lacks it;
        None where all rows are stored alike."""
        with hdf5_file.reading(self.path):
            names = self._names(self._file, slice(None))
        if names is None or len(names) != len(self) or (names == names[0]).all():
            return None
        matches = names[:, None, :] == names[0][None, :, None]
        return np.where(matches.any(axis=2), matches.argmax(axis=2), -1)

    def _in_order(self, values: np.ndarray, rows: np.ndarray, absent: np.generic) -> np.ndarray:
        if self._sources is None:
            return values
        sources = self._sources[np.asarray(rows)]
        index = np.maximum(sources, 0).reshape(*sources.shape, *(1,) * (values.ndim - 2))
        ordered = np.take_along_axis(values, index, axis=1)
        ordered[sources < 0] = absent
        return ordered
